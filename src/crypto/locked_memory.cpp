#include "locked_memory.hpp"

#include "sodium.hpp"

#include <sodium.h>

#include <array>

namespace latchkey {
namespace {

// sodium_malloc() puts 16 bytes of its own before ours: these sizes fill one page, and five, which is room for a
// password and for the largest body by default.
constexpr std::size_t page = 4096, canary = 16;

class kept_blocks {
public:
    static constexpr std::size_t most = 16;

    explicit kept_blocks(std::size_t size) noexcept : size_(size) {}
    kept_blocks(const kept_blocks&) = delete;
    kept_blocks& operator=(const kept_blocks&) = delete;
    ~kept_blocks() {
        while (count_ > 0)
            sodium_free(blocks_[--count_]);
    }

    bool fits(std::size_t size) const noexcept { return size <= size_; }

    // At the end of the block, where the guard page is.
    char* take(std::size_t size) noexcept {
        void* block = nullptr;
        if (count_ > 0) {
            block = blocks_[--count_];
        } else if (block = sodium_malloc(size_); block) {
            sodium_memzero(block, size_);
        }
        return block ? static_cast<char*>(block) + (size_ - size) : nullptr;
    }

    void give_back(char* memory, std::size_t size) noexcept {
        char* const block = memory - (size_ - size);
        if (count_ == most)
            return sodium_free(block);
        sodium_memzero(memory, size);
        blocks_[count_++] = block;
    }

private:
    const std::size_t size_;
    std::array<void*, most> blocks_{};
    std::size_t count_ = 0;
};

// Of this thread. Null for what is too large to be kept.
kept_blocks* blocks_for(std::size_t size) noexcept {
    thread_local kept_blocks small(page - canary), large(5 * page - canary);
    if (small.fits(size))
        return &small;
    return large.fits(size) ? &large : nullptr;
}

}  // namespace

char* take_locked_memory(std::size_t size) noexcept {
    if (auto* kept = blocks_for(size))
        return kept->take(size);
    auto* const memory = static_cast<char*>(sodium_malloc(size));
    if (memory)
        sodium_memzero(memory, size);
    return memory;
}

void give_back_locked_memory(char* memory, std::size_t size) noexcept {
    if (auto* kept = blocks_for(size))
        return kept->give_back(memory, size);
    sodium_free(memory);
}

}  // namespace latchkey
