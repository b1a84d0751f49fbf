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
        const char* at = text.data();
        const char* const end = at + text.size();
        bool all = true;
        for (; end - at >= 4; at += 4)
            all &= has(at[0]) & has(at[1]) & has(at[2]) & has(at[3]);
        for (; at != end; ++at)
            all &= has(*at);
        return all;
    }

    // How many at the beginning are members.
    constexpr std::size_t count_leading(std::string_view text) const noexcept {
        const char* at = text.data();
        const char* const end = at + text.size();
        while (at != end && has(*at))
            ++at;
        return static_cast<std::size_t>(at - text.data());
    }

private:
    std::array<bool, 256> members_{};
};

}  // namespace latchkey
