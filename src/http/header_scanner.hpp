// Finds the end of a request's header block and refuses bytes that no well-formed one holds, as they arrive: for heads
// that come in pieces, and those that are to be refused. The gate finds the end of one that is there whole itself.
//
// Works on raw bytes, before any parser, so that a bare LF, a bare CR or a folded line can never be read one way here
// and another way by the proxy in front (RFC 9112 sections 2.2 and 5.2; requirement H4). Keeps its place between
// calls: every byte is looked at once, however small the pieces are (H9).
#pragma once

#include <cstddef>
#include <string_view>

namespace latchkey::http {

class header_scanner {
public:
    enum class state { incomplete, complete, malformed };

    // `block` is everything received of this request so far, always from its first byte.
    state scan(std::string_view block) noexcept;

    // Valid after complete: the length of the block, its blank line included.
    std::size_t size() const noexcept { return position_; }
    // Whether anything was accepted since it was made or reset.
    bool has_begun() const noexcept { return position_ != 0; }
    // Whether the request line's CRLF has been seen.
    bool line_complete() const noexcept { return line_complete_; }

    void reset() noexcept { *this = header_scanner{}; }

private:
    std::size_t position_ = 0;  // the first byte not yet accepted
    bool line_complete_ = false;
};

}  // namespace latchkey::http
