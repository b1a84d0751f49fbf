#include "authz.hpp"

#include "accept.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>

namespace latchkey::http {
namespace {

constexpr std::string_view nobody =
    "Remote-User: \r\nRemote-Email: \r\nRemote-Name: \r\nRemote-Groups: \r\nRemote-Session: \r\n";

constexpr std::string_view common_methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

const user_profile* who_is(const result<session>& mine) noexcept {
    return mine ? mine->user.get() : nullptr;
}

verdict to_verdict(access_outcome outcome) noexcept {
    switch (outcome) {
        case access_outcome::allow:
            return verdict::pass;
        case access_outcome::login:
            return verdict::login;
        case access_outcome::forbid:
            break;
    }
    return verdict::forbid;
}

// Nothing is known of the caller. Two users at once are nobody: then somebody must choose.
bool is_unknown(const result<session>& mine) noexcept {
    return !mine && mine.error() != errc::no_session && mine.error() != errc::ambiguous_credentials;
}

bool wants_bearer(const services& svc, const access_decision& decision) noexcept {
    return decision.rule && *decision.rule < svc.bearer_rules.size() && svc.bearer_rules[*decision.rule];
}

// Where nobody said by which method, none may be let through that would not be by every other, and none has an access
// token that others would not have.
access_outcome decide(exchange& x, access_question& question) noexcept {
    const services& svc = *x.svc;
    if (!question.method.empty()) {
        const auto decision = svc.policy->decide(question);
        x.bearer_due = wants_bearer(svc, decision);
        return decision.outcome;
    }
    auto strictest = access_outcome::allow;
    x.bearer_due = true;
    for (const auto method : common_methods) {
        question.method = method;
        const auto decision = svc.policy->decide(question);
        strictest = std::max(strictest, decision.outcome);
        x.bearer_due = x.bearer_due && wants_bearer(svc, decision);
    }
    return strictest;
}

void log_fault(exchange& x, const original_request& asked) noexcept {
    x.svc->state.refused.note(asked.fault(), x.peer(), x.from_trusted_proxy(), x.svc->core.time.now());
    x.svc->core.log.write(
        log_level::warn, "forwarded_url_refused",
        {{"header", asked.fault()}, {"peer_trusted", x.from_trusted_proxy()}, {"request_id", x.request_id()}});
}

// Percent-encodes everything but RFC 3986's unreserved characters.
void append_encoded(std::string& out, std::string_view text) {
    constexpr char digits[] = "0123456789ABCDEF";
    for (const char c : text) {
        if (is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            out.push_back(c);
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out.push_back('%');
            out.push_back(digits[byte >> 4]);
            out.push_back(digits[byte & 0xf]);
        }
    }
}

}  // namespace

verdict judge(exchange& x, const result<session>& mine, const original_request& asked) {
    if (is_unknown(mine))
        return verdict::failed;
    const auto* const who = who_is(mine);
    if (!asked.fault().empty()) {
        log_fault(x, asked);
        return who ? verdict::forbid : verdict::login;
    }
    access_question question{asked.host(), asked.paths(), asked.method(), {}, who};
    if (x.svc->rules_ask_for_client)
        question.client = x.known_client();
    return to_verdict(decide(x, question));
}

verdict judge_by_default(const exchange& x, const result<session>& mine) {
    if (is_unknown(mine))
        return verdict::failed;
    return to_verdict(x.svc->policy->decide_by_default(who_is(mine)));
}

void append_identity(std::string& out, const result<session>& mine) {
    if (!mine) {
        out.append(nobody);
        return;
    }
    constexpr std::string_view name = "Remote-Session: ";
    std::array<char, name.size() + 34> line;
    std::copy(name.begin(), name.end(), line.begin());
    mine->id.write(line.data() + name.size());
    line[line.size() - 2] = '\r';
    line[line.size() - 1] = '\n';
    mine->user->append_identity_headers(out);
    out.append(line.data(), line.size());
}

result<void> append_bearer(exchange& x, const result<session>& mine) {
    if (!x.svc->says_authorization)
        return {};
    auto& out = x.raw_headers();
    if (!x.bearer_due || !mine || !x.svc->core.tokens) {
        out.append("Authorization: \r\n");
        return {};
    }
    out.append("Authorization: Bearer ");
    const auto minted = x.svc->core.tokens->mint(*mine, out);
    out.append("\r\n");
    return minted;
}

void append_login_url(std::string& out, const services& svc, const original_request& asked) {
    out.append(svc.login_url);
    if (!asked.url_known())
        return;
    out.append("?rd=");
    for (const auto piece : asked.url())
        append_encoded(out, piece);
    if (!asked.method().empty())
        out.append("&rm=").append(asked.method());
}

bool is_navigation(const request_head& head) noexcept {
    if (head.is_repeated(field::accept) || !names_html(head[field::accept]))
        return false;
    if (iequals(head[field::x_requested_with], "XMLHttpRequest"))
        return false;
    return !head.has(field::sec_fetch_mode) || iequals(head[field::sec_fetch_mode], "navigate");
}

}  // namespace latchkey::http
