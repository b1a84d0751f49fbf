#include "admin_routes.hpp"

#include <array>

namespace latchkey::http {
namespace {

constexpr std::array admin_table{
    route{"/admin/users", methods::get, body_rule::none, list_users},
    route{"/admin/users", methods::post, body_rule::json, add_user},
    route{"/admin/users/{id}", methods::get, body_rule::none, show_user},
    route{"/admin/users/{id}", methods::patch, body_rule::json, change_user},
    route{"/admin/users/{id}", methods::erase, body_rule::none, remove_user},
    route{"/admin/users/{id}/sessions", methods::get, body_rule::none, list_sessions_of_user},
    route{"/admin/users/{id}/sessions", methods::erase, body_rule::none, end_sessions_of_user},
    route{"/admin/sessions", methods::get, body_rule::none, list_everyones_sessions},
    route{"/admin/sessions/{id}", methods::erase, body_rule::none, end_anyones_session},
    route{"/admin/throttles", methods::get, body_rule::none, list_throttles},
    route{"/admin/throttles", methods::erase, body_rule::none, clear_throttles},
    route{"/admin/diagnosis", methods::get, body_rule::none, diagnose},
    route{"/admin/reload", methods::post, body_rule::none, reload_configuration},
    route{"/metrics", methods::get, body_rule::none, show_metrics},
    route{"/health/alive", methods::get, body_rule::none, alive},
    route{"/health/ready", methods::get, body_rule::none, ready},
};

}  // namespace

std::span<const route> admin_routes() noexcept {
    return admin_table;
}

admin_call caller_of(const exchange& x) noexcept {
    return {x.client(), x.request_id()};
}

std::optional<public_id> id_in_path(exchange& x) {
    const auto id = public_id::parse(x.path_parameter);
    if (id)
        return *id;
    x.refuse(problems::not_found);
    return std::nullopt;
}

}  // namespace latchkey::http
