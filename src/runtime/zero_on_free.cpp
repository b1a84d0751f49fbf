// Global operator delete that wipes what it frees.
//
// Libraries copy what they parse: JSON text, form fields, SQL parameters. Some of that is a password or a cookie, and
// a freed block keeps its content until somebody writes over it (requirements C4, P5). The check path frees nothing,
// and a login spends milliseconds in argon2id, so wiping every freed block costs nobody anything that shows.
// Linked into the program itself only; left out under a sanitizer, which brings an allocator of its own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

#include <cstdlib>
#include <cstring>
#include <new>

#include <malloc.h>

namespace {

void wipe_and_free(void* block) noexcept {
    if (!block)
        return;
    explicit_bzero(block, malloc_usable_size(block));
    std::free(block);
}

void* allocate(std::size_t size) {
    for (;;) {
        if (void* block = std::malloc(size ? size : 1))
            return block;
        if (auto handler = std::get_new_handler())
            handler();
        else
            throw std::bad_alloc();
    }
}

void* allocate(std::size_t size, std::align_val_t alignment) {
    const auto align = static_cast<std::size_t>(alignment);
    for (;;) {
        if (void* block = std::aligned_alloc(align, (size + align - 1) / align * align))
            return block;
        if (auto handler = std::get_new_handler())
            handler();
        else
            throw std::bad_alloc();
    }
}

}  // namespace

void* operator new(std::size_t size) {
    return allocate(size);
}
void* operator new[](std::size_t size) {
    return allocate(size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(size, alignment);
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return allocate(size, alignment);
}
void operator delete(void* block) noexcept {
    wipe_and_free(block);
}
void operator delete[](void* block) noexcept {
    wipe_and_free(block);
}
void operator delete(void* block, std::size_t) noexcept {
    wipe_and_free(block);
}
void operator delete[](void* block, std::size_t) noexcept {
    wipe_and_free(block);
}
void operator delete(void* block, std::align_val_t) noexcept {
    wipe_and_free(block);
}
void operator delete[](void* block, std::align_val_t) noexcept {
    wipe_and_free(block);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
    wipe_and_free(block);
}
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept {
    wipe_and_free(block);
}

#endif
