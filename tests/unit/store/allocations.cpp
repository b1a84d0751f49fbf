#include "allocations.hpp"

#include <cstdlib>
#include <new>

namespace {

constexpr std::size_t never = ~std::size_t{0};
thread_local std::size_t count = 0;
thread_local std::size_t fail_at = never;

void* allocate(std::size_t size, std::size_t alignment) {
    if (count++ == fail_at)
        throw std::bad_alloc();
    if (void* block = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment))
        return block;
    throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) {
    return allocate(size, alignof(std::max_align_t));
}
void* operator new[](std::size_t size) {
    return allocate(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t a) {
    return allocate(size, static_cast<std::size_t>(a));
}
void* operator new[](std::size_t size, std::align_val_t a) {
    return allocate(size, static_cast<std::size_t>(a));
}
void operator delete(void* block) noexcept {
    std::free(block);
}
void operator delete[](void* block) noexcept {
    std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
    std::free(block);
}
void operator delete[](void* block, std::size_t) noexcept {
    std::free(block);
}
void operator delete(void* block, std::align_val_t) noexcept {
    std::free(block);
}
void operator delete[](void* block, std::align_val_t) noexcept {
    std::free(block);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
    std::free(block);
}
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept {
    std::free(block);
}

namespace latchkey::testing {

std::size_t allocations() noexcept {
    return count;
}

failing_allocation::failing_allocation(std::size_t nth) noexcept {
    fail_at = count + nth;
}
failing_allocation::~failing_allocation() {
    fail_at = never;
}
bool failing_allocation::happened() const noexcept {
    return count > fail_at;
}

}  // namespace latchkey::testing
