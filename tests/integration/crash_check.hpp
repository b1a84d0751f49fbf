// Holds a server that has just been restarted against the ledger.
//
// Every session that must be alive is asked for, every cookie that must be dead is tried; what may be either is found
// out and written down. Passwords and session lists too. One thread; no client runs meanwhile.
#pragma once

#include "crash_ledger.hpp"
#include "latchkey_server.hpp"

#include <cstddef>
#include <random>

namespace latchkey::test {

struct check_counts {
    std::size_t alive = 0;      // sessions that had to be alive, and were asked for
    std::size_t found_out = 0;  // sessions that could be either
    std::size_t rotations = 0;  // rotations without an answer that were found out
    std::size_t dead = 0;       // dead cookies tried
    std::size_t passwords = 0;  // logins with passwords that had to work, or had to fail
    std::size_t lists = 0;      // session lists compared
};

class crash_check {
public:
    crash_check(const latchkey_server& server, crash_ledger& ledger, std::uint32_t seed)
        : server_(server), ledger_(ledger), random_(seed) {}

    // After a restart. Tries the cookies that died since the last time, and a sample of all others.
    void run();
    // Every cookie that ever died.
    void try_all_dead();

    const check_counts& counts() const noexcept { return counts_; }

private:
    int login(raw_client& connection, std::size_t user, unsigned password, bool expected);
    void check_password(raw_client& connection, std::size_t user);
    void check_session(raw_client& connection, const session_ptr& one);
    void check_rotation(raw_client& connection, const session_ptr& one);
    void check_list(raw_client& connection, std::size_t user);
    void try_dead(raw_client& connection, const crash_ledger::dead_cookie& one);

    const latchkey_server& server_;
    crash_ledger& ledger_;
    std::mt19937 random_;
    check_counts counts_;
    std::size_t tried_ = 0;  // of the dead cookies
};

}  // namespace latchkey::test
