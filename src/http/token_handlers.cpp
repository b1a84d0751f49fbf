// POST /token, /sessions/token, /token/revoke and /token/introspect.
#include "form_fields.hpp"
#include "routes.hpp"
#include "session_json.hpp"
#include "token_answer.hpp"

#include <optional>
#include <utility>

namespace latchkey::http {
namespace {

constexpr std::string_view not_refreshable = "The refresh token is not, or no longer, good";

token_visit visit_of(const exchange& x) noexcept {
    return {x.client(), x.request_id()};
}

// Of the form; nothing after `x` was refused because the field is missing, empty, there twice or badly encoded.
std::optional<secret> required_field(exchange& x, std::string_view name) {
    auto value = find_field(x.body.reveal(), name);
    if (!value) {
        refuse_grant(x, 400, "invalid_request", "The form is malformed, or has a field twice");
        return std::nullopt;
    }
    if (!*value || (*value)->empty()) {
        const std::string missing = "The field " + std::string(name) + " is missing";
        refuse_grant(x, 400, "invalid_request", missing);
        return std::nullopt;
    }
    return std::move(**value);
}

void send_tokens(exchange& x, const access_token& access, const secret* refresh) {
    const secret content = token_json(access, refresh);
    x.begin(200);
    x.finish(json_type, content.reveal());
}

task<void> grant_by_password(exchange& x) {
    const auto name = required_field(x, "username");
    if (!name)
        co_return;
    auto password = required_field(x, "password");
    if (!password)
        co_return;
    x.body = secret();

    login_request request;
    request.email = name->reveal();
    request.password = *std::move(password);
    request.client = x.client_device();
    request.request_id = x.request_id();
    const auto pair = co_await x.svc->core.tokens->login(std::move(request));
    if (!pair)
        refuse_grant(x, pair.error());
    else
        send_tokens(x, pair->access, &pair->refresh);
}

task<void> grant_by_refresh_token(exchange& x) {
    const auto token = required_field(x, "refresh_token");
    if (!token)
        co_return;
    x.body = secret();
    const auto pair = co_await x.svc->core.tokens->refresh(token->reveal(), visit_of(x));
    if (!pair && pair.error() == errc::invalid_credentials)
        refuse_grant(x, 400, "invalid_grant", not_refreshable);
    else if (!pair)
        refuse_grant(x, pair.error());
    else
        send_tokens(x, pair->access, &pair->refresh);
}

}  // namespace

// RFC 6749: the password grant (section 4.3) and the refresh token grant (section 6). Who the client program is nobody
// asks: all of them are public clients.
task<void> grant_token(exchange& x) {
    if (!x.svc->core.tokens) {
        x.refuse(problems::not_found);
        co_return;
    }
    const auto type = required_field(x, "grant_type");
    if (!type)
        co_return;
    if (type->reveal() == "password")
        co_await grant_by_password(x);
    else if (type->reveal() == "refresh_token")
        co_await grant_by_refresh_token(x);
    else
        refuse_grant(x, 400, "unsupported_grant_type", "The grant types are password and refresh_token");
}

// For a browser that is signed in by its cookie, and by nothing else: a token must not beget tokens, or it would live
// for as long as the session.
task<void> give_session_token(exchange& x) {
    if (!x.svc->core.tokens) {
        x.refuse(problems::not_found);
        co_return;
    }
    const auto mine = co_await x.svc->core.sessions.verify(x.head.session_cookie.only());
    if (!mine) {
        x.refuse(mine.error());
        co_return;
    }
    const auto access = x.svc->core.tokens->issue(*mine);
    if (!access)
        x.refuse(access.error());
    else
        send_tokens(x, *access, nullptr);
}

// RFC 7009: 200 for whatever it was. Whoever holds a token may give it back.
task<void> revoke_token(exchange& x) {
    if (!x.svc->core.tokens) {
        x.refuse(problems::not_found);
        co_return;
    }
    const auto token = required_field(x, "token");
    if (!token)
        co_return;
    x.body = secret();
    const auto ended = co_await x.svc->core.tokens->revoke(token->reveal(), visit_of(x));
    if (!ended) {
        refuse_grant(x, ended.error());
        co_return;
    }
    x.begin(200);
    x.finish();
}

// RFC 7662, for callers that show the token in tokens.introspection_token_file.
task<void> introspect_token(exchange& x) {
    const domain& core = x.svc->core;
    if (!core.tokens || !core.introspection_callers) {
        x.refuse(problems::not_found);
        co_return;
    }
    if (!core.introspection_callers->admits(x.head)) {
        x.refuse(problems::caller_token_required);
        co_return;
    }
    const auto token = required_field(x, "token");
    if (!token)
        co_return;
    x.body = secret();
    const auto account = co_await core.tokens->introspect(token->reveal());
    if (!account) {
        refuse_grant(x, account.error());
        co_return;
    }
    const std::string content = *account ? introspection_json(**account, *x.svc) : "{\"active\":false}\n";
    x.begin(200);
    x.finish(json_type, content);
}

}  // namespace latchkey::http
