// A set of bytes, made from a rule when the program is compiled: for texts of which every byte must be one of some.
//
// The question asks all bytes and branches once: what is looked at is nearly always good.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace latchkey {

class byte_set {
public:
    template <class Rule>
    constexpr explicit byte_set(Rule is_member) noexcept {
        for (std::size_t c = 0; c < members_.size(); ++c)
            members_[c] = is_member(static_cast<char>(static_cast<unsigned char>(c))) ? 1 : 0;
    }

    constexpr bool has(char c) const noexcept { return member(c) != 0; }

    // True for the empty text.
    constexpr bool has_all(std::string_view text) const noexcept {
        const char* at = text.data();
        const char* const end = at + text.size();
        unsigned all = 1;
        for (; end - at >= 4; at += 4)
            all &= member(at[0]) & member(at[1]) & member(at[2]) & member(at[3]);
        for (; at != end; ++at)
            all &= member(*at);
        return all != 0;
    }

private:
    constexpr unsigned member(char c) const noexcept { return members_[static_cast<unsigned char>(c)]; }

    std::array<std::uint8_t, 256> members_{};  // 1 for each that is one
};

}  // namespace latchkey
