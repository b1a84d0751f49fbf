// An email address in its one canonical form: what users are stored, looked up and throttled by.
//
// Accepted: local@domain in at most 254 bytes (RFC 5321 4.5.3.1); a local part of dots and RFC 5322's atom characters,
// so printable ASCII without spaces, quotes, commas, brackets or further `@`; a domain of dot-separated LDH labels.
// Letters are folded to lower case in both parts, so one mailbox never has two identities (requirement L3).
// Internationalised domains are given in their A-label form.
#pragma once

#include <latchkey/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace latchkey {

class email_address {
public:
    static constexpr std::size_t longest = 254;  // bytes: RFC 5321 4.5.3.1.3, less the angle brackets

    // errc::invalid_email for everything that is not such an address; empty, huge and binary input included.
    static result<email_address> parse(std::string_view text);

    const std::string& str() const noexcept { return text_; }
    friend bool operator==(const email_address&, const email_address&) = default;

private:
    explicit email_address(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

}  // namespace latchkey
