// What the forms of the account page do: end a session, end all others, change the password. Done: 303 back to the
// page, which says so; else the page again with the reason.
#include "body_fields.hpp"
#include "form_fields.hpp"
#include "page_answer.hpp"
#include "routes.hpp"
#include "session_audit.hpp"

#include <array>

namespace latchkey::http {
namespace {

result<void> take_form(exchange& x, std::span<const body_field> fields) {
    const auto read = read_body(x.body.reveal(), format_of(x.head[field::content_type]), fields);
    x.body = secret();
    return read;
}

std::string message_for(const exchange& x, std::string_view code) {
    return x.svc->html.message(words_for(x), code);
}

account_notes refused_with(const exchange& x, const problem& p) {
    account_notes notes;
    notes.status = p.status;
    notes.retry_after = p.retry_after;
    notes.message = message_for(x, p.code);
    return notes;
}

// Why a password was not changed, said beside the field that it is about.
account_notes password_refused(const exchange& x, boost::system::error_code error) {
    account_notes notes = refused_with(x, to_problem(error));
    if (error == errc::invalid_credentials)
        notes.wrong_current = message_for(x, "wrong_password");
    else if (error == errc::password_too_short)
        notes.wrong_new = message_for(x, "password_too_short");
    else if (error == errc::password_common)
        notes.wrong_new = message_for(x, "password_common");
    else if (error == errc::password_personal)
        notes.wrong_new = message_for(x, "password_personal");
    else
        return notes;
    notes.message.clear();
    return notes;
}

}  // namespace

task<void> end_session_by_form(exchange& x) {
    std::string text;
    const std::array fields{body_field{"id", &text}};
    const auto read = take_form(x, fields);
    const auto mine = co_await x.svc->core.sessions.verify(x.head.session_cookie.only());
    if (!mine) {
        turn_away(x, mine.error());
        co_return;
    }
    const auto id = read ? public_id::parse(text) : result<public_id>(errc::not_found);
    result<std::optional<session>> ended = std::optional<session>{};
    if (id)
        ended = co_await x.svc->core.sessions.revoke(mine->user->id, *id);
    if (!ended) {
        x.refuse(ended.error());
        co_return;
    }
    if (!*ended) {
        account_notes notes = refused_with(x, read ? problems::not_found : problems::invalid_request);
        if (read)
            notes.message = message_for(x, "session_gone");
        co_await show_account_page(x, std::move(notes));
        co_return;
    }
    record_end(x, "session_revoked", **ended);
    x.begin(303);
    if (*id == mine->id)
        x.clear_cookie();
    x.header("Location", *id == mine->id ? "/login?done=signed-out" : "/account?done=session-ended");
    x.finish();
}

task<void> end_other_sessions_by_form(exchange& x) {
    const auto mine = co_await x.svc->core.sessions.verify(x.head.session_cookie.only());
    if (!mine) {
        turn_away(x, mine.error());
        co_return;
    }
    const auto spare = std::optional(mine->id);
    const auto count = co_await x.svc->core.sessions.revoke_all(mine->user->id, spare);
    if (!count) {
        x.refuse(count.error());
        co_return;
    }
    record_end_of_many(x, *mine);
    x.redirect("/account?done=sessions-ended");
}

task<void> change_password_by_form(exchange& x) {
    password_change_request request;
    secret repeated;
    const std::array fields{body_field{"current_password", &request.current_password},
                            body_field{"new_password", &request.new_password},
                            body_field{"repeat_password", &repeated}};
    if (const auto read = take_form(x, fields); !read) {
        account_notes notes = refused_with(x, problems::invalid_request);
        co_await show_account_page(x, std::move(notes));
        co_return;
    }
    if (repeated.reveal() != request.new_password.reveal()) {
        account_notes notes;
        notes.status = problems::weak_password.status;
        notes.wrong_repeat = message_for(x, "passwords_differ");
        co_await show_account_page(x, std::move(notes));
        co_return;
    }
    request.token = secret(x.head.session_cookie.only());
    request.device_token = x.device_token();
    request.client = x.client();
    request.request_id = x.request_id();
    const auto outcome = co_await x.svc->core.logins.change_password(std::move(request));
    if (outcome) {
        x.begin(303);
        x.set_cookie(*outcome);
        x.header("Location", "/account?done=password-changed");
        x.finish();
    } else if (outcome.error() == errc::no_session) {
        send_to_login(x);
    } else {
        account_notes notes = password_refused(x, outcome.error());
        co_await show_account_page(x, std::move(notes));
    }
}

}  // namespace latchkey::http
