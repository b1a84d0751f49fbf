// Everybody's sessions, as administrators see and end them.
#include "admin_cursor.hpp"
#include "admin_json.hpp"
#include "admin_query.hpp"
#include "admin_routes.hpp"
#include "session_json.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace latchkey::http {
namespace {

// Rendering a session takes some microseconds: after as many, others of this core have their turn.
constexpr std::size_t rendered_at_a_time = 32;

task<void> answer_with(exchange& x, const std::vector<listed_session>& sessions,
                       const std::optional<std::string>& cursor) {
    page_json out("sessions");
    for (std::size_t i = 0; i < sessions.size(); ++i) {
        if (i % rendered_at_a_time == rendered_at_a_time - 1)
            co_await boost::asio::post(use_task);
        out.add(session_json(sessions[i], false));
    }
    const std::string content = std::move(out).finish(cursor);
    x.begin(200);
    x.finish(json_type, content);
}

}  // namespace

task<void> list_everyones_sessions(exchange& x) {
    std::string detail;
    const auto query = read_list_query(x.head.query, detail);
    if (!query) {
        x.refuse(problems::invalid_request, detail);
        co_return;
    }
    std::optional<session_cursor> after;
    if (!query->cursor.empty()) {
        const auto last = read_session_cursor(query->cursor);
        if (!last) {
            x.refuse(problems::invalid_request, "cursor: not one of this list's");
            co_return;
        }
        after = *last;
    }
    const auto page = co_await x.svc->core.admins.sessions(after, query->limit);
    if (!page) {
        x.refuse(page.error());
        co_return;
    }
    std::optional<std::string> cursor;
    if (page->next)
        cursor = write_cursor(*page->next);
    co_await answer_with(x, page->sessions, cursor);
}

task<void> end_anyones_session(exchange& x) {
    const auto id = id_in_path(x);
    if (!id)
        co_return;
    const admin_call call = caller_of(x);
    const auto ended = co_await x.svc->core.admins.end_session(*id, call);
    if (!ended) {
        x.refuse(ended.error());
        co_return;
    }
    x.begin(204);
    x.finish();
}

task<void> list_sessions_of_user(exchange& x) {
    const auto id = id_in_path(x);
    if (!id)
        co_return;
    const auto sessions = co_await x.svc->core.admins.sessions_of(*id);
    if (!sessions) {
        x.refuse(sessions.error());
        co_return;
    }
    const std::optional<std::string> all;
    co_await answer_with(x, *sessions, all);
}

task<void> end_sessions_of_user(exchange& x) {
    const auto id = id_in_path(x);
    if (!id)
        co_return;
    const admin_call call = caller_of(x);
    const auto ended = co_await x.svc->core.admins.end_sessions_of(*id, call);
    if (!ended) {
        x.refuse(ended.error());
        co_return;
    }
    const std::string content = "{\"revoked\":" + std::to_string(*ended) + "}\n";
    x.begin(200);
    x.finish(json_type, content);
}

}  // namespace latchkey::http
