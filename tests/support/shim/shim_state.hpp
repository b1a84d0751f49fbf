// What the shim inside the program and the test outside share: a small mapped file.
//
// The test writes, the program's calls read; the counters go the other way. Plain members are set before the program
// starts. Nothing here allocates or throws: the shim includes it from within the C library's calls.
#pragma once

#include <atomic>
#include <cstdint>

namespace latchkey::test {

// Names the mapped file to the shim. Not LATCHKEY_…: the program would take that for a key of its configuration.
inline constexpr char shim_variable[] = "TEST_SHIM_STATE";

// Calls that can be made to fail, as bits.
enum shim_call : std::uint32_t {
    call_write = 1,
    call_sync = 2,
    call_truncate = 4,
    call_open = 8,
    call_read = 16,
};

struct shim_state {
    static constexpr std::uint64_t expected_magic = 0x6c61746368736831;
    static constexpr std::size_t path_size = 512;

    std::uint64_t magic = expected_magic;
    char database[path_size] = {};  // faults meet the files whose path begins with this
    char record[path_size] = {};    // where writes to them are recorded, see write_record.hpp; empty: nowhere
    char boot_id[path_size] = {};   // read in place of the kernel's; empty: the kernel's

    // Seconds added to CLOCK_REALTIME, to CLOCK_BOOTTIME and to CLOCK_MONOTONIC, which the program's deadlines go by.
    // The kernel's timers know nothing of it.
    std::atomic<std::int64_t> realtime{0};
    std::atomic<std::int64_t> boottime{0};
    std::atomic<std::int64_t> monotonic{0};

    std::atomic<std::uint32_t> kinds{0};    // of shim_call; 0: nothing fails
    std::atomic<std::uint32_t> nth{0};      // the first call to fail, counted from 1
    std::atomic<std::int32_t> error{0};     // the errno it fails with
    std::atomic<bool> lasting{false};       // all further ones fail as well
    std::atomic<bool> half_written{false};  // a write that fails has written half of its bytes
    std::atomic<std::uint32_t> met{0};      // calls of these kinds so far
    std::atomic<std::uint32_t> failed{0};   // those that were made to fail

    std::atomic<std::uint32_t> sync_takes{0};  // milliseconds more than it does

    // A disk that says "synced" and isn't: for the proof that a power cut would show it.
    std::atomic<bool> lying_disk{false};
};

static_assert(std::atomic<std::int64_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

// One recorded change of a file, followed by `old_length` bytes that stood there and `new_length` that were written.
struct write_entry {
    enum kind_type : std::uint32_t { write = 1, sync = 2, truncate = 3, unlink = 4 };
    enum file_type : std::uint32_t { main = 0, log = 1, rollback = 2 };

    std::uint32_t kind = 0;
    std::uint32_t file = 0;
    std::int64_t at = 0;        // write: offset. truncate: new size. sync: the record's length when it began.
    std::int64_t old_size = 0;  // of the file, before
    std::uint32_t old_length = 0;
    std::uint32_t new_length = 0;
};

}  // namespace latchkey::test
