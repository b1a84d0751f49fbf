#include "identify.hpp"

#include "text.hpp"

namespace latchkey::http {
namespace {

task<result<session>> identify_by_token(exchange& x, std::string_view token, token_scrutiny scrutiny) {
    auto by_token = co_await x.svc->core.tokens->verify(token, scrutiny);
    x.token_refused = !by_token && by_token.error() == errc::no_session;
    if (x.head.session_cookie.count == 0)
        co_return by_token;
    if (!by_token && by_token.error() != errc::no_session)
        co_return by_token.error();
    auto by_cookie = co_await x.svc->core.sessions.verify(x.head.session_cookie.only());
    if (!by_cookie && by_cookie.error() != errc::no_session)
        co_return by_cookie.error();
    // Two different cookies are nobody's, whatever stands beside them.
    if (!by_cookie && x.head.session_cookie.count > 1)
        co_return errc::no_session;
    if (by_cookie && by_token && by_cookie->user->id != by_token->user->id)
        co_return errc::ambiguous_credentials;
    if (by_cookie)
        co_return by_cookie;
    co_return by_token;
}

}  // namespace

std::string_view bearer_of(const exchange& x) noexcept {
    if (!x.svc->core.tokens || !x.head.has(field::authorization) || x.head.is_repeated(field::authorization))
        return {};
    auto credentials = x.head[field::authorization];
    if (!iequals(next_part(credentials, ' '), "bearer"))
        return {};
    return trim(credentials);
}

task<result<session>> identify(exchange& x, token_scrutiny scrutiny) {
    const auto token = bearer_of(x);
    if (token.empty())  // without a frame of its own
        return x.svc->core.sessions.verify(x.head.session_cookie.only());
    return identify_by_token(x, token, scrutiny);
}

}  // namespace latchkey::http
