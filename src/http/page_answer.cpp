#include "page_answer.hpp"

namespace latchkey::http {

const page_texts& words_for(const exchange& x) noexcept {
    return x.svc->html.language(x.head[field::accept_language]);
}

void show_page(exchange& x, unsigned status, const page_texts& words, const std::string& content,
               unsigned retry_after) {
    x.begin(status);
    if (retry_after != 0)
        x.header("Retry-After", std::to_string(retry_after));
    x.raw_headers().append(x.svc->html.headers(words));
    x.finish("text/html; charset=utf-8", content);
}

void show_refused(exchange& x) {
    const auto& words = words_for(x);
    const error_page page{403, problems::forbidden.code, x.request_id(), true};
    const std::string content = x.svc->html.error(words, page);
    x.begin(403);
    x.raw_headers().append(x.svc->html.headers_elsewhere(words));
    x.finish("text/html; charset=utf-8", content);
}

task<void> show_account_page(exchange& x, account_notes notes) {
    const auto mine = co_await x.svc->core.sessions.verify(x.head.session_cookie.only());
    if (!mine) {
        turn_away(x, mine.error());
        co_return;
    }
    const auto all = co_await x.svc->core.sessions.list(mine->user->id);
    if (!all) {
        x.refuse(all.error());
        co_return;
    }
    const auto& words = words_for(x);
    const account_page page{*mine,
                            *all,
                            x.svc->core.time.now(),
                            notes.notice,
                            notes.message,
                            notes.wrong_current,
                            notes.wrong_new,
                            notes.wrong_repeat};
    const std::string content = x.svc->html.account(words, page);
    show_page(x, notes.status, words, content, notes.retry_after);
}

std::string_view other_place(std::string_view target, std::string_view own_origin) noexcept {
    const auto scheme = target.find("://");
    if (target.starts_with('/') || scheme == target.npos)
        return {};
    const auto end = target.find('/', scheme + 3);
    if (target.substr(0, end) == own_origin)
        return {};
    return target.substr(scheme + 3, end == target.npos ? end : end - scheme - 3);
}

void send_to_login(exchange& x) {
    x.redirect("/login?rd=%2Faccount");
}

void turn_away(exchange& x, boost::system::error_code error) {
    if (error == errc::no_session)
        send_to_login(x);
    else
        x.refuse(error);
}

}  // namespace latchkey::http
