// The authorization endpoints: one adapter for each family of proxies, over the core in authz.hpp. The check path: with
// a valid session nothing in here allocates, and nothing but the connection's own read and write is a system call.
#include "authz.hpp"
#include "identify.hpp"
#include "page_answer.hpp"
#include "routes.hpp"

namespace latchkey::http {
namespace {

void send_empty(exchange& x, unsigned status) {
    x.begin(status);
    x.finish();
}

void send_identity(exchange& x, const result<session>& mine) {
    x.begin(200);
    append_identity(x.raw_headers(), mine);
    if (const auto done = append_bearer(x, mine); !done)
        return x.refuse(done.error());
    x.finish();
}

void send_to_login(exchange& x, unsigned status, const original_request& asked) {
    x.begin(status);
    auto& out = x.raw_headers();
    out.append("Location: ");
    append_login_url(out, *x.svc, asked);
    out.append("\r\n");
    x.finish();
}

// For proxies that hand the answer on to the browser as it is: a page asked for comes back by a redirect to the login
// page, which must not repeat anything but a GET (RFC 9110 section 15.4).
void send_browser_to_login(exchange& x, const original_request& asked) {
    if (!asked.url_known() || !is_navigation(x.head)) {
        send_empty(x, 401);
        return;
    }
    const auto method = asked.method().empty() ? x.head.method_text : asked.method();
    const bool is_safe = method == "GET" || method == "HEAD" || method == "OPTIONS";
    send_to_login(x, is_safe ? 302 : 303, asked);
}

void answer_forwarding_proxy(exchange& x, const result<session>& mine, proxy_dialect dialect) {
    const original_request asked(x, dialect);
    const auto adapter = dialect == proxy_dialect::forwarded ? check_adapter::forward_auth : check_adapter::ext_authz;
    switch (counted(x, adapter, judge(x, mine, asked))) {
        case verdict::pass:
            return send_identity(x, mine);
        case verdict::login:
            return send_browser_to_login(x, asked);
        case verdict::forbid:
            // What these proxies get they hand on to the browser: somebody who goes to a page is to see one.
            return asked.url_known() && is_navigation(x.head) ? show_refused(x) : send_empty(x, 403);
        case verdict::failed:
            return x.refuse(mine.error());
    }
}

void answer_nginx(exchange& x, const result<session>& mine) {
    const original_request asked(x, proxy_dialect::original_url);
    switch (counted(x, check_adapter::auth_request, judge(x, mine, asked))) {
        case verdict::pass:
            return send_identity(x, mine);
        case verdict::login:
            return send_to_login(x, 401, asked);
        case verdict::forbid:
            return send_empty(x, 403);
        case verdict::failed:
            return x.refuse(mine.error());
    }
}

template <class Answer>
bool answer_known(exchange& x, Answer answer) {
    const auto mine = identify_at_once(x);
    if (mine)
        answer(x, *mine);
    return mine.has_value();
}

}  // namespace

// GET, HEAD /api/authz/auth-request for nginx. Answers 200, 401 and 403 carry no body: nginx would drop its kept-alive
// connection over one. Only those three and 5xx: nginx knows no others here.
task<void> auth_request(exchange& x) {
    const auto mine = co_await identify(x);
    answer_nginx(x, mine);
}
bool auth_request_at_once(exchange& x) {
    return answer_known(x, answer_nginx);
}

// ANY /api/authz/forward-auth for Traefik, Caddy and HAProxy.
task<void> forward_auth(exchange& x) {
    const auto mine = co_await identify(x);
    answer_forwarding_proxy(x, mine, proxy_dialect::forwarded);
}
bool forward_auth_at_once(exchange& x) {
    return answer_known(
        x, [](exchange& e, const auto& mine) { answer_forwarding_proxy(e, mine, proxy_dialect::forwarded); });
}

// ANY /api/authz/ext-authz/* for Envoy's ext_authz over HTTP.
task<void> ext_authz(exchange& x) {
    const auto mine = co_await identify(x);
    answer_forwarding_proxy(x, mine, proxy_dialect::extended);
}
bool ext_authz_at_once(exchange& x) {
    return answer_known(
        x, [](exchange& e, const auto& mine) { answer_forwarding_proxy(e, mine, proxy_dialect::extended); });
}

}  // namespace latchkey::http
