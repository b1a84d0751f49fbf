// A domain for tests of the HTTP side alone: everything answers at once, says nothing, and knows nobody. Tests override
// what they are about.
#pragma once

#include "services.hpp"

namespace latchkey::testing {

struct no_sessions : session_authority {
    task<result<session>> verify(std::string_view) override { co_return errc::no_session; }
    // Nothing is known at once: whoever asks has to verify().
    result<session_key> key_of(std::string_view) const noexcept override { return session_key{}; }
    std::optional<result<session>> verify_at_once(const session_key&) noexcept override { return std::nullopt; }
    void fetch(std::span<const session_key>) noexcept override {}
    task<result<session>> trace(std::string_view) override { co_return errc::no_session; }
    task<result<opened_session>> open(profile_ptr, bool, device, credential_kind) override {
        co_return errc::session_limit;
    }
    task<result<opened_session>> rotate(std::string_view) override { co_return errc::no_session; }
    task<result<std::optional<session>>> close(std::string_view) override { co_return std::nullopt; }
    task<result<std::optional<session>>> revoke(public_id, public_id) override { co_return std::nullopt; }
    task<result<std::size_t>> revoke_all(public_id, std::optional<public_id>) override { co_return std::size_t{0}; }
    task<result<void>> refresh(profile_ptr) override { co_return result<void>{}; }
    task<result<std::vector<listed_session>>> list(public_id) override { co_return std::vector<listed_session>{}; }
};

struct no_logins : authenticator {
    boost::system::error_code turn_away(const login_visit&) noexcept override { return {}; }
    task<result<signed_in>> login(login_request) override { co_return errc::overloaded; }
    task<result<opened_session>> reauthenticate(reauthentication_request) override { co_return errc::overloaded; }
    task<result<opened_session>> change_password(password_change_request) override { co_return errc::overloaded; }
};

struct no_users : administrator {
    task<result<user_page>> users(std::optional<public_id>, std::size_t) override { co_return user_page{}; }
    task<result<user>> user_by_id(public_id) override { co_return errc::not_found; }
    task<result<user>> user_by_email(email_address) override { co_return errc::not_found; }
    task<result<user>> add_user(user_draft, admin_call) override { co_return errc::store_unavailable; }
    task<result<user>> change_user(public_id, user_patch, admin_call) override { co_return errc::not_found; }
    task<result<void>> remove_user(public_id, admin_call) override { co_return errc::not_found; }
    task<result<std::vector<listed_session>>> sessions_of(public_id) override { co_return errc::not_found; }
    task<result<std::size_t>> end_sessions_of(public_id, admin_call) override { co_return errc::not_found; }
    task<result<std::vector<throttle_entry>>> throttles(throttle_filter, std::size_t) override {
        co_return std::vector<throttle_entry>{};
    }
    task<result<std::size_t>> clear_throttles(throttle_filter, admin_call) override { co_return std::size_t{0}; }
    task<result<session_page>> sessions(std::optional<session_cursor>, std::size_t) override {
        co_return session_page{};
    }
    task<result<void>> end_session(public_id, admin_call) override { co_return errc::not_found; }
};

// No rules: whoever is signed in may see everything.
struct members_only : access_policy {
    access_decision decide(const access_question& q) const noexcept override { return {decide_by_default(q.who), {}}; }
    access_outcome decide_by_default(const user_profile* who) const noexcept override {
        return who ? access_outcome::allow : access_outcome::login;
    }
};

struct no_reloads : reloader {
    task<reload_report> reload() override { co_return reload_report{}; }
};
struct always_ready : readiness {
    task<bool> ready() override { co_return true; }
};
struct no_audit : audit_sink {
    void record(const audit_event&) noexcept override {}
};
struct no_log : logger {
    void write(log_level, std::string_view, std::initializer_list<log_field>) noexcept override {}
    std::uint64_t dropped() const noexcept override { return 0; }
};

}  // namespace latchkey::testing
