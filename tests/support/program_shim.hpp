// Steers the shim that stands between a program under test and the C library: disk faults, power cuts, clocks.
//
// One for each database; any number of runs of the program, one after the other, can be given its environment. All
// members may be called while the program runs.
#pragma once

#include "shim/shim_state.hpp"
#include "temp_dir.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace latchkey::test {

// Which call on the database's files fails, and how.
struct disk_fault {
    std::uint32_t kinds = call_write | call_sync | call_truncate | call_open;  // of shim_call
    int error = 0;                                                             // ENOSPC, EIO
    bool lasting = false;                                                      // until heal(), not just once
    bool half_written = false;  // a failing write leaves half of its bytes behind
};

class program_shim {
public:
    // Empty when the shim can be used here, else the reason why not.
    static std::string unusable();

    // `database`: absolute. Keeps its own files elsewhere.
    explicit program_shim(const std::string& database);
    program_shim(const program_shim&) = delete;
    program_shim& operator=(const program_shim&) = delete;
    ~program_shim();

    // What a program is to be run with.
    std::map<std::string, std::string> environment() const;

    // From programs started from now on, writes are recorded: see write_record, which reads the file named here.
    std::string record_writes();

    // The nth call of these kinds from now on fails, counted from 1.
    void fail(const disk_fault& fault, std::uint32_t nth);
    void heal();
    // Since fail(): the calls of its kinds, and those that were made to fail.
    std::uint32_t met() const { return state_->met.load(); }
    std::uint32_t failed() const { return state_->failed.load(); }
    // From now on each sync of the database takes this much longer.
    void slow_down(std::chrono::milliseconds by) { state_->sync_takes.store(static_cast<std::uint32_t>(by.count())); }
    void let_the_disk_lie(bool lies) { state_->lying_disk.store(lies); }

    // Somebody sets the wall clock; no time passes.
    void step_wall_clock(std::chrono::seconds by) { state_->realtime += by.count(); }
    // Time passes, without waiting for it.
    void pass_time(std::chrono::seconds by);
    // The same for deadlines and time-outs of connections, which pass_time() leaves alone: they come about at the next
    // tick. Never back.
    void pass_deadlines(std::chrono::seconds by) { state_->monotonic += by.count(); }
    // The machine is started afresh `down` after now: another boot id, and a boot-time clock near zero. Between runs.
    void reboot(std::chrono::seconds down = {});

private:
    temp_dir directory_;
    shim_state* state_ = nullptr;
    int boots_ = 0;
};

}  // namespace latchkey::test
