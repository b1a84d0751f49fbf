// Clients at work against the real program, which is killed at a random moment, started again and held against the
// clients' ledger (requirement D1). Everything random comes from one seed.
#pragma once

#include "bare_server.hpp"
#include "crash_check.hpp"
#include "crash_ledger.hpp"
#include "program_shim.hpp"
#include "write_record.hpp"

#include <optional>
#include <random>
#include <string>

namespace latchkey::test {

enum class crash_kind {
    kill,          // SIGKILL: what the program wrote is left
    terminate,     // SIGTERM: a clean end under load
    power_cut,     // what was not synced is gone
    torn_by_cut,   // any part of what was not synced is gone
    kill_backend,  // SIGKILL of what keeps the data for the program, which goes on
    kill_both,
};

// What keeps the data for the program, where that is not a file of its own: it is to be durable.
class crash_backend {
public:
    virtual ~crash_backend() = default;
    virtual const char* name() const = 0;
    virtual void configure(server_setup& setup) const = 0;
    virtual void kill() = 0;
    virtual void start() = 0;
};

struct crash_options {
    std::uint32_t seed = 0;
    std::size_t users = 4;
    std::size_t clients_per_user = 2;
    unsigned most_acts = 300;          // begun before the end comes; at least one
    bool power_cuts = true;            // only where the shim can be used
    crash_backend* backend = nullptr;  // then no power is cut; must outlive the harness
};

class crash_harness {
public:
    explicit crash_harness(const crash_options& options);

    // One round: work, an end of a random kind, sometimes one during start-up as well, restart, check.
    void cycle();

    // Its parts, for tests that meddle in between.
    void work_until(crash_kind end);
    void restart();
    void check() { check_.run(); }
    void finish();  // tries everything that ever died; ends the server

    const latchkey_server& home() const noexcept { return home_; }
    crash_ledger& ledger() noexcept { return ledger_; }
    bare_server& server() noexcept { return server_; }
    program_shim* shim() noexcept { return shim_ ? &*shim_ : nullptr; }
    std::string report() const;

private:
    void kill_during_start();
    void end_now(crash_kind how);

    crash_options options_;
    std::mt19937 random_;
    latchkey_server home_;
    std::optional<program_shim> shim_;
    std::optional<write_record> record_;
    bare_server server_;
    crash_ledger ledger_;
    crash_check check_;
    std::size_t cycles_ = 0, kills_ = 0, terminations_ = 0, power_cuts_ = 0, torn_ = 0, kills_at_start_ = 0;
    std::size_t backend_kills_ = 0, double_kills_ = 0;
    std::size_t lost_writes_ = 0;  // changes of files that power cuts took away, wholly or in part
};

}  // namespace latchkey::test
