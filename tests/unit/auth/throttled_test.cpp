// Every password that is judged has been let through by the throttle, and tells it how it ended (requirement L4).
#include "signed_in_fixture.hpp"

namespace latchkey {
namespace {

using testing::trace;

class throttled : public testing::signed_in_fixture {
protected:
    throttled() {
        attempts.asked = &asked;
        asked.clear();
    }
    // What the throttle was told in the end, by what `act` did.
    template <class Act>
    std::string after(Act act) {
        attempts.forget();
        (void)act();
        return attempts.outcome();
    }
    std::string device_of(std::string_view name) {
        return std::string(devices.after_login({}, email_of(name)).reveal());
    }
};

// L4: in this order. The account is the canonical address, whether or not it is anybody's.
TEST_F(throttled, lets_a_login_through_first) {
    EXPECT_FALSE(login("Alice@EXAMPLE.com", "wrong"));
    EXPECT_EQ(asked, (trace{"admit", "find", "verify"}));
    ASSERT_EQ(attempts.attempts.size(), 1U);
    EXPECT_EQ(attempts.attempts[0].account, "alice@example.com");
    EXPECT_EQ(attempts.attempts[0].client, prefix_of(request("", "").client.ip));
    EXPECT_FALSE(attempts.attempts[0].device);
}

// CVE-2025-24806, CVE-2026-47203: whatever is looked up as one mailbox is one account. What is none is nobody's.
TEST_F(throttled, knows_one_account_behind_all_spellings) {
    for (const char* spelling : {"alice@example.com", "ALICE@example.com", "alice@EXAMPLE.COM", "aLiCe@eXample.com"}) {
        attempts.forget();
        EXPECT_TRUE(login(spelling)) << spelling;
        EXPECT_EQ(attempts.attempts.at(0).account, "alice@example.com") << spelling;
    }
    for (const char* spelling :
         {" alice@example.com", "alice@example.com ", "alice@example.com.", "alice@ex\xc3\xa4mple.com",
          "\xef\xbd\x81lice@example.com", "alice@example.com\t", "<alice@example.com>"}) {
        EXPECT_EQ(login(spelling).error(), errc::invalid_credentials) << spelling;
        EXPECT_NE(users.last_email, "alice@example.com") << spelling;
    }
}

// CVE-2026-45364
TEST_F(throttled, knows_one_client_behind_a_network) {
    for (const std::uint8_t last : std::initializer_list<std::uint8_t>{1, 2, 255}) {
        auto r = request("alice@example.com", "wrong");
        r.client.ip.bytes = {0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 2, last, last, 0, 0, 0, 0, 0, last};
        (void)login(std::move(r));
        EXPECT_EQ(attempts.attempts.back().client.str(), "2001:db8:1:2::/64");
    }
}

TEST_F(throttled, takes_what_was_typed_up_to_254_bytes) {
    (void)login(std::string(100'000, 'x'));
    EXPECT_EQ(attempts.attempts.at(0).account, std::string(254, 'x'));
    (void)login("");
    EXPECT_EQ(attempts.attempts.at(1).account, "");
}

// L4, L6: refused without a look at who it is for; 429 even for the right password.
TEST_F(throttled, refuses_before_anybody_is_looked_up) {
    attempts.refuses_for = seconds{90};
    for (const char* who : {"alice@example.com", "off@example.com", "nobody@example.com", "no address"}) {
        asked.clear();
        audit.events.clear();
        const auto refused = login(who);
        ASSERT_FALSE(refused);
        EXPECT_EQ(throttle_wait(refused.error()), seconds{90});
        EXPECT_EQ(asked, (trace{"admit"}));
        ASSERT_EQ(audit.events.size(), 1U);
        EXPECT_EQ(audit.events[0].type, "login");
        EXPECT_EQ(audit.events[0].reason, "throttled");
        EXPECT_FALSE(audit.events[0].success);
        EXPECT_EQ(audit.events[0].email, who);
    }
    EXPECT_TRUE(attempts.ends.empty());
}

TEST_F(throttled, asks_the_hasher_first) {
    hasher.full = true;
    EXPECT_EQ(login("alice@example.com").error(), errc::overloaded);
    EXPECT_EQ(reauthenticate(mine).error(), errc::overloaded);
    EXPECT_EQ(change(mine).error(), errc::overloaded);
    EXPECT_TRUE(asked.empty());
}

TEST_F(throttled, does_not_count_what_is_refused_for_its_length) {
    EXPECT_EQ(login("alice@example.com", std::string(1025, 'x')).error(), errc::password_too_long);
    EXPECT_TRUE(asked.empty());
}

// L6: a failure is a failure, whoever there is.
TEST_F(throttled, holds_failures_against_everybody_alike) {
    for (const char* who : {"nobody", "alice", "off", "none", "foreign"})
        EXPECT_EQ(after([&] { return login(email_of(who), "wrong"); }), "stands") << who;
    EXPECT_EQ(after([&] { return login(email_of("off")); }), "stands") << "right, but disabled";
}

TEST_F(throttled, gives_back_what_succeeds) {
    EXPECT_EQ(after([&] { return login("alice@example.com"); }), "succeeded");
    EXPECT_EQ(after([&] { return reauthenticate(signed_in("alice")); }), "succeeded");
    EXPECT_EQ(after([&] { return change(signed_in("alice")); }), "succeeded");
}

// No fault of the client's.
TEST_F(throttled, forgives_what_was_never_judged_or_led_nowhere) {
    const auto try_login = [&] { return login("alice@example.com"); };
    users.failure = errc::store_unavailable;
    EXPECT_EQ(after(try_login), "forgiven");
    users.failure.reset();
    hasher.failure = errc::overloaded;
    EXPECT_EQ(after(try_login), "forgiven");
    hasher.failure.reset();
    store.insert_failure = errc::session_limit;
    EXPECT_EQ(after(try_login), "forgiven");
    store.insert_failure.reset();
    users.find_id_failure = errc::store_unavailable;
    EXPECT_EQ(after(try_login), "forgiven");
    users.find_id_failure.reset();
    hasher.throws = true;
    attempts.forget();
    EXPECT_THROW((void)login("alice@example.com"), std::bad_alloc);
    EXPECT_EQ(attempts.outcome(), "forgiven");
}

TEST_F(throttled, holds_against_one_what_was_right_no_more) {
    hasher.meanwhile = [&] { set_password("other"); };
    EXPECT_EQ(after([&] { return login("alice@example.com"); }), "stands");
    set_password("right");
    hasher.meanwhile = [&] { set_password("other"); };
    EXPECT_EQ(after([&] { return reauthenticate(signed_in("alice")); }), "stands");
}

// CVE-2026-9798: another way in is no other budget. L4: each password that is judged is one attempt.
TEST_F(throttled, counts_reauthentication) {
    EXPECT_EQ(after([&] { return reauthenticate(mine, "wrong"); }), "stands");
    EXPECT_EQ(attempts.attempts.at(0).account, "alice@example.com");
    audit.events.clear();
    attempts.refuses_for = seconds{5};
    EXPECT_EQ(throttle_wait(reauthenticate(mine).error()), seconds{5});
    expect_event("reauthentication", false, "throttled");
    EXPECT_TRUE(lives(mine)) << "L7: the session itself is none the worse";
}

TEST_F(throttled, counts_both_passwords_of_a_change) {
    EXPECT_EQ(change(mine, "wrong", "another wrong one").error(), errc::invalid_credentials);
    EXPECT_EQ(attempts.attempts.size(), 2U);
    EXPECT_TRUE(attempts.ends.empty());
    attempts.forget();
    EXPECT_EQ(change(mine, "wrong", "right").has_value(), true) << "as when the answer to the first was lost";
    EXPECT_EQ(attempts.attempts.size(), 2U);
    EXPECT_EQ(attempts.outcome(), "succeeded");
}

TEST_F(throttled, refuses_either_password_of_a_change) {
    attempts.lets = 1;
    audit.events.clear();
    EXPECT_EQ(throttle_wait(change(mine, "wrong", "right").error()), seconds{60});
    EXPECT_EQ(asked, (trace{"admit", "find by id", "verify", "admit"}));
    expect_event("password_change", false, "throttled");
    asked.clear();
    EXPECT_EQ(throttle_wait(change(mine).error()), seconds{60});
    EXPECT_EQ(asked, (trace{"admit"}));
    EXPECT_TRUE(lives(mine));
}

TEST_F(throttled, counts_a_weak_new_password_for_the_current_one) {
    EXPECT_EQ(after([&] { return change(mine, "right", "short"); }), "succeeded");
}

// L7: the device counts for whom it vouches, and for nobody else.
TEST_F(throttled, tells_whose_device_it_is) {
    const auto device_at = [&](std::string_view token, const std::string& email) {
        attempts.forget();
        auto r = request(email, "wrong");
        r.device_token = secret(token);
        (void)login(std::move(r));
        return attempts.attempts.at(0).device;
    };
    const std::string token = device_of("alice");
    EXPECT_EQ(device_at(token, "alice@example.com"), devices.read(token)->id);
    EXPECT_TRUE(device_at(token, "ALICE@example.com"));
    EXPECT_FALSE(device_at(token, "old@example.com"));
    EXPECT_FALSE(device_at(token, "nobody@example.com"));
    EXPECT_FALSE(device_at("", "alice@example.com"));
    EXPECT_FALSE(device_at("forged" + token.substr(6), "alice@example.com"));
    EXPECT_FALSE(device_at(std::string(100'000, 'A'), "alice@example.com"));
}

TEST_F(throttled, takes_the_device_along_on_every_way_in) {
    const std::string token = device_of("alice");
    reauthentication_request again;
    again.token = secret(mine.reveal());
    again.password = secret("wrong");
    again.device_token = secret(token);
    (void)run.await(subject->reauthenticate(std::move(again)));
    password_change_request other;
    other.token = secret(mine.reveal());
    other.current_password = secret("wrong");
    other.new_password = secret("wrong too");
    other.device_token = secret(token);
    (void)run.await(subject->change_password(std::move(other)));
    ASSERT_EQ(attempts.attempts.size(), 3U);
    for (const auto& attempt : attempts.attempts)
        EXPECT_EQ(attempt.device, devices.read(token)->id);
}

TEST_F(throttled, gives_a_device_token_at_login_when_there_is_need) {
    const auto first = login("alice@example.com");
    ASSERT_TRUE(first);
    const std::string token(first->device_token.reveal());
    EXPECT_TRUE(devices.vouches(*devices.read(token), "alice@example.com"));
    const auto login_with = [&](std::string_view held, const char* email) {
        auto r = request(email, "right");
        r.device_token = secret(held);
        return std::string(login(std::move(r))->device_token.reveal());
    };
    EXPECT_EQ(login_with(token, "alice@example.com"), "");
    const auto both = login_with(token, "old@example.com");
    EXPECT_TRUE(devices.vouches(*devices.read(both), "alice@example.com"));
    EXPECT_TRUE(devices.vouches(*devices.read(both), "old@example.com"));
    EXPECT_NE(login_with("garbage", "alice@example.com"), "");
    time.advance(seconds{365 * 86400});
    EXPECT_NE(login_with(token, "alice@example.com"), "") << "it is too old";
}

// L5: where nobody can say how many there were, right and wrong are told the same, and nothing is looked up.
TEST_F(throttled, judges_nobody_who_cannot_be_counted) {
    attempts.fails = true;
    EXPECT_EQ(login("alice@example.com").error(), errc::store_unavailable);
    EXPECT_EQ(audit.events.back().reason, "store_unavailable");
    EXPECT_EQ(login("alice@example.com", "wrong").error(), errc::store_unavailable);
    EXPECT_EQ(login("nobody@example.com").error(), errc::store_unavailable);
    EXPECT_EQ(asked, (trace{"admit", "admit", "admit"}));
    attempts.fails = false;
    EXPECT_TRUE(login("alice@example.com"));
}

TEST_F(throttled, turns_away_before_anything_is_read) {
    login_visit visit;
    visit.client.bytes[15] = 1;
    visit.request_id = "req-4";
    EXPECT_FALSE(subject->turn_away(visit));
    EXPECT_TRUE(audit.events.empty());

    attempts.client_waits = seconds{30};
    EXPECT_EQ(throttle_wait(subject->turn_away(visit)), seconds{30});
    ASSERT_EQ(audit.events.size(), 1U);
    EXPECT_EQ(audit.events[0].type, "login");
    EXPECT_EQ(audit.events[0].reason, "throttled");
    EXPECT_EQ(audit.events[0].request_id, "req-4");
    visit.has_device = true;
    EXPECT_FALSE(subject->turn_away(visit)) << "L7: it may be one that is known";

    hasher.full = true;
    EXPECT_EQ(subject->turn_away(visit), errc::overloaded);
    EXPECT_EQ(audit.events.back().reason, "overloaded");
    EXPECT_TRUE(asked.empty());
}

}  // namespace
}  // namespace latchkey
