#include "session_json.hpp"

#include "json_string.hpp"

#include <string>
#include <string_view>

namespace latchkey::http {
namespace {

// Written by hand: see json_string.hpp.

std::string_view truth(bool value) noexcept {
    return value ? "true" : "false";
}

std::string object_of(const listed_session& s, bool current) {
    const session& v = s.value;
    std::string out = "{\"id\":" + json_string(v.id.str());
    out.append(",\"current\":").append(truth(current));
    out.append(",\"user\":{\"id\":").append(json_string(v.user->id.str()));
    out.append(",\"email\":").append(json_string(v.user->email()));
    out.append(",\"name\":").append(json_string(v.user->name()));
    out.append(",\"groups\":").append(json_string(v.user->groups())).append("}");
    out.append(",\"created_at\":").append(json_string(to_rfc3339(v.created_at)));
    out.append(",\"authenticated_at\":").append(json_string(to_rfc3339(v.authenticated_at)));
    out.append(",\"last_seen_at\":").append(json_string(to_rfc3339(v.last_seen_at)));
    out.append(",\"idle_expires_at\":").append(json_string(to_rfc3339(v.idle_expires_at)));
    out.append(",\"expires_at\":").append(json_string(to_rfc3339(v.expires_at)));
    out.append(",\"amr\":[\"pwd\"],\"remembered\":").append(truth(v.remembered));
    out.append(",\"device\":{\"ip\":").append(json_string(v.ip.str()));
    out.append(",\"user_agent\":").append(json_string(s.user_agent)).append("}}");
    return out;
}

}  // namespace

std::string session_json(const listed_session& s, bool current) {
    return object_of(s, current).append("\n");
}

std::string sessions_json(std::span<const listed_session> all, const public_id& current) {
    std::string out = "{\"sessions\":[";
    for (std::size_t i = 0; i < all.size(); ++i)
        out.append(i > 0 ? "," : "").append(object_of(all[i], all[i].value.id == current));
    return out.append("]}\n");
}

std::string login_json(const listed_session& s, const std::string* redirect) {
    std::string out = "{\"session\":" + object_of(s, true);
    return out.append(",\"redirect\":").append(redirect ? json_string(*redirect) : "null").append("}\n");
}

}  // namespace latchkey::http
