// config/fail2ban, judged by the real fail2ban-regex on lines of the real server: it bans whoever guesses, and nobody
// can make it ban somebody else (A2). And the jail is one.
#include "admin_calls.hpp"
#include "audit_lines.hpp"
#include "expectations.hpp"
#include "free_port.hpp"
#include "proxy_process.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <set>

#include <sys/stat.h>
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

// Whoever guesses at the administrators' token.
TEST_P(fail2ban, finds_who_wants_to_administrate) {
    const temp_dir directory;
    const std::string token = "k8Jd0mQxV3tYw7ZpB2nRc5GhL9sFa1Eu";
    write_file(directory / "token", token + "\n");
    ASSERT_EQ(::chmod((directory / "token").c_str(), 0600), 0);
    const auto port = free_port();
    auto options = setup();
    options.config["server.admin_listen"] = "\"127.0.0.1:" + std::to_string(port) + '"';
    options.config["server.admin_token_file"] = '"' + (directory / "token") + '"';
    latchkey_server server(options);
    const auto ask = [port](const header_list& headers) {
        return raw_client::tcp(port).ask(get("/admin/users", headers)).status;
    };
    EXPECT_EQ(ask({}), 401);
    EXPECT_EQ(ask(from("192.0.2.7")), 401);
    // A2: a stranger's word names nobody else.
    EXPECT_EQ(ask({{"X-Forwarded-For", "2001:db8::7"}, {"Authorization", R"(Bearer x","client_ip":"6.6.6.6"})"}}), 401);
    EXPECT_EQ(ask({{"X-Forwarded-For", "2001:db8::7"}, {"X-Request-Id", R"(r" client_ip=6.6.6.6)"}}), 401);
    EXPECT_EQ(ask({{"Authorization", "Bearer " + token}}), 200);
    EXPECT_EQ(server.stop(), 0);
    EXPECT_THAT(judge(server.directory() / "latchkey.log").hosts,
                testing::UnorderedElementsAre("127.0.0.1", "192.0.2.7", "2001:db8::7", "2001:db8::7"));
}

// The jail beside fail2ban's own files, as docs/operations.md has one put it there.
TEST(fail2ban_jail, is_one_that_fail2ban_takes) {
    const std::string client = "/usr/bin/fail2ban-client";
    if (::access(client.c_str(), X_OK) != 0)
        GTEST_SKIP() << "fail2ban is not installed (scripts/setup --test)";
    const temp_dir directory;
    const std::filesystem::path files = directory / "fail2ban", ours = LATCHKEY_SOURCE_DIR "/config/fail2ban";
    std::filesystem::copy("/etc/fail2ban", files, std::filesystem::copy_options::recursive);
    std::filesystem::remove_all(files / "jail.d");  // Debian's jail of sshd wants sshd's log
    std::filesystem::copy(ours, files, std::filesystem::copy_options::recursive);
    write_file(directory / "audit.log", "");
    write_file(files / "jail.d/latchkey.conf",
               adapted_sample("config/fail2ban/jail.d/latchkey.conf",
                              {{"/var/log/latchkey/audit.log", directory / "audit.log"}}));
    const auto ask = [&](const char* what) {
        child_options options;
        options.argv = {client, "-c", files, what};
        options.environment["LC_ALL"] = "C.UTF-8";
        return run_program(options);
    };
    const auto tested = ask("-t");
    EXPECT_EQ(tested.status, 0) << tested.output << tested.errors;
    const auto shown = ask("-d").output;
    for (const std::string& line :
         {std::string("['add', 'latchkey', 'auto']"), std::string("['set', 'latchkey', 'maxretry', 20]"),
          std::string("['set', 'latchkey', 'findtime', '10m']"), std::string("['set', 'latchkey', 'bantime', '1h']"),
          "['set', 'latchkey', 'addlogpath', '" + (directory / "audit.log") + "', 'head']",
          std::string("['start', 'latchkey']")})
        EXPECT_THAT(shown, testing::HasSubstr(line + '\n'));
    EXPECT_THAT(shown, testing::HasSubstr("admin_token_refused")) << "the filter's own lines";
    EXPECT_THAT(shown, testing::HasSubstr("['port', 'http,https']"));
}

}  // namespace
}  // namespace latchkey::test
