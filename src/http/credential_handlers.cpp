// POST /sessions/reauthenticate and POST /password: somebody who is signed in gives the password again, and goes on
// with a new cookie. A client whose answer was lost repeats the request with what it has (docs/decisions/0009).
#include "body_fields.hpp"
#include "routes.hpp"

#include <array>

namespace latchkey::http {
namespace {

// The body, read into `fields` and gone.
result<void> take_body(exchange& x, std::span<const body_field> fields) {
    const auto read = read_body(x.body.reveal(), format_of(x.head[field::content_type]), fields);
    x.body = secret();
    return read;
}

void answer(exchange& x, const result<opened_session>& outcome) {
    if (!outcome) {
        x.refuse(outcome.error());
        return;
    }
    x.begin(204);
    x.set_cookie(*outcome);
    x.finish();
}

}  // namespace

task<void> reauthenticate(exchange& x) {
    reauthentication_request request;
    const std::array fields{body_field{"password", &request.password}};
    if (const auto read = take_body(x, fields); !read) {
        x.refuse(read.error());
        co_return;
    }
    request.token = secret(x.head.session_cookie.only());
    request.device_token = x.device_token();
    request.client = x.client();
    request.request_id = x.request_id();
    const auto outcome = co_await x.svc->core.logins.reauthenticate(std::move(request));
    answer(x, outcome);
}

task<void> change_password(exchange& x) {
    password_change_request request;
    const std::array fields{body_field{"current_password", &request.current_password},
                            body_field{"new_password", &request.new_password}};
    if (const auto read = take_body(x, fields); !read) {
        x.refuse(read.error());
        co_return;
    }
    request.token = secret(x.head.session_cookie.only());
    request.device_token = x.device_token();
    request.client = x.client();
    request.request_id = x.request_id();
    const auto outcome = co_await x.svc->core.logins.change_password(std::move(request));
    answer(x, outcome);
}

}  // namespace latchkey::http
