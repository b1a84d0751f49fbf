#include "session_json.hpp"

#include <nlohmann/json.hpp>

namespace latchkey::http {
namespace {

using json = nlohmann::ordered_json;

json to_json(const listed_session& s, bool current) {
    const session& v = s.value;
    return {{"id", v.id.str()},
            {"current", current},
            {"user",
             {{"id", v.user->id.str()}, {"email", v.user->email}, {"name", v.user->name}, {"groups", v.user->groups}}},
            {"created_at", to_rfc3339(v.created_at)},
            {"authenticated_at", to_rfc3339(v.authenticated_at)},
            {"last_seen_at", to_rfc3339(v.last_seen_at)},
            {"idle_expires_at", to_rfc3339(v.idle_expires_at)},
            {"expires_at", to_rfc3339(v.expires_at)},
            {"amr", {"pwd"}},
            {"remembered", v.remembered},
            {"device", {{"ip", v.ip.str()}, {"user_agent", s.user_agent}}}};
}

// Names and user agents were checked when they were stored; replacement is for a store that somebody else wrote to.
std::string dump(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string session_json(const listed_session& s, bool current) {
    return dump(to_json(s, current));
}

std::string sessions_json(std::span<const listed_session> all, const public_id& current) {
    json list = json::array();
    for (const auto& s : all)
        list.push_back(to_json(s, s.value.id == current));
    return dump({{"sessions", std::move(list)}});
}

std::string login_json(const listed_session& s, const std::string* redirect) {
    json answer{{"session", to_json(s, true)}, {"redirect", nullptr}};
    if (redirect)
        answer["redirect"] = *redirect;
    return dump(answer);
}

}  // namespace latchkey::http
