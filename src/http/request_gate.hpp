// The strict gate in front of everything: header bytes in, request_head or refusal out.
//
// A proxy and this server must never disagree about where a request ends, so whatever RFC 9112 leaves to choose is
// refused here: every Transfer-Encoding, every doubtful Content-Length, every doubtful Host (requirements H1 to H5,
// H8). Looks at every byte once, and is at least as strict as Beast's basic_parser, against which tests hold it.
// Allocates nothing. Any refusal closes the connection, so the bytes behind it are never read as a request.
#pragma once

#include "problem.hpp"
#include "request_head.hpp"

#include <latchkey/config.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace latchkey::http {

struct gate_options {
    limit_options limits;
    std::string cookie_name;
};

// `text` begins with a header block, whose length is that of `head.block` on success; what follows is not looked at.
// The views in `head` point into `text`. Otherwise returns why not, and `head` means nothing; what is not there whole
// is a bad_request, which header_scanner can tell from others. Body length is checked against limits.body_bytes by
// whoever reads the body.
std::optional<problem> pass_gate(std::string_view text, const gate_options& options, request_head& head) noexcept;

}  // namespace latchkey::http
