// The answer to a proxy's "who is this, and may they?": the check path. With a valid session nothing in here
// allocates, and nothing but the connection's own read and write is a system call.
#include "routes.hpp"
#include "text.hpp"
#include "web_url.hpp"

#include <algorithm>

namespace latchkey::http {
namespace {

// Percent-encodes everything but RFC 3986's unreserved characters.
void append_encoded(std::string& out, std::string_view text) {
    constexpr char digits[] = "0123456789ABCDEF";
    for (const char c : text) {
        if (is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            out.push_back(c);
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out.push_back('%');
            out.push_back(digits[byte >> 4]);
            out.push_back(digits[byte & 0xf]);
        }
    }
}

bool is_method_token(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 16 &&
           std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '-'; });
}

// The forwarded URL when it can be relied on: from a trusted proxy, once, well formed (requirements F1, F2).
bool has_original_url(const exchange& x) noexcept {
    return x.from_trusted_proxy() && !x.head.is_repeated(field::x_original_url) &&
           web_url::parse(x.head[field::x_original_url]).has_value();
}

void send_to_login(exchange& x, bool url_known) {
    x.begin(401);
    auto& out = x.raw_headers();
    out.append("Location: ").append(x.svc->login_url);
    if (url_known) {
        out.append("?rd=");
        append_encoded(out, x.head[field::x_original_url]);
        const auto verb = x.head[field::x_original_method];
        if (!x.head.is_repeated(field::x_original_method) && is_method_token(verb))
            out.append("&rm=").append(verb);
    }
    out.append("\r\n");
    x.finish();
}

void send_identity(exchange& x, const session& mine) {
    x.begin(200);
    auto& out = x.raw_headers();
    out.append(mine.user->identity_headers).append("Remote-Session: ");
    const auto at = out.size();
    out.resize(at + 32);
    mine.id.write(out.data() + at);
    out.append("\r\n");
    x.finish();
}

}  // namespace

// GET, HEAD /api/authz/auth-request for nginx. Answers 200, 401 and 403 carry no body: nginx would drop its kept-alive
// connection over one. Only those three and 5xx: nginx knows no others here.
task<void> auth_request(exchange& x) {
    const auto mine = co_await x.svc->core.sessions.verify(x.head.session_cookie.only());
    if (!mine && mine.error() != errc::no_session) {
        x.refuse(to_problem(mine.error()));
        co_return;
    }
    const bool url_known = has_original_url(x);
    if (!mine) {
        send_to_login(x, url_known);
        co_return;
    }
    if (!url_known) {  // signed in, but for what? Never permit the unknown (requirement F4)
        x.svc->core.log.write(log_level::warn, "forwarded_url_refused",
                              {{"header", "X-Original-URL"},
                               {"peer_trusted", x.from_trusted_proxy()},
                               {"missing", !x.head.has(field::x_original_url)},
                               {"request_id", x.request_id()}});
        x.begin(403);
        x.finish();
        co_return;
    }
    send_identity(x, *mine);
}

}  // namespace latchkey::http
