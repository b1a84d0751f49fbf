// Counts every allocation of the whole process, whoever makes it: operator new, Asio's aligned_alloc, C libraries.
#pragma once

#include <cstdint>

namespace latchkey::testing {

void count_allocations(bool on) noexcept;  // switching on starts from zero
std::uint64_t allocations() noexcept;

}  // namespace latchkey::testing
