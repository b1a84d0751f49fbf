// A set of bytes, made from a rule when the program is compiled: for texts of which every byte must be one of some.
//
// The question asks all bytes and branches once: what is looked at is nearly always good.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace latchkey {

class byte_set {
public:
    template <class Rule>
    constexpr explicit byte_set(Rule is_member) noexcept {
        for (std::size_t c = 0; c < members_.size(); ++c)
            members_[c] = is_member(static_cast<char>(static_cast<unsigned char>(c)));
    }

    constexpr bool has(char c) const noexcept { return members_[static_cast<unsigned char>(c)]; }

    // True for the empty text.
    constexpr bool has_all(std::string_view text) const noexcept {
        bool all = true;
        for (const char c : text)
            all &= has(c);
        return all;
    }

private:
    std::array<bool, 256> members_{};
};

}  // namespace latchkey
