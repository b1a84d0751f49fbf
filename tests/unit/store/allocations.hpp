// Counts this program's allocations, and lets a chosen one fail. Per thread.
#pragma once

#include <cstddef>

namespace latchkey::testing {

// Allocations by operator new on this thread since it started.
std::size_t allocations() noexcept;

// While one lives, the `nth` allocation of this thread from now on (0: the next) throws std::bad_alloc.
class failing_allocation {
public:
    explicit failing_allocation(std::size_t nth) noexcept;
    ~failing_allocation();
    failing_allocation(const failing_allocation&) = delete;
    failing_allocation& operator=(const failing_allocation&) = delete;
    bool happened() const noexcept;
};

}  // namespace latchkey::testing
