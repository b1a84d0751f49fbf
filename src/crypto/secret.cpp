#include "locked_memory.hpp"
#include "sodium.hpp"

#include <latchkey/secret.hpp>

#include <sodium.h>

#include <cstring>
#include <new>
#include <utility>

namespace latchkey {

secret::secret(std::string_view bytes) : secret(of_size(bytes.size())) {
    if (!bytes.empty())
        std::memcpy(data_, bytes.data(), bytes.size());
}

secret secret::of_size(std::size_t size) {
    secret made;
    if (size == 0)
        return made;
    ensure_sodium();
    made.data_ = take_locked_memory(size);
    if (!made.data_)
        throw std::bad_alloc();
    made.size_ = size;
    return made;
}

secret::secret(secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {
}

secret& secret::operator=(secret&& other) noexcept {
    // The old bytes go with `other`'s husk, here and now.
    secret taken(std::move(other));
    std::swap(data_, taken.data_);
    std::swap(size_, taken.size_);
    return *this;
}

void secret::give_back() noexcept {
    give_back_locked_memory(data_, size_);
}

void wipe(std::span<char> bytes) noexcept {
    sodium_memzero(bytes.data(), bytes.size());
}

}  // namespace latchkey
