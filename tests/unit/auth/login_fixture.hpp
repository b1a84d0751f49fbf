// The login use case among stand-ins, with five users: alice, old (her hash asks for a rehash), off (disabled), none
// (has no password) and foreign (her hash is not argon2id). Their password is "right".
#pragma once

#include "await.hpp"
#include "device_token.hpp"
#include "fake_throttle.hpp"
#include "fakes.hpp"
#include "make_authenticator.hpp"
#include "make_session_authority.hpp"
#include "recording_logger.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace latchkey::testing {

class login_fixture : public ::testing::Test {
protected:
    login_fixture() {
        add("alice", "hash of right");
        add("old", "old hash of right");
        add("off", "hash of right").profile.disabled = true;
        add("none", "");
        add("foreign", "foreign");
    }

    static std::string email_of(std::string_view name) { return std::string(name) + "@example.com"; }

    stored_user& add(std::string_view name, std::string hash) {
        stored_user u;
        u.profile.id.bytes.fill(static_cast<std::uint8_t>(users.users.size() + 1));
        u.profile.email = email_of(name);
        u.password_hash = std::move(hash);
        return users.users[u.profile.email] = u;
    }

    login_request request(std::string email, std::string_view password) {
        login_request r;
        r.email = std::move(email);
        r.password = secret(password);
        r.request_id = "req-1";
        r.client.ip.bytes[15] = 1;
        r.client.user_agent = "curl/8";
        return r;
    }

    result<latchkey::signed_in> login(login_request r) { return run.await(subject->login(std::move(r))); }
    result<latchkey::signed_in> login(std::string email, std::string_view password = "right") {
        return login(request(std::move(email), password));
    }

    // Puts a live session of `name` into the store and returns its token.
    secret signed_in(std::string_view name) {
        profile_ptr profile = make_profile(users.users.at(email_of(name)).profile, false);
        return std::move(run.await(sessions->open(profile, false, {}))->token);
    }
    bool lives(const secret& token) { return run.await(sessions->verify(token.reveal())).has_value(); }

    trace asked;
    fake_user_store users{asked};
    fake_hasher hasher{asked};
    fake_throttle attempts;
    manual_clock time;
    device_tokens devices{secret(std::string(mac::key_size, 'k')), seconds{365 * 86400}, time};
    fake_session_store store;
    fake_audit audit;
    recording_logger log;
    // Both outlive the pool, whose thread may still be on its way out of a post() to them. The other is for what
    // happens while the first waits.
    runner run, other_run;
    worker_pool database{{"sql", 1, 8, thread_priority::normal}};
    std::unique_ptr<session_authority> sessions = make_session_authority(store);
    std::unique_ptr<authenticator> subject =
        make_authenticator({users, database, hasher, attempts, devices, *sessions, audit, log, false, 8});
};

}  // namespace latchkey::testing
