// The pages: GET /login, GET /account, GET /login/refused, and what they are shown with.
#include "authz.hpp"
#include "form_fields.hpp"
#include "page_answer.hpp"
#include "routes.hpp"

namespace latchkey::http {
namespace {

constexpr std::string_view done_prefix = "done.";

// What ?done= says has just happened, in words; empty for anything that nobody here would say.
std::string notice_for(const exchange& x, const page_texts& words) {
    const auto done = form_value(x.head.query, "done");
    return done ? std::string(words[std::string(done_prefix) + *done]) : std::string{};
}

}  // namespace

task<void> show_login(exchange& x) {
    const auto mine = co_await x.svc->core.sessions.verify(x.head.session_cookie.only());
    if (!mine && mine.error() != errc::no_session) {
        x.refuse(mine.error());
        co_return;
    }
    // A query that can't be read has no redirect in it: the page is shown all the same.
    const auto given = form_value(x.head.query, "rd");
    const std::string rd = given ? *given : std::string{};
    const auto target = x.svc->redirect.check(rd);
    if (mine) {
        x.redirect(target ? std::string_view(*target) : "/account");
        co_return;
    }
    const auto& words = words_for(x);
    std::string notice = notice_for(x, words);
    if (notice.empty() && x.head.session_cookie.count > 0)
        notice = words["session_over"];
    login_page page;
    page.notice = notice;
    if (target) {
        page.rd = *target;
        page.destination = other_place(*target, x.svc->redirect.own_origin());
    }
    const std::string content = x.svc->html.login(words, page);
    show_page(x, 200, words, content);
}

task<void> show_account(exchange& x) {
    account_notes notes;
    notes.notice = notice_for(x, words_for(x));
    co_await show_account_page(x, std::move(notes));
}

task<void> refused(exchange& x) {
    if (is_navigation(x.head))
        show_refused(x);
    else
        x.refuse(problems::forbidden);
    co_return;
}

// For pages that proxies show at the addresses of applications, which may be of any site: it tells nothing of anybody.
task<void> stylesheet(exchange& x) {
    x.allow_cache();
    x.begin(200);
    x.header("Cross-Origin-Resource-Policy", "cross-origin");
    x.finish("text/css; charset=utf-8", x.svc->html.stylesheet());
    co_return;
}

// An operator's own drawing may hold anything: opened by itself, it is a document that may do nothing.
task<void> mark(exchange& x) {
    x.allow_cache();
    x.begin(200);
    x.header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
    x.header("Cross-Origin-Resource-Policy", "cross-origin");
    x.finish("image/svg+xml", x.svc->html.mark());
    co_return;
}

}  // namespace latchkey::http
