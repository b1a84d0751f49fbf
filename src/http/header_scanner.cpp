#include "header_scanner.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace latchkey::http {
namespace {

// Bytes that may stand within a line are all but C0 controls (HTAB excepted) and DEL. Whether high bytes are in place
// depends on where they are; the gate decides that.

// GCC's and clang's vectors: sixteen bytes in one register where the processor has such.
using sixteen = std::uint8_t __attribute__((vector_size(16)));

// The number of the first of these bytes that may not stand within a line, an HTAB counted as one; 16 for none.
std::size_t find_refused(sixteen bytes) noexcept {
    const auto refused = (bytes < 0x20) | (bytes == 0x7f);  // 0xff for each such byte
    std::uint64_t halves[2];
    std::memcpy(halves, &refused, sizeof halves);
    if ((halves[0] | halves[1]) == 0)
        return sizeof bytes;
    const auto first = [](std::uint64_t half) {
        return static_cast<std::size_t>(std::endian::native == std::endian::little ? std::countr_zero(half)
                                                                                   : std::countl_zero(half)) /
               8;
    };
    return halves[0] != 0 ? first(halves[0]) : 8 + first(halves[1]);
}

// The first byte from `at` on that may not stand within a line; the end when there is none. Every byte of every request
// passes here, sixteen at a time.
std::size_t find_end_of_plain(std::string_view text, std::size_t at) noexcept {
    for (;;) {
        sixteen bytes;
        const std::size_t left = text.size() - at;
        if (left >= sizeof bytes) {
            std::memcpy(&bytes, text.data() + at, sizeof bytes);
        } else {
            bytes = sixteen{} + ' ';
            std::memcpy(&bytes, text.data() + at, left);
        }
        const std::size_t found = find_refused(bytes);
        at += std::min(found, left);
        if (at == text.size() || (found < sizeof bytes && text[at] != '\t'))
            return at;
        at += found < sizeof bytes ? 1 : 0;
    }
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
