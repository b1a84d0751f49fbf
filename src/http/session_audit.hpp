// The audit events of people who end sessions of their own (requirement A3).
#pragma once

#include "exchange.hpp"

#include <string_view>

namespace latchkey::http {

// `type`: "logout" or "session_revoked".
void record_end(const exchange& x, std::string_view type, const session& ended) noexcept;

// "sessions_revoked", by the session `mine`.
void record_end_of_many(const exchange& x, const session& mine) noexcept;

}  // namespace latchkey::http
