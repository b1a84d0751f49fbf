// What the kernel tells about another process: its memory, its CPU time, its files.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include <sys/types.h>

namespace latchkey::test {

// How often `needle` stands in the process's writable private memory: heap, stacks, data. Nothing when it may not be
// read. Pages that the process made unreadable even to itself are left out.
std::optional<std::size_t> count_in_memory(pid_t pid, std::string_view needle);

// User and system time so far, to a clock tick.
std::chrono::milliseconds cpu_time(pid_t pid);

std::size_t open_files(pid_t pid);

// Bytes of memory that it has in use of its own: resident, and not of a file.
std::size_t resident_memory(pid_t pid);

// Whether SIGSTOP has reached every thread.
bool is_stopped(pid_t pid);

}  // namespace latchkey::test
