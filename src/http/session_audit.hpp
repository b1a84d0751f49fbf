// The audit events of this layer (requirement A3): people who end sessions of their own, and the admin site.
#pragma once

#include "exchange.hpp"

#include <string_view>

namespace latchkey::http {

// `type`: "logout" or "session_revoked".
void record_end(const exchange& x, std::string_view type, const session& ended) noexcept;

// "admin_token_refused": somebody asked the admin site without its token.
void record_token_refused(const exchange& x) noexcept;

// "configuration_reload", asked for by an administrator. `success`: without a fault.
void record_reload(const exchange& x, bool success) noexcept;

// "sessions_revoked", by the session `mine`.
void record_end_of_many(const exchange& x, const session& mine) noexcept;

}  // namespace latchkey::http
