// One core for every proxy's "may this request pass?": the session, the request that is asked about and the access
// rules become one verdict. The adapters in authz_handlers.cpp put it into the words that each proxy understands.
#pragma once

#include "exchange.hpp"
#include "original_request.hpp"

#include <latchkey/access_policy.hpp>

namespace latchkey::http {

enum class verdict {
    pass,
    login,   // nobody is signed in, and somebody must be
    forbid,  // not for this caller, whoever that is
    failed,  // a store did not answer: nothing is known (requirement F4)
};

// `mine`: whose cookie came along. A fault of `asked` is logged; it never passes.
verdict judge(exchange& x, const result<session>& mine, const original_request& asked);

// The same where no proxy said what is asked for: by access.default alone.
verdict judge_by_default(const exchange& x, const result<session>& mine);

// Counts what a check came to, and gives it back.
inline verdict counted(exchange& x, check_adapter adapter, verdict outcome) noexcept {
    x.counters().count_check(adapter, static_cast<std::size_t>(outcome));
    return outcome;
}

// The five identity header lines, empty for nobody: always all of them, so that what a client sent under these names is
// overwritten (requirement F3).
void append_identity(std::string& out, const result<session>& mine);

// Where tokens are on, or a rule already counts on them: the Authorization line for the upstream, with an access token
// if the rule that let the request pass has bearer = true, else empty, so that what a client sent is never taken for
// ours. An error: the answer must be another one.
result<void> append_bearer(exchange& x, const result<session>& mine);

// The login page's URL with the way back, as far as that is known.
void append_login_url(std::string& out, const services& svc, const original_request& asked);

// Whether a person looks at the answer: a browser that goes to a page, and no script.
bool is_navigation(const request_head& head) noexcept;

}  // namespace latchkey::http
