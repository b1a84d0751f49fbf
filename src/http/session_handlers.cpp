// POST /logout and GET /sessions/whoami.
#include "body_format.hpp"
#include "form_fields.hpp"
#include "identify.hpp"
#include "routes.hpp"
#include "session_audit.hpp"
#include "session_json.hpp"

#include <algorithm>

namespace latchkey::http {
namespace {

task<result<void>> end_by_token(exchange& x, std::string_view token) {
    const auto held = co_await x.svc->core.tokens->verify(token, token_scrutiny::strict);
    if (!held && held.error() == errc::no_session)
        co_return result<void>{};
    if (!held)
        co_return held.error();
    const auto ended = co_await x.svc->core.sessions.revoke(held->user->id, held->id);
    if (!ended)
        co_return ended.error();
    if (*ended)
        record_end(x, "logout", **ended);
    co_return result<void>{};
}

void show(exchange& x, const listed_session& mine) {
    const std::string content = session_json(mine, true);
    x.begin(200);
    x.finish(json_type, content);
}

}  // namespace

// Ends whatever the request presented, be it two different cookies: whoever signs out wants nothing left behind.
task<void> logout(exchange& x) {
    const bool form = format_of(x.head[field::content_type]) == body_format::form;
    std::string rd;
    if (form) {
        auto value = form_value(x.body.reveal(), "rd");
        if (!value) {
            x.refuse(problems::invalid_request);
            co_return;
        }
        rd = std::move(*value);
    }

    const auto& presented = x.head.session_cookie;
    const std::size_t count = std::min<std::size_t>(presented.count, presented.values.size());
    for (std::size_t i = 0; i < count; ++i) {
        const auto ended = co_await x.svc->core.sessions.close(presented.values[i]);
        if (!ended) {  // unknown whether it ended: keep the cookie, let the client try again
            x.refuse(ended.error());
            co_return;
        }
        if (*ended)
            record_end(x, "logout", **ended);
    }

    if (const auto token = bearer_of(x); !token.empty()) {
        const auto ended = co_await end_by_token(x, token);
        if (!ended) {
            x.refuse(ended.error());
            co_return;
        }
    }

    const auto target = form ? x.svc->redirect.check(rd) : std::nullopt;
    x.begin(form ? 303 : 204);
    x.clear_cookie();
    if (form)
        x.header("Location", target ? std::string_view(*target) : "/login");
    x.finish();
}

task<void> whoami(exchange& x) {
    const auto mine = co_await identify(x);
    if (!mine) {
        x.refuse(mine.error());
        co_return;
    }
    if (x.svc->pure_tokens && !bearer_of(x).empty()) {
        show(x, {*mine, {}});  // by its word alone, as everywhere
        co_return;
    }
    const auto all = co_await x.svc->core.sessions.list(mine->user->id);
    if (!all) {
        x.refuse(all.error());
        co_return;
    }
    const auto shown =
        std::find_if(all->begin(), all->end(), [&](const listed_session& s) { return s.value.id == mine->id; });
    if (shown == all->end()) {  // ended between the two looks
        x.refuse(problems::no_session);
        co_return;
    }
    show(x, *shown);
}

}  // namespace latchkey::http
