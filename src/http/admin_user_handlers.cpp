// Users, as administrators see and change them. Whatever ends sessions has ended them when the answer is sent (V3).
#include "admin_body.hpp"
#include "admin_cursor.hpp"
#include "admin_json.hpp"
#include "admin_query.hpp"
#include "admin_routes.hpp"
#include "session_json.hpp"

#include <utility>

namespace latchkey::http {
namespace {

void answer_with(exchange& x, unsigned status, const user& u) {
    const std::string content = user_json(u);
    x.begin(status);
    if (status == 201)
        x.header("Location", "/admin/users/" + u.id.str());
    x.finish(json_type, content);
}

void answer_with(exchange& x, const user_page& page) {
    page_json out("users");
    for (const auto& u : page.users)
        out.add(user_json(u));
    std::optional<std::string> cursor;
    if (page.next)
        cursor = write_cursor(*page.next);
    const std::string content = std::move(out).finish(cursor);
    x.begin(200);
    x.finish(json_type, content);
}

// A list of one user, or of none.
task<void> find_user(exchange& x, const std::string& typed) {
    auto email = email_address::parse(typed);
    if (!email) {
        x.refuse(problems::invalid_request, "email: not an address");
        co_return;
    }
    auto found = co_await x.svc->core.admins.user_by_email(*std::move(email));
    user_page page;
    if (found) {
        page.users.push_back(*std::move(found));
    } else if (found.error() != errc::not_found) {
        x.refuse(found.error());
        co_return;
    }
    answer_with(x, page);
}

}  // namespace

task<void> list_users(exchange& x) {
    std::string detail;
    const auto query = read_list_query(x.head.query, detail);
    if (!query) {
        x.refuse(problems::invalid_request, detail);
        co_return;
    }
    if (!query->email.empty()) {
        co_await find_user(x, query->email);
        co_return;
    }
    std::optional<public_id> after;
    if (!query->cursor.empty()) {
        const auto last = read_user_cursor(query->cursor);
        if (!last) {
            x.refuse(problems::invalid_request, "cursor: not one of this list's");
            co_return;
        }
        after = *last;
    }
    const auto page = co_await x.svc->core.admins.users(after, query->limit);
    if (page)
        answer_with(x, *page);
    else
        x.refuse(page.error());
}

task<void> add_user(exchange& x) {
    auto draft = read_user_draft(x.body.reveal());
    x.body = secret();
    if (!draft) {
        x.refuse(problems::invalid_request, draft.error().detail);
        co_return;
    }
    const admin_call call = caller_of(x);
    const auto added = co_await x.svc->core.admins.add_user(*std::move(draft), call);
    if (added)
        answer_with(x, 201, *added);
    else
        x.refuse(added.error());
}

task<void> show_user(exchange& x) {
    const auto id = id_in_path(x);
    if (!id)
        co_return;
    const auto found = co_await x.svc->core.admins.user_by_id(*id);
    if (found)
        answer_with(x, 200, *found);
    else
        x.refuse(found.error());
}

task<void> change_user(exchange& x) {
    const auto id = id_in_path(x);
    if (!id)
        co_return;
    auto patch = read_user_patch(x.body.reveal());
    x.body = secret();
    if (!patch) {
        x.refuse(problems::invalid_request, patch.error().detail);
        co_return;
    }
    const admin_call call = caller_of(x);
    const auto changed = co_await x.svc->core.admins.change_user(*id, *std::move(patch), call);
    if (changed)
        answer_with(x, 200, *changed);
    else
        x.refuse(changed.error());
}

task<void> remove_user(exchange& x) {
    const auto id = id_in_path(x);
    if (!id)
        co_return;
    const admin_call call = caller_of(x);
    const auto removed = co_await x.svc->core.admins.remove_user(*id, call);
    if (!removed) {
        x.refuse(removed.error());
        co_return;
    }
    x.begin(204);
    x.finish();
}

}  // namespace latchkey::http
