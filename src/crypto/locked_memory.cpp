#include "locked_memory.hpp"

#include "sodium.hpp"

#include <sodium.h>

#include <array>

namespace latchkey {
namespace {

// sodium_malloc() puts 16 bytes of its own before ours: these sizes fill one page, and five, which is room for a
// password and for the largest body by default.
constexpr std::size_t page = 4096, canary = 16;

template <std::size_t Most>
class kept_blocks {
public:
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
        if (count_ == Most)
            return sodium_free(block);
        sodium_memzero(memory, size);
        blocks_[count_++] = block;
    }

private:
    const std::size_t size_;
    std::array<void*, Most> blocks_{};
    std::size_t count_ = 0;
};

// Of this thread: as much as a full queue of logins holds, a MiB or so.
struct kept {
    kept_blocks<256> small{page - canary};
    kept_blocks<8> large{5 * page - canary};
};

kept& pages_here() noexcept {
    thread_local kept mine;
    return mine;
}

}  // namespace

char* take_locked_memory(std::size_t size) noexcept {
    auto& [small, large] = pages_here();
    if (small.fits(size))
        return small.take(size);
    if (large.fits(size))
        return large.take(size);
    auto* const memory = static_cast<char*>(sodium_malloc(size));
    if (memory)
        sodium_memzero(memory, size);
    return memory;
}

void give_back_locked_memory(char* memory, std::size_t size) noexcept {
    auto& [small, large] = pages_here();
    if (small.fits(size))
        small.give_back(memory, size);
    else if (large.fits(size))
        large.give_back(memory, size);
    else
        sodium_free(memory);
}

}  // namespace latchkey
