#include "header_scanner.hpp"

#include <array>

namespace latchkey::http {
namespace {

// Bytes that may stand within a line: everything but C0 controls (HTAB excepted) and DEL. Whether high bytes are in
// place depends on where they are; the gate decides that.
constexpr auto plain = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0; c < table.size(); ++c)
        table[c] = (c >= 0x20 && c != 0x7f) || c == '\t';
    return table;
}();

}  // namespace

header_scanner::state header_scanner::scan(std::string_view block) noexcept {
    std::size_t i = position_;
    const std::size_t end = block.size();
    for (;;) {
        while (i < end && plain[static_cast<unsigned char>(block[i])])
            ++i;
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
