// Power cuts: what of a database's files would be left if the machine, and not only the program, had stopped.
//
// The shim records every write to the files with the bytes that stood there before, and every sync. What was written
// after the last sync of its file may be on the disk or not, in any combination; cut_power() takes it away from the
// files. Call everything here only while no program uses the database.
#pragma once

#include "shim/shim_state.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace latchkey::test {

// How much of what was not synced survives.
struct power_cut {
    // Asked for each 512 bytes of an unsynced write, and for each unsynced change of size: does it survive?
    std::function<bool()> survives = [] { return false; };
};

class write_record {
public:
    // `record`: what program_shim::record_writes() said.
    write_record(std::string database, std::string record)
        : database_(std::move(database)), record_(std::move(record)) {}

    // Changes that were not synced: how many there are.
    std::size_t unsynced() const { return read().size(); }
    // A program was killed, the machine goes on: forgets what is synced by now.
    void settle();
    // Leaves in the files what a disk would hold. Afterwards everything counts as synced.
    void cut_power(const power_cut& how = {});

private:
    struct change {
        write_entry entry;
        std::string old_bytes, new_bytes;
    };
    // In order, without those that a later sync of the same file covers.
    std::vector<change> read() const;
    std::string path_of(std::uint32_t file) const;

    std::string database_, record_;
};

}  // namespace latchkey::test
