#include "header_scanner.hpp"

#include "head_lines.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace latchkey::http {
namespace {

constexpr std::size_t step = 2 * lane_count;

std::uint32_t find_two_registers(const char* text) noexcept {
    return find_controls(text) | find_controls(text + lane_count) << lane_count;
}

std::uint32_t find_leading_controls(std::string_view text) noexcept {
    if (text.size() >= step)
        return find_two_registers(text.data());
    std::array<char, step> padded;
    padded.fill(' ');
    std::copy(text.begin(), text.end(), padded.begin());
    return find_two_registers(padded.data());
}

}  // namespace

header_scanner::state header_scanner::scan(std::string_view block) noexcept {
    const char* const text = block.data();
    const std::size_t end = block.size();
    std::size_t accepted = position_;
    for (std::size_t at = position_; at < end; at += step) {
        for (std::uint32_t controls = find_leading_controls({text + at, end - at}); controls != 0;
             controls &= controls - 1) {
            const std::size_t i = at + static_cast<std::size_t>(std::countr_zero(controls));
            if (i < accepted || text[i] == '\t')
                continue;
            position_ = i;  // a CR is only accepted together with what follows it
            if (text[i] != '\r')
                return state::malformed;
            if (i + 1 == end)
                return state::incomplete;
            if (text[i + 1] != '\n')
                return state::malformed;
            if (i + 2 == end)
                return state::incomplete;  // the next byte tells whether the line is folded or the block ends
            const char next = text[i + 2];
            line_complete_ = true;
            if (next == ' ' || next == '\t')
                return state::malformed;
            accepted = i + 2;
            if (next != '\r')
                continue;
            if (i + 3 == end)
                return state::incomplete;
            if (text[i + 3] != '\n')
                return state::malformed;
            position_ = i + 4;
            return state::complete;
        }
    }
    position_ = end;
    return state::incomplete;
}

}  // namespace latchkey::http
