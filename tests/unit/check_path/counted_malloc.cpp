// glibc lets a program define malloc and its kin itself and keeps its own under the names used here.
#include "counted_malloc.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>

namespace {

std::atomic<bool> counting{false};
std::atomic<std::uint64_t> count{0};

void note() noexcept {
    if (counting.load(std::memory_order_relaxed))
        count.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

extern "C" {

void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t size) noexcept {
    note();
    return __libc_malloc(size);
}
void* calloc(std::size_t n, std::size_t size) noexcept {
    note();
    return __libc_calloc(n, size);
}
void* realloc(void* block, std::size_t size) noexcept {
    note();
    return __libc_realloc(block, size);
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
    note();
    return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    note();
    return __libc_memalign(alignment, size);
}
int posix_memalign(void** out, std::size_t alignment, std::size_t size) noexcept {
    note();
    *out = __libc_memalign(alignment, size);
    return *out ? 0 : ENOMEM;
}

}  // extern "C"

namespace latchkey::testing {

void count_allocations(bool on) noexcept {
    count = 0;
    counting = on;
}

std::uint64_t allocations() noexcept {
    return count;
}

}  // namespace latchkey::testing
