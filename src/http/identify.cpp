#include "identify.hpp"

#include "text.hpp"

#include <utility>

namespace latchkey::http {
namespace {

// Whether what became of the token is the answer, whatever else was shown.
bool is_decided(const exchange& x, const result<session>& by_token) noexcept {
    return x.head.session_cookie.count == 0 || (!by_token && by_token.error() != errc::no_session);
}

result<session> agree(const exchange& x, result<session> by_token, result<session> by_cookie) {
    if (!by_cookie && by_cookie.error() != errc::no_session)
        return by_cookie;
    // Two different cookies are nobody's, whatever stands beside them.
    if (!by_cookie && x.head.session_cookie.count > 1)
        return errc::no_session;
    if (by_cookie && by_token && by_cookie->user->id != by_token->user->id)
        return errc::ambiguous_credentials;
    return by_cookie ? std::move(by_cookie) : std::move(by_token);
}

void note_refusal(exchange& x, const result<session>& by_token) noexcept {
    x.token_refused = !by_token && by_token.error() == errc::no_session;
}

task<result<session>> identify_by_token(exchange& x, std::string_view token, token_scrutiny scrutiny) {
    auto by_token = co_await x.svc->core.tokens->verify(token, scrutiny);
    note_refusal(x, by_token);
    if (is_decided(x, by_token))
        co_return by_token;
    auto by_cookie = co_await x.svc->core.sessions.verify(x.head.session_cookie.only());
    co_return agree(x, std::move(by_token), std::move(by_cookie));
}

std::optional<result<session>> identify_by_cookie_at_once(exchange& x) noexcept {
    auto& sessions = x.svc->core.sessions;
    const auto key = sessions.key_of(x.head.session_cookie.only());
    if (!key)
        return key.error();
    return sessions.verify_at_once(*key);
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

bool look_ahead(exchange& x) noexcept {
    if (x.head.session_cookie.count != 1 || x.head.has(field::authorization))
        return false;
    if (const auto key = x.svc->core.sessions.key_of(x.head.session_cookie.only()))
        x.cookie_key = *key;
    return x.cookie_key.has_value();
}

std::optional<result<session>> identify_at_once(exchange& x) {
    if (x.cookie_key)
        return x.svc->core.sessions.verify_at_once(*x.cookie_key);
    const auto token = bearer_of(x);
    if (token.empty())
        return identify_by_cookie_at_once(x);
    auto by_token = x.svc->core.tokens->verify_at_once(token);
    if (!by_token)
        return std::nullopt;
    note_refusal(x, *by_token);
    if (is_decided(x, *by_token))
        return by_token;
    auto by_cookie = identify_by_cookie_at_once(x);
    if (!by_cookie)
        return std::nullopt;
    return agree(x, *std::move(by_token), *std::move(by_cookie));
}

}  // namespace latchkey::http
