#include "hash_memory.hpp"

#include <cerrno>
#include <cstdint>
#include <cstring>

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace latchkey {
namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;
constexpr int readable_and_writable = PROT_READ | PROT_WRITE;
constexpr int private_memory = MAP_PRIVATE | MAP_ANONYMOUS;

// Begins where a huge page may begin. Whether the system has huge pages to give is up to it. Null without memory.
char* map_aligned(std::size_t size) noexcept {
    const int before = errno;
    void* const mapped = mmap64(nullptr, size + huge_page, readable_and_writable, private_memory, -1, 0);
    if (mapped == MAP_FAILED)
        return nullptr;
    const std::size_t gap = (huge_page - reinterpret_cast<std::uintptr_t>(mapped) % huge_page) % huge_page;
    char* const memory = static_cast<char*>(mapped) + gap;
    if (gap > 0)
        ::munmap(mapped, gap);
    ::munmap(memory + size, huge_page - gap);
    (void)madvise(memory, size, MADV_HUGEPAGE);
    errno = before;
    return memory;
}

class hash_memory {
public:
    hash_memory() = default;
    hash_memory(const hash_memory&) = delete;
    hash_memory& operator=(const hash_memory&) = delete;
    ~hash_memory() { give_back(); }

    void keep(std::size_t size) noexcept {
        constexpr std::size_t page = 4096;
        most_ = (size + page - 1) / page * page;
    }

    // Zeros, or null: not for this size, lent already, or no memory.
    void* lend(std::size_t size) noexcept {
        if (lent_ != 0 || size < huge_page || size > most_)
            return nullptr;
        if (size_ != most_) {
            give_back();
            memory_ = map_aligned(most_);
            size_ = memory_ ? most_ : 0;
        }
        lent_ = memory_ ? size : 0;
        return memory_;
    }

    // False when that is to be unmapped like anything else.
    bool take_back(void* memory, std::size_t size) noexcept {
        char* const first = static_cast<char*>(memory);
        if (first < memory_ || first >= memory_ + lent_)
            return false;
        if (first != memory_ || size != lent_) {
            let_go_of_what_is_lent();  // there will be a hole in it
            return false;
        }
        explicit_bzero(memory_, lent_);
        lent_ = 0;
        return true;
    }

    // Whoever has it may unmap it himself.
    void let_go_of_what_is_lent() noexcept {
        if (lent_ == 0)
            return;
        memory_ = nullptr;
        size_ = lent_ = 0;
    }

    void give_back() noexcept {
        if (!memory_ || lent_ != 0)
            return;
        ::munmap(memory_, size_);
        memory_ = nullptr;
        size_ = 0;
    }

private:
    char* memory_ = nullptr;
    std::size_t size_ = 0;  // of memory_
    std::size_t lent_ = 0;  // bytes of it that somebody has; 0: nobody
    std::size_t most_ = 0;
};

hash_memory& memory_here() noexcept {
    thread_local hash_memory mine;
    return mine;
}

// Null but while a kept_hash_memory lives. A plain pointer: every mapping of the process passes by it, those of a
// thread that is still being set up, too.
constinit thread_local hash_memory* lender = nullptr;

}  // namespace

kept_hash_memory::kept_hash_memory(std::size_t size) noexcept {
    memory_here().keep(size);
    lender = &memory_here();
}

kept_hash_memory::~kept_hash_memory() {
    lender = nullptr;
    memory_here().let_go_of_what_is_lent();
}

void give_back_hash_memory() noexcept {
    memory_here().give_back();
}

}  // namespace latchkey

// These two stand before those of the C library for everything in the process that calls them by name, libsodium among
// it. Without a kept_hash_memory on the calling thread they pass every call on: to mmap64, which is the C library's
// other name for its mmap, and to the kernel. A sanitizer calls them before it is ready to be told of it.
#define LATCHKEY_AT_ANY_TIME __attribute__((no_sanitize("address", "thread", "undefined")))

extern "C" LATCHKEY_AT_ANY_TIME void* mmap(void* address, std::size_t size, int protection, int flags, int file,
                                           off_t offset) noexcept {
    using namespace latchkey;
    constexpr int harmless = MAP_POPULATE | MAP_NORESERVE;
    if (lender && !address && protection == readable_and_writable && (flags & ~harmless) == private_memory)
        if (void* const memory = lender->lend(size))
            return memory;
    return mmap64(address, size, protection, flags, file, offset);
}

extern "C" LATCHKEY_AT_ANY_TIME int munmap(void* address, std::size_t size) noexcept {
    using namespace latchkey;
    if (lender && lender->take_back(address, size))
        return 0;
    return static_cast<int>(syscall(SYS_munmap, address, size));
}
