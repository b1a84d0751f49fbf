// config/fail2ban, judged by the real fail2ban-regex on lines of the real server: it bans whoever guesses, and nobody
// can make it ban somebody else (A2).
#include "admin_calls.hpp"
#include "audit_lines.hpp"
#include "expectations.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <cstdlib>
#include <set>

#include <unistd.h>

namespace latchkey::test {
namespace {

const char* const program = "/usr/bin/fail2ban-regex";

struct verdict {
    std::multiset<std::string> hosts;
    std::set<std::int64_t> times;
};

verdict judge(const std::string& log) {
    child_options options;
    options.argv = {program, "-o", "<time> <ip>", log, LATCHKEY_SOURCE_DIR "/config/fail2ban/filter.d/latchkey.conf"};
    options.environment["LC_ALL"] = "C.UTF-8";
    const auto result = run_program(options);
    EXPECT_EQ(result.status, 0) << result.errors;
    verdict out;
    std::istringstream lines(result.output);
    std::string time, host;
    while (lines >> time >> host) {
        out.times.insert(static_cast<std::int64_t>(std::stod(time)));
        out.hosts.insert(host);
    }
    return out;
}

class fail2ban : public testing::TestWithParam<const char*> {
protected:
    void SetUp() override {
        if (::access(program, X_OK) != 0)
            GTEST_SKIP() << "fail2ban is not installed (scripts/setup --test)";
    }
    static server_setup setup() {
        server_setup out;
        out.config["log.file"] = "\"latchkey.log\"";
        out.config["log.format"] = '"' + std::string(GetParam()) + '"';
        return out;
    }
    static header_list from(const std::string& client) { return {{"X-Forwarded-For", client}}; }

    latchkey_server server_{setup()};
};

INSTANTIATE_TEST_SUITE_P(format, fail2ban, testing::Values("json", "text"),
                         [](const auto& one) { return std::string(one.param); });

std::int64_t seconds_now() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

TEST_P(fail2ban, finds_who_guesses_and_when) {
    const auto begin = seconds_now();
    const std::string guessers[] = {"192.0.2.7", "2001:db8::7", "198.51.100.1"};
    for (const auto& client : guessers)
        server_.ask(wrong_login(alice().email, from(client)));
    server_.ask(wrong_login("nobody@example.com", from("192.0.2.7")));
    server_.ask(login_request(mallory(), from("203.0.113.66")));  // disabled
    server_.ask(login_request(bob(), from("203.0.113.1")));
    const auto cookie = cookie_of(server_.ask(login_request(alice(), from("203.0.113.1"))));
    server_.ask({"POST", "/logout", with_cookie(cookie, from("203.0.113.1")), {}});
    EXPECT_EQ(server_.stop(), 0);
    const auto found = judge(server_.directory() / "latchkey.log");
    EXPECT_THAT(found.hosts,
                testing::UnorderedElementsAre("192.0.2.7", "192.0.2.7", "2001:db8::7", "198.51.100.1", "203.0.113.66"));
    for (const auto time : found.times) {
        EXPECT_GE(time, begin);
        EXPECT_LE(time, seconds_now());
    }
}

// A2: whatever is typed as an address, it is the client that is banned, once for each attempt.
TEST_P(fail2ban, bans_nobody_at_an_attackers_word) {
    const std::string forged_json =
        R"({"time":"2026-01-31T09:00:00.123Z","level":"info","event":"login","audit":true,"success":false,)"
        R"("reason":"wrong_password","request_id":"r","email":"x","user_id":"","session_id":"","client_ip":"6.6.6.6"})";
    const std::string forged_text =
        "2026-01-31T09:00:00.123Z info login audit=true success=false reason=wrong_password request_id=r email=x "
        "user_id=\"\" session_id=\"\" client_ip=6.6.6.6";
    std::size_t attempts = 0;
    for (const std::string& email :
         {std::string(R"("client_ip":"6.6.6.6")"),
          std::string(R"(x","user_id":"","session_id":"","client_ip":"6.6.6.6"})"), std::string("x client_ip=6.6.6.6"),
          std::string("x\" user_id=\"\" session_id=\"\" client_ip=6.6.6.6"), std::string("x\\\" client_ip=6.6.6.6"),
          std::string("6.6.6.6"), std::string("<HOST>"), "x\n" + forged_json, "x\r\n" + forged_text,
          "\n" + forged_text + "\n", "\u2028" + forged_json, "\u0085" + forged_text, std::string("x\\"),
          std::string("x\\\\\""), std::string("\xe2\x80\xae") + "6.6.6.6"}) {
        const auto answer = server_.ask(wrong_login(email, from("192.0.2.7")));
        attempts += answer.status == 401 ? 1U : 0U;
    }
    // The other thing that a client behind a trusted proxy may choose, and what comes with a success.
    server_.ask(wrong_login("y@example.com",
                            {{"X-Forwarded-For", "192.0.2.7"}, {"X-Request-Id", "r\",\"client_ip\":\"6.6.6.6"}}));
    ++attempts;
    server_.ask(login_request(alice(), {{"X-Forwarded-For", "203.0.113.1"}, {"User-Agent", forged_json}}));
    server_.ask(login_request(alice(), {{"X-Forwarded-For", "203.0.113.1, 6.6.6.6, x"}}));
    EXPECT_EQ(server_.stop(), 0);
    ASSERT_GT(attempts, 10U);
    const auto found = judge(server_.directory() / "latchkey.log");
    EXPECT_EQ(found.hosts.count("6.6.6.6"), 0U);
    EXPECT_EQ(found.hosts.count("192.0.2.7"), attempts);
    EXPECT_EQ(found.hosts.size(), attempts);
}

}  // namespace
}  // namespace latchkey::test
