#include "header_scanner.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

namespace latchkey::http {
namespace {

constexpr std::uint64_t each_byte(std::uint8_t value) noexcept {
    return 0x0101010101010101U * value;
}

// Bytes that may stand within a line: everything but C0 controls (HTAB excepted) and DEL. Whether high bytes are in
// place depends on where they are; the gate decides that.
constexpr bool is_plain(char c) noexcept {
    return (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) || c == '\t';
}

// Marks the top bit of every byte that is a control or DEL. Bytes above the first of them may be marked without being
// one, because a subtraction borrows upwards.
constexpr std::uint64_t mark_controls(std::uint64_t eight) noexcept {
    const std::uint64_t no_del = eight ^ each_byte(0x7f);
    return (((eight - each_byte(0x20)) & ~eight) | ((no_del - each_byte(1)) & ~no_del)) & each_byte(0x80);
}

// The first byte from `at` on that may not stand within a line; the end when there is none. Eight at a time: every byte
// of every request passes here.
std::size_t find_end_of_plain(std::string_view text, std::size_t at) noexcept {
    while (at < text.size()) {
        if (text.size() - at >= 8) {
            std::uint64_t eight;
            std::memcpy(&eight, text.data() + at, sizeof eight);
            const std::uint64_t marked = mark_controls(eight);
            if (marked == 0) {
                at += 8;
                continue;
            }
            if constexpr (std::endian::native == std::endian::little)
                at += static_cast<std::size_t>(std::countr_zero(marked)) / 8;
        }
        if (!is_plain(text[at]))
            return at;
        ++at;
    }
    return at;
}

}  // namespace

header_scanner::state header_scanner::scan(std::string_view block) noexcept {
    std::size_t i = position_;
    const std::size_t end = block.size();
    for (;;) {
        i = find_end_of_plain(block, i);
        position_ = i;  // a CR is only accepted together with what follows it
        if (i == end)
            return state::incomplete;
        if (block[i] != '\r')
            return state::malformed;
        if (i + 1 == end)
            return state::incomplete;
        if (block[i + 1] != '\n')
            return state::malformed;
        if (i + 2 == end)
            return state::incomplete;  // the next byte tells whether the line is folded or the block ends
        const char next = block[i + 2];
        line_complete_ = true;
        if (next == ' ' || next == '\t')
            return state::malformed;
        if (next != '\r') {
            i += 2;
            continue;
        }
        if (i + 3 == end)
            return state::incomplete;
        if (block[i + 3] != '\n')
            return state::malformed;
        position_ = i + 4;
        return state::complete;
    }
}

}  // namespace latchkey::http
