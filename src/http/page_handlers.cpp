// The pages: GET /login, GET /account and their stylesheet.
#include "form_fields.hpp"
#include "routes.hpp"

namespace latchkey::http {
namespace {

void show(exchange& x, const std::string& content) {
    x.begin(200);
    x.raw_headers().append(x.svc->html.headers());
    x.finish("text/html; charset=utf-8", content);
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
    login_page page;
    if (target)
        page.rd = *target;
    show(x, x.svc->html.login(page));
}

task<void> show_account(exchange& x) {
    const auto mine = co_await x.svc->core.sessions.verify(x.head.session_cookie.only());
    if (mine)
        show(x, x.svc->html.account(*mine));
    else if (mine.error() == errc::no_session)
        x.redirect("/login?rd=/account");
    else
        x.refuse(mine.error());
}

task<void> stylesheet(exchange& x) {
    x.allow_cache();
    x.begin(200);
    x.finish("text/css; charset=utf-8", pages::stylesheet());
    co_return;
}

}  // namespace latchkey::http
