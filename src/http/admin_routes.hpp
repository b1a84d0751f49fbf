// The administrators' routes and what their handlers share. Who may come in at all is admin_guard's business.
#pragma once

#include "routes.hpp"

#include <latchkey/administrator.hpp>

#include <optional>
#include <span>

namespace latchkey::http {

// Static: it outlives everybody.
std::span<const route> admin_routes() noexcept;

// admin_user_handlers.cpp
task<void> list_users(exchange& x);
task<void> add_user(exchange& x);
task<void> show_user(exchange& x);
task<void> change_user(exchange& x);
task<void> remove_user(exchange& x);
// admin_session_handlers.cpp
task<void> list_everyones_sessions(exchange& x);
task<void> end_anyones_session(exchange& x);
task<void> list_sessions_of_user(exchange& x);
task<void> end_sessions_of_user(exchange& x);
// admin_throttle_handlers.cpp
task<void> list_throttles(exchange& x);
task<void> clear_throttles(exchange& x);
// admin_reload_handler.cpp
task<void> reload_configuration(exchange& x);
// admin_diagnosis_handler.cpp
task<void> diagnose(exchange& x);
// metrics_handler.cpp
task<void> show_metrics(exchange& x);

// Who asks, for the audit event. Views into `x`.
admin_call caller_of(const exchange& x) noexcept;

// The id that the path names, or nothing after `x` has been refused: what is no id names nobody.
std::optional<public_id> id_in_path(exchange& x);

}  // namespace latchkey::http
