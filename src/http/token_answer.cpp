#include "token_answer.hpp"

#include "json_string.hpp"
#include "session_json.hpp"

#include <span>
#include <string_view>

namespace latchkey::http {
namespace {

std::string number(wall_time t) {
    return std::to_string(t.time_since_epoch().count());
}

}  // namespace

// Tokens are base64url and dots: nothing in them needs an escape.
secret token_json(const access_token& access, const secret* refresh) {
    const std::string lifetime = std::to_string(access.lifetime.count());
    std::string out;
    out.reserve(access.text.size() + (refresh ? refresh->size() : 0) + 128);  // or pieces of it would stay behind
    out.append("{\"access_token\":\"").append(access.text.reveal());
    out.append("\",\"token_type\":\"Bearer\",\"expires_in\":").append(lifetime);
    if (refresh)
        out.append(",\"refresh_token\":\"").append(refresh->reveal()).append("\"");
    out.append("}\n");
    secret content(out);
    wipe(std::span(out.data(), out.size()));
    return content;
}

// By hand: see json_string.hpp.
std::string introspection_json(const token_account& account, const services& svc) {
    const session& s = account.value;
    std::string out = "{\"active\":true,\"token_type\":";
    out.append(account.is_refresh ? "\"refresh_token\"" : "\"Bearer\"");
    out.append(",\"iss\":").append(json_string(svc.token_issuer));
    out.append(",\"sub\":").append(json_string(s.user->id.str()));
    out.append(",\"aud\":").append(json_string(svc.token_audience));
    out.append(",\"exp\":").append(number(account.expires_at));
    if (!account.is_refresh) {
        out.append(",\"iat\":").append(number(account.issued_at));
        out.append(",\"nbf\":").append(number(account.not_before));
        out.append(",\"jti\":").append(json_string(account.token_id.str()));
    }
    out.append(",\"sid\":").append(json_string(s.id.str()));
    out.append(",\"auth_time\":").append(number(to_wall(svc.core.time, s.authenticated_at)));
    out.append(",\"amr\":[\"pwd\"],\"username\":").append(json_string(s.user->email()));
    out.append(",\"email\":").append(json_string(s.user->email()));
    out.append(",\"name\":").append(json_string(s.user->name()));
    out.append(",\"groups\":").append(json_string(s.user->groups()));
    if (account.for_upstream)
        out.append(",\"token_use\":\"upstream\"");
    return out.append(account.static_claims).append("}\n");
}

void refuse_grant(exchange& x, unsigned status, std::string_view error, std::string_view description,
                  unsigned retry_after) {
    std::string content = "{\"error\":\"";
    content.append(error).append("\",\"error_description\":\"").append(description).append("\"}\n");
    x.counters().count_refusal(error);
    x.begin(status);
    if (retry_after != 0)
        x.header("Retry-After", std::to_string(retry_after));
    x.finish(json_type, content);
}

void refuse_grant(exchange& x, boost::system::error_code error) {
    const problem p = to_problem(error);
    if (p.status == 429)
        return refuse_grant(x, 429, p.code, p.title, p.retry_after);
    if (error == errc::token_too_large)
        return refuse_grant(x, 503, p.code, p.title);
    if (p.status == 503)
        return refuse_grant(x, 503, "temporarily_unavailable", p.title, p.retry_after);
    if (error == errc::invalid_credentials)
        return refuse_grant(x, 400, "invalid_grant", p.title);
    if (p.status == 400)
        return refuse_grant(x, 400, "invalid_request", p.title);
    x.refuse(p);
}

}  // namespace latchkey::http
