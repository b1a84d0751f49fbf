// T3 for those who check tokens by themselves, each by its own wall clock: ours may have been wrong when the server
// started, and be put right while it runs. The verifiers of this test always have the right time.
#include "bare_server.hpp"
#include "deadline.hpp"
#include "expectations.hpp"
#include "program_shim.hpp"
#include "token_issuer.hpp"
#include "token_key.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <ctime>
#include <string>

namespace latchkey::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

constexpr std::int64_t token_life = 300, listed_for = token_life + 60;
constexpr std::int64_t test_takes = 60;  // at most

class token_clock : public testing::TestWithParam<stock_verifier> {
protected:
    void SetUp() override {
        if (const auto reason = program_shim::unusable(); !reason.empty())
            GTEST_SKIP() << reason;
        if (!GetParam().available())
            GTEST_SKIP() << "no " << GetParam().name << " here: scripts/setup --test";
    }

    static server_setup setup_with(const std::string& key_file) {
        make_token_key(key_file, "EdDSA");
        server_setup out;
        out.start = false;
        out.config["tokens.enabled"] = "true";
        out.config["tokens.key_file"] = '"' + key_file + '"';
        return out;
    }

    // From the start to put_right() the server's wall clock is wrong by this.
    void start_wrong_by(seconds error) {
        shim_.step_wall_clock(error);
        server_.start();
        error_ = error;
    }
    void put_right() { shim_.step_wall_clock(-error_); }

    std::string token_of(const std::string& cookie) const {
        return json_of(home_.ask({"POST", "/sessions/token", with_cookie(cookie), {}})).value("access_token", "");
    }
    int whoami(const std::string& token) const {
        return home_.ask(get("/sessions/whoami", {{"Authorization", "Bearer " + token}})).status;
    }
    bool good_elsewhere(const std::string& token) const {
        const nlohmann::json terms{{"algorithm", "EdDSA"},
                                   {"issuer", home_.origin()},
                                   {"audience", home_.origin()},
                                   {"jwks", json_of(home_.ask(get("/.well-known/jwks.json")))}};
        return GetParam().judge(terms, {token}).at(0);
    }

    // How long the last revocation is listed from now on, by the verifiers' clock, in seconds.
    std::int64_t listed_for_now() const {
        const auto told = json_of(home_.ask(get("/revocations")));
        return told["revoked"].back()["exp"].get<std::int64_t>() - std::time(nullptr);
    }
    static bool is_right(std::int64_t left) { return left <= listed_for + 1 && left >= listed_for - test_takes; }

    temp_dir keys_;
    latchkey_server home_{setup_with(keys_ / "key.pem")};
    program_shim shim_{home_.directory() / "latchkey.db"};
    bare_server server_{home_, shim_.environment()};
    seconds error_{};
};

TEST_P(token_clock, tokens_and_the_feed_tell_the_right_time_after_a_step) {
    for (const seconds error : {600s, -600s}) {
        SCOPED_TRACE(std::to_string(error.count()) + " s");
        start_wrong_by(error);
        const auto cookie = home_.login(alice());
        const auto before = token_of(cookie);
        EXPECT_EQ(whoami(before), 200);
        EXPECT_FALSE(good_elsewhere(before)) << "it is not that early, or that late";
        const auto pair = json_of(home_.ask(post_form(
            "/token", {{"grant_type", "password"}, {"username", bob().email}, {"password", bob().password}})));
        const auto ended = home_.login(bob());
        ASSERT_EQ(home_.ask({"POST", "/logout", with_cookie(ended), {}}).status, 204);
        (void)home_.ask(get("/revocations"));

        put_right();
        EXPECT_EQ(whoami(before), 401);
        EXPECT_EQ(home_.ask(get("/sessions/whoami", with_cookie(cookie))).status, 200);
        const auto after = token_of(cookie);
        EXPECT_EQ(whoami(after), 200);
        EXPECT_TRUE(good_elsewhere(after));
        const auto next = json_of(home_.ask(
            post_form("/token", {{"grant_type", "refresh_token"}, {"refresh_token", pair["refresh_token"]}})));
        EXPECT_TRUE(good_elsewhere(next["access_token"]));

        // The list is not made anew within a quarter of a second, however soon the test has come here.
        auto left = listed_for_now();
        for (const deadline until; !is_right(left) && !until.passed();)
            left = listed_for_now();
        EXPECT_TRUE(is_right(left)) << left << " s";
        EXPECT_EQ(server_.stop(), 0);
    }
}

INSTANTIATE_TEST_SUITE_P(by, token_clock, testing::ValuesIn(stock_verifiers()),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace latchkey::test
