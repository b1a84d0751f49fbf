// Memory that a thread keeps from one password hash to the next.
//
// libsodium maps fresh pages for every hash and unmaps them afterwards. To zero 19 MiB, page by page, and to take them
// apart again costs as much as half of the hash itself, and holds the process's one lock on its address space. So while
// a kept_hash_memory lives, what libsodium maps on this thread is memory that was there before; see decision 21.
//
// It keeps the promises of mmap and munmap: what is lent is zero, and what is given back is wiped at once. From what a
// hash leaves behind, a guess could be tried without doing the hash's work.
#pragma once

#include <cstddef>

namespace latchkey {

class kept_hash_memory {
public:
    // For hashes of up to `size` bytes; larger ones, and those too small to gain by it, get pages of their own as ever.
    // The memory is taken when the first hash wants it. One at a time on a thread.
    explicit kept_hash_memory(std::size_t size) noexcept;
    ~kept_hash_memory();
    kept_hash_memory(const kept_hash_memory&) = delete;
    kept_hash_memory& operator=(const kept_hash_memory&) = delete;
};

// What this thread has kept goes back to the system; at its end it does so by itself.
void give_back_hash_memory() noexcept;

}  // namespace latchkey
