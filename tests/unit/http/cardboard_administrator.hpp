// An administrator that remembers what it was asked, and answers with one user, one session, or a failure.
#pragma once

#include "mutex.hpp"
#include "silent_domain.hpp"

#include <optional>
#include <string>
#include <utility>

namespace latchkey::testing {

class cardboard_administrator final : public no_users {
public:
    static user ada() {
        user u;
        u.id.bytes.fill(0xad);
        u.email = "ada@example.com";
        u.name = "Ada";
        u.groups = {"admins"};
        return u;
    }

    // What was asked last; "" when nothing was.
    std::string asked() const {
        const mutex_lock lock(mutex_);
        return asked_;
    }
    // By which request.
    std::string by() const {
        const mutex_lock lock(mutex_);
        return by_;
    }
    void fail_with(std::optional<errc> error) {
        const mutex_lock lock(mutex_);
        fails_ = error;
    }

    task<result<user_page>> users(std::optional<public_id> after, std::size_t limit) override {
        user_page page{{ada()}, std::nullopt};
        if (!after)
            page.next = ada().id;
        co_return answer("users " + (after ? after->str() : "") + " " + std::to_string(limit), page);
    }
    task<result<user>> user_by_id(public_id id) override { co_return answer("user " + id.str(), ada()); }
    task<result<user>> user_by_email(email_address email) override { co_return answer("user " + email.str(), ada()); }
    task<result<user>> add_user(user_draft draft, admin_call call) override {
        co_return answer("add " + draft.email.str() + " " + std::string(draft.password.reveal()), ada(), call);
    }
    task<result<user>> change_user(public_id id, user_patch patch, admin_call call) override {
        co_return answer("change " + id.str() + (patch.disabled ? " disabled" : ""), ada(), call);
    }
    task<result<void>> remove_user(public_id id, admin_call call) override {
        co_return done("remove " + id.str(), call);
    }
    task<result<std::vector<listed_session>>> sessions_of(public_id user) override {
        co_return answer("sessions of " + user.str(), std::vector<listed_session>(70, listed()));
    }
    task<result<std::size_t>> end_sessions_of(public_id user, admin_call call) override {
        co_return answer("end sessions of " + user.str(), std::size_t{3}, call);
    }
    task<result<session_page>> sessions(std::optional<session_cursor> after, std::size_t limit) override {
        session_page page{{listed()}, std::nullopt};
        if (!after)
            page.next = session_cursor{ada().id, listed().value.id};
        co_return answer("sessions " + (after ? after->session.str() : "") + " " + std::to_string(limit), page);
    }
    task<result<void>> end_session(public_id id, admin_call call) override {
        co_return done("end session " + id.str(), call);
    }

    static listed_session listed() {
        listed_session s;
        s.value.id.bytes.fill(0x5e);
        s.value.user = make_profile(ada(), false);
        s.user_agent = "a \"browser\"";
        return s;
    }

private:
    template <class T>
    result<T> answer(std::string what, T value, const admin_call& call = {}) {
        const mutex_lock lock(mutex_);
        asked_ = std::move(what);
        by_ = call.request_id;
        if (fails_)
            return *fails_;
        return value;
    }
    result<void> done(std::string what, const admin_call& call) {
        const auto outcome = answer(std::move(what), true, call);
        return outcome ? result<void>() : result<void>(outcome.error());
    }

    mutable mutex mutex_;
    std::string asked_ LATCHKEY_GUARDED_BY(mutex_);
    std::string by_ LATCHKEY_GUARDED_BY(mutex_);
    std::optional<errc> fails_ LATCHKEY_GUARDED_BY(mutex_);
};

}  // namespace latchkey::testing
