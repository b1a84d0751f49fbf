// Who may use the admin site: whoever shows its bearer token (requirement S4).
//
// A site on a Unix socket has no token: there the file's permissions have decided before a byte was read.
#pragma once

#include "request_head.hpp"

#include <latchkey/secret.hpp>

#include <utility>

namespace latchkey::http {

class admin_guard {
public:
    // Admits everybody.
    admin_guard() noexcept = default;
    // Admits who says `Authorization: Bearer <token>`, once. An empty token admits everybody.
    explicit admin_guard(secret token) noexcept : token_(std::move(token)) {}

    // Takes the same time for every wrong token of the right length.
    bool admits(const request_head& head) const noexcept { return token_.empty() || shows_token(head); }

private:
    bool shows_token(const request_head& head) const noexcept;

    secret token_;
};

}  // namespace latchkey::http
