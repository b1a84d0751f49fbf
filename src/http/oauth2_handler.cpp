// GET /oauth2/auth, for nginx configurations that were written for oauth2-proxy.
//
// 202 is for people who are signed in, whatever a rule allows to everybody: such configurations seldom set
// X-Original-URL, and then nginx hands on whatever a client put there. For the same reason X-Forwarded-Uri is not read.
#include "authz.hpp"
#include "identify.hpp"
#include "routes.hpp"

namespace latchkey::http {
namespace {

verdict judge_signed_in(exchange& x, const result<session>& mine) {
    if (!mine)
        return mine.error() == errc::no_session || mine.error() == errc::ambiguous_credentials ? verdict::login
                                                                                               : verdict::failed;
    if (!x.from_trusted_proxy() || !x.head.has(field::x_original_url))
        return judge_by_default(x, mine);
    const original_request asked(x, proxy_dialect::original_url);
    return judge(x, mine, asked);
}

void send_accepted(exchange& x, const result<session>& mine) {
    const user_profile& who = *mine->user;
    x.begin(202);
    auto& out = x.raw_headers();
    out.append("X-Auth-Request-User: ");
    who.append_remote_user(out);
    out.append("\r\nX-Auth-Request-Email: ").append(who.email());
    out.append("\r\nX-Auth-Request-Preferred-Username: ").append(who.email());
    out.append("\r\nX-Auth-Request-Groups: ").append(who.groups().text()).append("\r\n");
    if (const auto done = append_bearer(x, mine); !done)
        return x.refuse(done.error());
    x.finish();
}

void answer_oauth2(exchange& x, const result<session>& mine) {
    const auto outcome = counted(x, check_adapter::oauth2, judge_signed_in(x, mine));
    if (outcome == verdict::failed) {
        x.refuse(mine.error());
    } else if (outcome == verdict::pass) {
        send_accepted(x, mine);
    } else {
        x.begin(outcome == verdict::login ? 401 : 403);
        x.finish();
    }
}

}  // namespace

task<void> oauth2_auth(exchange& x) {
    const auto mine = co_await identify(x);
    answer_oauth2(x, mine);
}

bool oauth2_auth_at_once(exchange& x) {
    const auto mine = identify_at_once(x);
    if (mine)
        answer_oauth2(x, *mine);
    return mine.has_value();
}

}  // namespace latchkey::http
