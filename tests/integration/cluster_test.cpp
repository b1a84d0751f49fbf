// scripts/cluster, as somebody who tries it: everything starts, is tried, rolled over and gone again.
#include "child_process.hpp"
#include "free_port.hpp"
#include "haproxy_process.hpp"
#include "latchkey_server.hpp"
#include "postgres_process.hpp"
#include "redis_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

namespace latchkey::test {
namespace {

std::string between(const std::string& text, const std::string& before, const std::string& after) {
    const auto begin = text.find(before);
    if (begin == std::string::npos)
        return {};
    return text.substr(begin + before.size(), text.find(after, begin + before.size()) - begin - before.size());
}

std::vector<std::string> cluster(std::uint16_t port, std::vector<std::string> words = {}) {
    words.insert(words.begin(), {LATCHKEY_SOURCE_DIR "/scripts/cluster", "--binary", latchkey_program(), "--port",
                                 std::to_string(port)});
    return words;
}

// Its answer through HAProxy, on a connection of its own.
http_response ask(std::uint16_t port, const http_request& request) {
    auto client = raw_client::tcp(port);
    client.send(request.wire());
    return client.read_any_response().value_or(http_response{});
}

TEST(cluster_script, brings_everything_up_and_down) {
    if (haproxy_program().empty() || postgres_directory().empty() || redis_program().empty())
        GTEST_SKIP() << "no HAProxy, PostgreSQL or Redis here";
    const auto port = free_port();
    const temp_dir place;
    std::filesystem::permissions(place.path(), std::filesystem::perms::others_exec,
                                 std::filesystem::perm_options::add);  // PostgreSQL's files are another user's
    child_options options;
    options.argv = cluster(port);
    options.environment["TMPDIR"] = place.path();
    child_process script(options);
    const deadline patience(std::chrono::seconds(60));
    ASSERT_TRUE(
        script.wait_for_output([](const auto& said) { return said.find("Ctrl-C ends") != said.npos; }, patience))
        << script.output() << script.errors();
    const auto host = "127.0.0.1:" + std::to_string(port);
    const test_user demo{"demo@example.com", between(script.output(), "\"password\":\"", "\""), "", "", false};
    const auto login = ask(port, login_request(demo, {{"Host", host}}));
    ASSERT_EQ(login.status, 200) << login.body << script.output();
    const header_list known{{"Host", host}, {"Cookie", "session=" + cookie_of(login)}};
    EXPECT_THAT(ask(port, get("/", known)).body, testing::HasSubstr("You are demo@example.com"));

    child_options roll;
    roll.argv = cluster(port, {"roll"});
    roll.environment = options.environment;
    const auto rolled = run_program(roll, deadline(std::chrono::seconds(60)));
    EXPECT_EQ(rolled.status, 0) << rolled.output << rolled.errors;
    EXPECT_THAT(ask(port, get("/", known)).body, testing::HasSubstr("You are demo@example.com"));
    EXPECT_EQ(ask(port, post_json("/logout", "", known)).status, 204);
    EXPECT_EQ(ask(port, get("/", known)).status, 401);

    script.send_signal(SIGTERM);
    EXPECT_EQ(script.wait(deadline(std::chrono::seconds(30))), 0) << script.errors();
    EXPECT_TRUE(std::filesystem::is_empty(place.path()));
    EXPECT_THROW(raw_client::tcp(port), std::system_error);
}

}  // namespace
}  // namespace latchkey::test
