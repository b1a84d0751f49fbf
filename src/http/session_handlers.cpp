// POST /logout and GET /sessions/whoami.
#include "body_format.hpp"
#include "form_fields.hpp"
#include "routes.hpp"
#include "session_audit.hpp"
#include "session_json.hpp"

#include <algorithm>

namespace latchkey::http {

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

    const auto target = form ? x.svc->redirect.check(rd) : std::nullopt;
    x.begin(form ? 303 : 204);
    x.clear_cookie();
    if (form)
        x.header("Location", target ? std::string_view(*target) : "/login");
    x.finish();
}

task<void> whoami(exchange& x) {
    const auto mine = co_await x.svc->core.sessions.verify(x.head.session_cookie.only());
    if (!mine) {
        x.refuse(mine.error());
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
    const std::string content = session_json(*shown, true);
    x.begin(200);
    x.finish(json_type, content);
}

}  // namespace latchkey::http
