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

// One or the other: `kept` where `read` is other_, and count_ for those that nobody reads.
struct named_field {
    named_field(gate_field g) noexcept : read(g) {}
    named_field(field f) noexcept : kept(f) {}

    gate_field read = gate_field::other_;
    field kept = field::count_;
};

// `name`: any bytes but CR. What is known is a token (RFC 9110 section 5.6.2).
named_field field_named(std::string_view name) noexcept;

}  // namespace latchkey::http
