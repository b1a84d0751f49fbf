// Message authentication: keyed BLAKE2b (RFC 7693), with a key of its own for each purpose.
//
// What this makes can be recognised by whoever holds the same 32 bytes, and made by nobody else. Immutable: all members
// may be called from every thread.
#pragma once

#include <latchkey/secret.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

namespace latchkey {

class mac {
public:
    static constexpr std::size_t key_size = 32;
    using tag = std::array<std::uint8_t, 16>;
    using digest = std::array<std::uint8_t, 32>;

    // `key`: key_size bytes that other purposes may share, for the one in hand is derived from it. Throws
    // std::invalid_argument for any other size, std::bad_alloc.
    mac(const secret& key, std::string_view purpose);

    // Of the parts one behind the other: whoever has several of varying length says their lengths, too.
    tag of(std::initializer_list<std::span<const std::uint8_t>> parts) const noexcept;
    // The same with 256 bits, for what must be as hard to guess as the key itself; no tag is the beginning of one.
    digest digest_of(std::initializer_list<std::span<const std::uint8_t>> parts) const noexcept;

private:
    void hash(std::initializer_list<std::span<const std::uint8_t>> parts, std::span<std::uint8_t> out) const noexcept;

    secret key_;
};

// In a time that depends on the size alone; no if the sizes differ.
bool is_same_tag(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) noexcept;

inline std::span<const std::uint8_t> bytes_of(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace latchkey
