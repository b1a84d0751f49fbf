// A client of the crash harness: one user's requests, at random, until the server is gone.
#pragma once

#include "crash_ledger.hpp"
#include "latchkey_server.hpp"

#include <atomic>
#include <cstdint>
#include <optional>
#include <random>

namespace latchkey::test {

// The request for an act, with the cookies and passwords of its ticket.
http_request request_for(const ticket& one);

// Somebody waits until so many acts, of one kind or of any, have begun.
struct act_watch {
    std::optional<act> kind;
    std::atomic<std::uint64_t> begun{0};
};

class crash_client {
public:
    crash_client(const latchkey_server& server, crash_ledger& ledger, std::size_t user, std::uint32_t seed)
        : server_(server), ledger_(ledger), user_(user), random_(seed) {}

    // Returns when the connection is lost, or after an act once `stop` is set.
    void run(const std::atomic<bool>& stop, act_watch& watch);

private:
    act choose_act();
    void look(raw_client& connection);
    void perform(raw_client& connection, act_watch& watch);
    void find_out_password(raw_client& connection);

    const latchkey_server& server_;
    crash_ledger& ledger_;
    std::size_t user_;
    std::mt19937 random_;
};

}  // namespace latchkey::test
