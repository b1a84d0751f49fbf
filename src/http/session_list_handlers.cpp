// GET /sessions, DELETE /sessions/{id} and DELETE /sessions: what people see of their own sessions, and how they end
// them. Everything is looked for among the caller's sessions only: another user's id is as unknown as an invented one.
#include "form_fields.hpp"
#include "identify.hpp"
#include "routes.hpp"
#include "session_audit.hpp"
#include "session_json.hpp"

#include <optional>

namespace latchkey::http {
namespace {

enum class scope { others, all };

// Strict, as there is no way back: nothing at all, or exactly all=true.
std::optional<scope> scope_of(std::string_view query) {
    if (query.empty())
        return scope::others;
    if (query.find('&') != query.npos)
        return std::nullopt;
    const auto all = form_value(query, "all");
    return all && *all == "true" ? std::optional(scope::all) : std::nullopt;
}

}  // namespace

task<void> list_sessions(exchange& x) {
    const auto mine = co_await identify(x, token_scrutiny::strict);
    if (!mine) {
        x.refuse(mine.error());
        co_return;
    }
    const auto all = co_await x.svc->core.sessions.list(mine->user->id);
    if (!all) {
        x.refuse(all.error());
        co_return;
    }
    const std::string content = sessions_json(*all, mine->id);
    x.begin(200);
    x.finish(json_type, content);
}

task<void> end_session(exchange& x) {
    const auto mine = co_await identify(x, token_scrutiny::strict);
    if (!mine) {
        x.refuse(mine.error());
        co_return;
    }
    const auto id = public_id::parse(x.path_parameter);
    if (!id) {
        x.refuse(problems::not_found);
        co_return;
    }
    const auto ended = co_await x.svc->core.sessions.revoke(mine->user->id, *id);
    if (!ended) {
        x.refuse(ended.error());
        co_return;
    }
    if (!*ended) {
        x.refuse(problems::not_found);
        co_return;
    }
    record_end(x, "session_revoked", **ended);
    x.begin(204);
    if (*id == mine->id)
        x.clear_cookie();
    x.finish();
}

task<void> end_sessions(exchange& x) {
    const auto mine = co_await identify(x, token_scrutiny::strict);
    if (!mine) {
        x.refuse(mine.error());
        co_return;
    }
    const auto wanted = scope_of(x.head.query);
    if (!wanted) {
        x.refuse(problems::invalid_request, "The query is empty or all=true");
        co_return;
    }
    const auto spare = *wanted == scope::all ? std::nullopt : std::optional(mine->id);
    const auto count = co_await x.svc->core.sessions.revoke_all(mine->user->id, spare);
    if (!count) {
        x.refuse(count.error());
        co_return;
    }
    record_end_of_many(x, *mine);
    const std::string content = "{\"revoked\":" + std::to_string(*count) + "}\n";
    x.begin(200);
    if (*wanted == scope::all)
        x.clear_cookie();
    x.finish(json_type, content);
}

}  // namespace latchkey::http
