// Lets the n-th allocation of the process fail, whoever makes it, but for threads that are exempt.
//
// In a release build malloc itself is replaced; beside a sanitizer, which has its own, only what the product calls by
// name: operator new and the aligned allocations of Asio's coroutine frames.
#pragma once

#include <cstdint>

namespace latchkey::testing {

void exempt_this_thread() noexcept;
// From now on the `nth` allocation (from 1) fails, once.
void fail_allocation(std::uint64_t nth) noexcept;
// No more failures. Whether there was one.
bool stop_failing() noexcept;

}  // namespace latchkey::testing
