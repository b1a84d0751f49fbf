// Which of the fields that somebody here reads a field's name says, whatever the case of its letters.
#pragma once

#include "request_head.hpp"

#include <cstdint>
#include <string_view>

namespace latchkey::http {

// Fields that the gate reads itself and hands on in parts of their own.
enum class gate_field : std::uint8_t {
    host,
    cookie,
    connection,
    content_length,
    transfer_encoding,
    forwarded_for,
    other_
};

// `name`: a token (RFC 9110 section 5.6.2), not empty.
gate_field gate_field_of(std::string_view name) noexcept;
// field::count_ for those that nobody reads.
field known_field_of(std::string_view name) noexcept;

}  // namespace latchkey::http
