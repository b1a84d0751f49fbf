// The login use case. Runs on the io thread of its connection; the database and argon2id have threads of their own.
//
// Every login that is judged at all does one look-up and one hash, in this order, whoever it is for: the outcome is
// decided from both only afterwards (requirements L1, L2). What is refused before the look-up is refused by what the
// client sent or by how busy the server is, never by who the user is.
#include "make_authenticator.hpp"
#include "password_policy.hpp"

#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace latchkey {
namespace {

constexpr std::size_t longest_email = 254;  // bytes: more of a fancied address is of no use in an audit trail

// Reasons by which the audit trail tells refusals apart.
std::string_view reason_for(const boost::system::error_code& error) noexcept {
    if (error == errc::overloaded)
        return "overloaded";
    if (error == errc::session_limit)
        return "session_limit";
    return "store_unavailable";
}

class login_use_case final : public authenticator {
public:
    explicit login_use_case(const authenticator_parts& parts) : parts_(parts) {}

    task<result<opened_session>> login(login_request request) override {
        audit_event event;
        event.type = "login";
        event.request_id = request.request_id;
        event.email = std::string_view(request.email).substr(0, longest_email);
        event.client = request.client.ip;
        try {
            auto ended = co_await attempt(request, event);
            parts_.audit.record(event);
            co_return ended;
        } catch (...) {
            event.success = false;
            event.reason = "internal_error";
            parts_.audit.record(event);
            throw;
        }
    }

private:
    using outcome = result<opened_session>;

    // Leaves in `event` what happened.
    task<outcome> attempt(login_request& request, audit_event& event) {
        if (request.password.size() > longest_password)
            co_return refuse(event, "password_too_long", errc::password_too_long);
        if (parts_.hasher.saturated())
            co_return refuse(event, "overloaded", errc::overloaded);

        const auto found = co_await look_up(request.email);
        if (!found)
            co_return refuse(event, reason_for(found.error()), found.error());
        const std::optional<stored_user>& known = *found;
        if (known)
            event.user = known->profile.id;

        const auto checked = co_await check_password(request.password, known);
        if (!checked)
            co_return refuse(event, reason_for(checked.error()), checked.error());
        if (const auto reason = reason_against(known, *checked); !reason.empty())
            co_return refuse(event, reason, errc::invalid_credentials);

        if (checked->needs_rehash)
            co_await renew_hash(request.password, *known);
        const auto ended = co_await end_presented(request.presented_token, known->profile.id);
        if (!ended)
            co_return refuse(event, reason_for(ended.error()), ended.error());

        profile_ptr profile = make_profile(known->profile, parts_.remote_user_is_email);
        auto opened = co_await parts_.sessions.open(std::move(profile), request.remember, std::move(request.client));
        if (!opened)
            co_return refuse(event, reason_for(opened.error()), opened.error());
        event.success = true;
        event.session = opened->value.id;
        co_return opened;
    }

    static outcome refuse(audit_event& event, std::string_view reason, boost::system::error_code error) {
        event.reason = reason;
        return error;
    }

    // What can't be anybody's address is looked up all the same, as one that nobody uses.
    task<result<std::optional<stored_user>>> look_up(std::string_view typed) {
        const auto parsed = email_address::parse(typed);
        const email_address& address = parsed ? *parsed : nobody_;
        auto work = [this, &address] { return parts_.users.find(address); };
        auto found = co_await offload(parts_.database, std::move(work));
        if (found && !parsed)
            found = std::optional<stored_user>{};
        co_return found;
    }

    task<result<verification>> check_password(const secret& password, const std::optional<stored_user>& known) {
        std::string phc = known ? known->password_hash : std::string{};
        auto checked = co_await parts_.hasher.verify(password, std::move(phc));
        if (!checked && checked.error() == errc::unsupported_hash) {
            // The operator is told, the client isn't: the work of a comparison is done after all.
            tell(log_level::error, "unsupported_password_hash", *known, checked.error());
            std::string nobodys;
            checked = co_await parts_.hasher.verify(password, std::move(nobodys));
        }
        co_return checked;
    }

    // Why these credentials open nothing; empty when they do.
    static std::string_view reason_against(const std::optional<stored_user>& known,
                                           const verification& checked) noexcept {
        if (!known)
            return "unknown_user";
        if (known->password_hash.empty())
            return "no_password";
        if (!checked.matches)
            return "wrong_password";
        if (known->profile.disabled)
            return "disabled";
        return {};
    }

    // A login is not worth failing over this: the next one tries again.
    task<void> renew_hash(const secret& password, const stored_user& known) {
        boost::system::error_code error;
        try {
            const auto fresh = co_await parts_.hasher.hash(password);
            if (fresh) {
                auto work = [this, &known, &fresh] {
                    return parts_.users.replace_password_hash(known.profile.id, known.password_hash, *fresh);
                };
                const auto replaced = co_await offload(parts_.database, std::move(work));
                error = replaced ? boost::system::error_code{} : replaced.error();
            } else {
                error = fresh.error();
            }
        } catch (const std::exception&) {
            error = errc::store_unavailable;
        }
        if (error)
            tell(log_level::warn, "password_rehash_failed", known, error);
    }

    // Another user's session is left alone: who knows a cookie value must not be able to end what it stands for by
    // logging in as somebody else.
    task<result<void>> end_presented(const secret& token, const public_id& user) {
        const auto held = co_await parts_.sessions.verify(token.reveal());
        if (!held && held.error() == errc::no_session)
            co_return result<void>{};
        if (!held)
            co_return held.error();
        if (held->user->id != user)
            co_return result<void>{};
        const auto ended = co_await parts_.sessions.close(token.reveal());
        if (!ended)
            co_return ended.error();
        co_return result<void>{};
    }

    void tell(log_level level, std::string_view what, const stored_user& about,
              const boost::system::error_code& error) noexcept {
        char id[32];
        about.profile.id.write(id);
        char buffer[64];
        const char* text = error.category().message(error.value(), buffer, sizeof buffer);
        parts_.log.write(level, what, {{"user", std::string_view(id, sizeof id)}, {"error", std::string_view(text)}});
    }

    const authenticator_parts parts_;
    const email_address nobody_ = email_address::parse("nobody@invalid").value();
};

}  // namespace

std::unique_ptr<authenticator> make_authenticator(const authenticator_parts& parts) {
    return std::make_unique<login_use_case>(parts);
}

}  // namespace latchkey
