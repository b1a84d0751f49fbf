// POST /login, for programs (JSON) and for the page (form).
#include "form_fields.hpp"
#include "login_body.hpp"
#include "page_answer.hpp"
#include "routes.hpp"
#include "session_json.hpp"

namespace latchkey::http {
namespace {

// Where the page sends people who came without a usable `rd`.
constexpr std::string_view default_page = "/account";

// The page again, with what was typed, except for the password, and where it was to lead; a target that would be
// refused is dropped right here.
void show_failure(exchange& x, const problem& p, const login_fields& typed) {
    x.counters().count_refusal(p.code);
    const auto& words = words_for(x);
    const std::string message = x.svc->html.message(words, p.code);
    const auto target = x.svc->redirect.check(typed.rd);
    login_page page;
    page.message = message;
    page.wrong = p.status == 400 || p.status == 401;
    page.email = typed.email;
    page.remember = typed.remember_me;
    if (target) {
        page.rd = *target;
        page.destination = other_place(*target, x.svc->redirect.own_origin());
    }
    const std::string content = x.svc->html.login(words, page);
    show_page(x, p.status, words, content, p.retry_after);
}

// Of a form that cannot be read as a whole: whoever comes from a guarded page still finds the way back there.
login_fields what_is_legible(std::string_view form) {
    login_fields out;
    if (auto email = form_value(form, "email"))
        out.email = *std::move(email);
    if (auto rd = form_value(form, "rd"))
        out.rd = *std::move(rd);
    return out;
}

}  // namespace

bool refuse_login_early(exchange& x) {
    login_visit visit;
    visit.client = x.client();
    visit.request_id = x.request_id();
    visit.has_device = x.svc->device.in(x.head).count != 0;
    const auto error = x.svc->core.logins.turn_away(visit);
    if (!error)
        return false;
    if (format_of(x.head[field::content_type]) == body_format::form)
        show_failure(x, to_problem(error), {});
    else
        x.refuse(error);
    return true;
}

task<void> login(exchange& x) {
    const auto format = format_of(x.head[field::content_type]);
    auto fields = parse_login(x.body.reveal(), format);
    if (!fields) {
        if (format == body_format::form)
            show_failure(x, problems::invalid_request, what_is_legible(x.body.reveal()));
        else
            x.refuse(problems::invalid_request);
        co_return;
    }
    x.body = secret();

    login_request request;
    request.email = fields->email;
    request.password = std::move(fields->password);
    request.remember = fields->remember_me;
    request.client = x.client_device();
    request.request_id = x.request_id();
    request.presented_token = secret(x.head.session_cookie.only());
    request.device_token = x.device_token();
    auto opened = co_await x.svc->core.logins.login(std::move(request));

    if (!opened) {
        const auto p = to_problem(opened.error());
        if (format == body_format::form)
            show_failure(x, p, *fields);
        else
            x.refuse(p);
        co_return;
    }
    const auto target = x.svc->redirect.check(fields->rd);
    if (format == body_format::form) {
        x.begin(303);
        x.set_cookies(*opened);
        x.header("Location", target ? std::string_view(*target) : default_page);
        x.finish();
        co_return;
    }
    const listed_session shown{opened->value, x.client_device().user_agent};
    const std::string content = login_json(shown, target ? &*target : nullptr);
    x.begin(200);
    x.set_cookies(*opened);
    x.finish(json_type, content);
}

}  // namespace latchkey::http
