// Memory for secrets: whole pages of their own from sodium_malloc, locked against swapping, left out of core dumps,
// with a guard page behind and one before.
//
// What is given back is wiped and kept for the next one: mapping and unmapping pages takes the process's one lock on
// its address space, which a worker that frees the megabytes of a hash holds for milliseconds. Each thread keeps a few
// of its own; what is larger than a login ever needs is mapped for the occasion.
#pragma once

#include <cstddef>

namespace latchkey {

// `size` (at least 1) zero bytes, followed by a page that nobody can touch; null without memory. Where mlock's limit is
// used up the memory is merely not locked.
char* take_locked_memory(std::size_t size) noexcept;

// Wipes and takes back what take_locked_memory(size) gave, on whatever thread.
void give_back_locked_memory(char* memory, std::size_t size) noexcept;

}  // namespace latchkey
