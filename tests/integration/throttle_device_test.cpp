// L7: whoever closes an account from elsewhere does not keep its owner out.
#include "throttle_calls.hpp"

namespace latchkey::test {
namespace {

std::string attackers(int i) {
    return "198.51.100." + std::to_string(i);
}

class throttle_device : public testing::Test {
protected:
    // Wrong guesses from so many places that the account is closed to all.
    void close(const std::string& email) {
        for (int i = 0; i < 5; ++i)
            fail(server_, {attackers(i), ""}, email, 1);
        expect_throttled(server_.ask(guess({attackers(99), ""}, email, "wrong")));
    }
    http_response enter(const test_user& user, const std::string& device, const std::string& address = "203.0.113.7") {
        return server_.ask(guess({address, device}, user.email, user.password));
    }

    latchkey_server server_{throttled({{"per_account", "5/1h"}, {"per_pair", "3/1h"}})};
    const http_response first_ = server_.ask(guess({"203.0.113.7", ""}, alice().email, alice().password));
    const std::string device_ = device_of(first_);
    const std::string session_ = cookie_of(first_);
};

TEST_F(throttle_device, gets_its_owner_in) {
    ASSERT_FALSE(device_.empty());
    close(alice().email);
    expect_throttled(enter(alice(), ""));
    const auto entered = enter(alice(), device_);
    EXPECT_EQ(entered.status, 200);
    EXPECT_EQ(device_of(entered), "") << "what she has will do";
    EXPECT_EQ(enter(alice(), device_, "192.0.2.200").status, 200) << "from a train, too";
    expect_throttled(enter(alice(), ""), "which opens the account to nobody else");
}

TEST_F(throttle_device, is_not_needed_by_sessions_that_live) {
    close(alice().email);
    EXPECT_EQ(whoami(server_, session_), 200);
    EXPECT_EQ(server_.ask(list_request(session_)).status, 200);
    expect_throttled(server_.ask(reauthentication(session_, alice().password)));
    const auto with_device =
        post_json("/sessions/reauthenticate", nlohmann::json{{"password", alice().password}}.dump(),
                  with_cookie(session_ + "; " + std::string(device_cookie) + '=' + device_));
    const auto renewed = server_.ask(with_device);
    ASSERT_EQ(renewed.status, 204) << renewed.body;
    EXPECT_EQ(device_of(renewed), "");
    EXPECT_EQ(server_.ask({"POST", "/logout", with_cookie(cookie_of(renewed)), {}}).status, 204);
}

TEST_F(throttle_device, of_a_client_that_is_closed_too) {
    latchkey_server server(throttled({{"per_client", "5/1h"}}));
    const visitor office{"203.0.113.7", ""};
    const std::string device = device_of(server.ask(guess(office, alice().email, alice().password)));
    for (int i = 0; i < 5; ++i)
        fail(server, office, "person" + std::to_string(i) + "@example.com", 1);
    expect_throttled(server.ask(guess(office, alice().email, alice().password)));
    EXPECT_EQ(server.ask(guess({office.address, device}, alice().email, alice().password)).status, 200);
}

// A stolen one is worth a budget of guesses at its owner's account, no more, and nothing at other people's.
TEST_F(throttle_device, is_worth_little_to_a_thief) {
    close(bob().email);
    expect_throttled(server_.ask(guess({attackers(50), device_}, bob().email, bob().password)));
    close(alice().email);
    for (int i = 0; i < 3; ++i)
        fail(server_, {attackers(50 + i), device_}, alice().email, 1);
    expect_throttled(server_.ask(guess({attackers(60), device_}, alice().email, alice().password)));
}

// Nothing but what the server made, whole and alone, is a device; and nothing of it is an error.
TEST_F(throttle_device, cannot_be_made_up) {
    close(alice().email);
    auto flipped = device_;
    flipped[30] = flipped[30] == 'A' ? 'B' : 'A';
    for (const std::string& made_up :
         {flipped, device_ + "A", device_ + "=", device_.substr(1), std::string("x"), std::string("\"") + device_ + '"',
          std::string(62, 'A'), std::string(8'000, 'A'), std::string("%41"), session_}) {
        expect_throttled(enter(alice(), made_up));
        EXPECT_EQ(enter(bob(), made_up).status, 200) << made_up;
    }
    expect_throttled(enter(alice(), flipped + "; " + std::string(device_cookie) + '=' + device_), "which of the two?");
    EXPECT_EQ(enter(alice(), device_ + "; " + std::string(device_cookie) + '=' + device_).status, 200)
        << "the same twice";
}

TEST_F(throttle_device, vouches_for_all_who_share_it) {
    const auto his = enter(bob(), device_);
    ASSERT_EQ(his.status, 200);
    const auto both = device_of(his);
    ASSERT_FALSE(both.empty());
    EXPECT_EQ(device_of(enter(alice(), both)), "");
    EXPECT_EQ(device_of(enter(bob(), both)), "");
    close(alice().email);
    close(bob().email);
    EXPECT_EQ(enter(alice(), both).status, 200);
    EXPECT_EQ(enter(bob(), both).status, 200);
    expect_throttled(enter(bob(), device_), "made before he came");
}

TEST_F(throttle_device, survives_a_restart) {
    close(alice().email);
    EXPECT_EQ(server_.stop(), 0);
    server_.start();
    expect_throttled(enter(alice(), ""));
    EXPECT_EQ(enter(alice(), device_).status, 200);
}

// C1, A1: a second cookie of the same strictness, and nowhere but in that header.
TEST_F(throttle_device, is_a_strict_cookie) {
    const auto fields = first_.all("Set-Cookie");
    ASSERT_EQ(fields.size(), 2U);
    EXPECT_EQ(fields[1], "__Host-device=" + device_ + "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000");
    EXPECT_EQ(first_.body.find(device_), std::string::npos);
    EXPECT_EQ(server_.output().find(device_), std::string::npos);
}

}  // namespace
}  // namespace latchkey::test
