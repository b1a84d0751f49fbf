#include "failing_memory.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::int64_t> left{0};  // until the one that fails; 0: none does
std::atomic<bool> failed{false};
thread_local bool exempt = false;

bool fails_now() noexcept {
    if (left.load(std::memory_order_relaxed) <= 0 || exempt)
        return false;
    if (left.fetch_sub(1, std::memory_order_relaxed) != 1)
        return false;
    failed = true;
    return true;
}

}  // namespace

extern "C" {

void* __real_sodium_malloc(std::size_t);
void* __wrap_sodium_malloc(std::size_t size) {
    return fails_now() ? nullptr : __real_sodium_malloc(size);
}

#if defined(LATCHKEY_BESIDE_SANITIZER)

void* __real_aligned_alloc(std::size_t, std::size_t);
void* __wrap_aligned_alloc(std::size_t alignment, std::size_t size) {
    return fails_now() ? nullptr : __real_aligned_alloc(alignment, size);
}

}  // extern "C"

void* operator new(std::size_t size) {
    if (!fails_now())
        if (void* block = std::malloc(size != 0 ? size : 1))
            return block;
    throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    const auto align = static_cast<std::size_t>(alignment);
    if (!fails_now())
        if (void* block = __real_aligned_alloc(align, (size + align - 1) / align * align))
            return block;
    throw std::bad_alloc();
}
void operator delete(void* block) noexcept {
    std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
    std::free(block);
}
void operator delete(void* block, std::align_val_t) noexcept {
    std::free(block);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
    std::free(block);
}

#else

void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t size) noexcept {
    if (!fails_now())
        return __libc_malloc(size);
    errno = ENOMEM;
    return nullptr;
}
void* calloc(std::size_t n, std::size_t size) noexcept {
    if (!fails_now())
        return __libc_calloc(n, size);
    errno = ENOMEM;
    return nullptr;
}
void* realloc(void* block, std::size_t size) noexcept {
    if (!fails_now())
        return __libc_realloc(block, size);
    errno = ENOMEM;
    return nullptr;
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
    if (!fails_now())
        return __libc_memalign(alignment, size);
    errno = ENOMEM;
    return nullptr;
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    return memalign(alignment, size);
}
int posix_memalign(void** out, std::size_t alignment, std::size_t size) noexcept {
    if (fails_now())
        return ENOMEM;
    *out = __libc_memalign(alignment, size);
    return *out ? 0 : ENOMEM;
}

}  // extern "C"

#endif

namespace latchkey::testing {

void exempt_this_thread() noexcept {
    exempt = true;
}

void fail_allocation(std::uint64_t nth) noexcept {
    failed = false;
    left = static_cast<std::int64_t>(nth);
}

bool stop_failing() noexcept {
    left = 0;
    return failed.exchange(false);
}

}  // namespace latchkey::testing
