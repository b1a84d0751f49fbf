// A token authority over the real session table, the real keys and a clock that stands still.
#pragma once

#include "await.hpp"
#include "compact_jws.hpp"
#include "fakes.hpp"
#include "make_session_authority.hpp"
#include "make_token_authority.hpp"
#include "recording_logger.hpp"
#include "refresh_token.hpp"
#include "table_session_store.hpp"
#include "token_claims.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace latchkey::testing {

// Lets in whoever says "right".
struct easy_logins final : authenticator {
    session_authority& sessions;
    profile_ptr who;
    login_request last;
    bool opened_one = false;

    explicit easy_logins(session_authority& s) : sessions(s) {}

    boost::system::error_code turn_away(const login_visit&) noexcept override { return {}; }
    task<result<signed_in>> login(login_request request) override {
        last = std::move(request);
        if (last.password.reveal() != "right")
            co_return errc::invalid_credentials;
        user whose;
        whose.id = who->id;
        whose.email = who->email();
        whose.name = who->name();
        const group_list groups = who->groups();
        whose.groups = std::vector<std::string>(groups.begin(), groups.end());
        const boost::system::error_code objection =
            last.objection ? last.objection(whose) : boost::system::error_code();
        if (objection)
            co_return objection;
        opened_one = true;
        auto opened = co_await sessions.open(who, last.remember, last.client, last.credential);
        if (!opened)
            co_return opened.error();
        co_return signed_in{*std::move(opened), {}};
    }
    task<result<opened_session>> reauthenticate(reauthentication_request) override { co_return errc::no_session; }
    task<result<opened_session>> change_password(password_change_request) override { co_return errc::no_session; }
};

class token_fixture : public ::testing::Test {
protected:
    token_fixture() {
        settings.issuer = "https://auth.example.com";
        settings.audience = "https://api.example.com";
        settings.access_lifetime = seconds{300};
        settings.refresh_lifetime = seconds{20 * 86400};
        settings.refresh_grace = seconds{30};
        user u;
        u.id.bytes.fill(7);
        u.email = "alice@example.com";
        u.name = "Alice \"A\" Ärmel";
        u.groups = {"dev", "ops"};
        logins.who = make_profile(u, false);
        make();
    }

    void make() { subject = make_token_authority({*store, logins, refreshes, audit, log, time}, settings, keys); }

    static std::shared_ptr<const token_keys> fresh_keys(token_algorithm algorithm = token_algorithm::ed25519) {
        return std::make_shared<const token_keys>(signing_key::generate(algorithm));
    }

    token_pair log_in() {
        login_request request;
        request.email = "alice@example.com";
        request.password = secret("right");
        return run.await(subject->login(std::move(request))).value();
    }
    session browser_session() { return run.await(sessions->open(logins.who, false, {})).value().value; }
    result<session> verify(std::string_view token, token_scrutiny scrutiny = token_scrutiny::configured) {
        return run.await(subject->verify(token, scrutiny));
    }
    result<token_pair> refresh(const secret& token) { return run.await(subject->refresh(token.reveal(), visit)); }
    std::optional<session> revoke(std::string_view token) { return run.await(subject->revoke(token, visit)).value(); }
    std::optional<token_account> introspect(std::string_view token) {
        return run.await(subject->introspect(token)).value();
    }
    // A token of ours with these claims, whatever they are.
    std::string sign(const std::string& payload) { return keys->sign(payload).value(); }
    nlohmann::json claims_of(const access_token& token) {
        return nlohmann::json::parse(compact_jws::make(token.text.reveal()).value().payload());
    }
    // Good in all but what `change` makes of it.
    template <class Change>
    std::string token_with(const session& of, Change change) {
        token_claims c;
        c.issuer = settings.issuer;
        c.audience = settings.audience;
        c.subject = of.user->id;
        c.session = of.id;
        c.issued_at = c.not_before = time.wall();
        c.authenticated = to_wall(time, of.authenticated_at);
        c.expires_at = time.wall() + seconds{300};
        c.email = of.user->email();
        change(c);
        return sign(write_claims(c));
    }
    bool lives(const session& s) { return run.await(store->find(s.user->id, s.id)).value().has_value(); }

    manual_clock time;
    session_options options;
    revocation_log revoked{time, seconds{300}};
    std::unique_ptr<session_store> store = make_memory_session_store(options, time, &revoked);
    refresh_tokens refreshes{secret(std::string(mac::key_size, 'k'))};
    std::unique_ptr<session_authority> sessions = make_session_authority(*store, &refreshes);
    easy_logins logins{*sessions};
    fake_audit audit;
    recording_logger log;
    runner run;
    token_settings settings;
    std::shared_ptr<const token_keys> keys = fresh_keys();
    token_visit visit{{}, "req-1"};
    std::unique_ptr<token_authority> subject;
};

}  // namespace latchkey::testing
