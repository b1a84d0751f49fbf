// Cuts a request's head into lines, and refuses bytes that none of them holds, in one look at each.
//
// A line ends with CRLF, and within it no byte is a control but HTAB (RFC 9112 section 2.2, RFC 9110 section 5.5): a
// bare CR or LF can never be read one way here and another way by the proxy in front (requirement H4). Whether bytes
// beyond ASCII are in place depends on where they are; that is for whoever reads the line.
#pragma once

#include "byte_lanes.hpp"

#include <bit>
#include <cstddef>
#include <string_view>

namespace latchkey::http {

// A bit for each of the sixteen bytes from `text` on that is a control, the first the lowest: C0, HTAB among them, or
// DEL.
inline unsigned find_controls(const char* text) noexcept {
    const byte_lanes c = load_lanes(text);
    // Adding one takes DEL out of ASCII; what was beyond it has the highest bit, which lane_bits() wants, itself.
    const auto next = reinterpret_cast<byte_lanes>(reinterpret_cast<octet_lanes>(c) + 1);
    return ~lane_bits((next > 0x20) | c) & all_lanes;
}

class head_lines {
public:
    // What is shorter than a register holds no head.
    explicit head_lines(std::string_view text) noexcept
        : at_(text.data() + (text.size() < lane_count ? text.size() : 0)), end_(text.data() + text.size()) {}

    // The next line, without its CRLF. False: there is none, or not all of it, or it holds what it must not.
    bool next(std::string_view& line) noexcept {
        const char* const found = next_control();
        if (end_ - found < 2 || found[0] != '\r' || found[1] != '\n')
            return false;
        line = {at_, static_cast<std::size_t>(found - at_)};
        at_ = found + 2;
        return true;
    }

    // Behind the last line.
    const char* position() const noexcept { return at_; }
    const char* end() const noexcept { return end_; }

private:
    // But for HTAB; the end where there is none.
    const char* next_control() const noexcept {
        constexpr auto step = static_cast<std::ptrdiff_t>(lane_count);
        const char* at = at_;
        for (; end_ - at >= step; at += step)
            if (const char* const found = first_but_tabs(at, find_controls(at)))
                return found;
        if (at == end_)
            return end_;
        // The last register begins before `at`.
        const char* const found = first_but_tabs(at, find_controls(end_ - step) >> (step - (end_ - at)));
        return found ? found : end_;
    }

    static const char* first_but_tabs(const char* text, unsigned controls) noexcept {
        for (; controls != 0; controls &= controls - 1)
            if (const char* const found = text + std::countr_zero(controls); *found != '\t')
                return found;
        return nullptr;
    }

    const char* at_;
    const char* end_;
};

}  // namespace latchkey::http
