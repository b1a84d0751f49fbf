// `latchkey key …` beside a running server, which is told: no token is refused before its key is gone (J7, D7).
#include "expectations.hpp"
#include "latchkey_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sys/stat.h>

namespace latchkey::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class key_cli_server : public testing::TestWithParam<std::string> {
protected:
    key_cli_server() : server_(setup()) {
        write_file(server_.config_file(), read_whole_file(server_.config_file()) +
                                              "\n[tokens]\nenabled = true\nalgorithm = \"" + GetParam() +
                                              "\"\nkey_file = \"" + key() + "\"\n[tokens.claims]\ntenant = \"x\"\n");
        EXPECT_EQ(server_.command({"key", "generate"}).status, 0);
        server_.start();
    }

    static server_setup setup() {
        server_setup out;
        out.start = false;
        return out;
    }
    std::string key() const { return server_.directory() / "token-key.pem"; }
    std::string token() const {
        const auto answer = server_.ask(post_form(
            "/token", {{"grant_type", "password"}, {"username", alice().email}, {"password", alice().password}}));
        EXPECT_EQ(answer.status, 200) << answer.body;
        return json_of(answer).value("access_token", "");
    }
    int whoami(const std::string& token) const {
        return server_.ask(get("/sessions/whoami", {{"Authorization", "Bearer " + token}})).status;
    }
    // The command's word for what became of the server.
    std::string change(const std::vector<std::string>& words) const {
        auto all = words;
        all.emplace_back("--json");
        const auto done = server_.command(all);
        EXPECT_EQ(done.status, 0) << done.errors;
        EXPECT_THAT(done.errors, HasSubstr("The server uses these keys from now on."));
        return json::parse(done.output, nullptr, false).value("server", done.output);
    }
    std::vector<std::string> published() const {
        std::vector<std::string> out;
        const auto set = json_of(server_.ask(get("/.well-known/jwks.json")));
        for (const auto& one : set["keys"])
            out.push_back(one["kid"]);
        return out;
    }

    latchkey_server server_;
};

TEST_P(key_cli_server, takes_every_token_through_a_rotation) {
    const auto old = token();
    const auto before = published();
    EXPECT_EQ(before.size(), GetParam() == "HS256" ? 0U : 2U);
    EXPECT_EQ(change({"key", "rotate", "--force"}), "reloaded");
    const auto fresh = token();
    EXPECT_EQ(whoami(old), 200);
    EXPECT_EQ(whoami(fresh), 200);
    EXPECT_NE(old.substr(0, old.find('.')), fresh.substr(0, fresh.find('.')));
    if (GetParam() != "HS256") {
        ASSERT_EQ(published().size(), 3U);
        EXPECT_EQ(published()[0], before[1]);
        EXPECT_EQ(published()[2], before[0]);
    }
    EXPECT_EQ(change({"key", "retire", "--force"}), "reloaded");
    EXPECT_EQ(whoami(old), 401);
    EXPECT_EQ(whoami(fresh), 200);
    EXPECT_EQ(change({"key", "generate", "--force"}), "reloaded");
    EXPECT_EQ(whoami(fresh), 401) << "a key that has leaked";
    EXPECT_EQ(whoami(token()), 200);
}

TEST_P(key_cli_server, goes_on_with_its_keys_where_the_files_are_at_fault) {
    const auto good = token();
    ASSERT_EQ(::chmod(key().c_str(), 0644), 0);
    const auto refused = server_.command({"config", "reload"});
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.errors, HasSubstr("tokens.key_file"));
    EXPECT_EQ(whoami(good), 200);
    EXPECT_EQ(whoami(token()), 200);
    ASSERT_EQ(::chmod(key().c_str(), 0600), 0);
    EXPECT_EQ(server_.command({"config", "reload"}).output, "Nothing has changed.\n");
}

INSTANTIATE_TEST_SUITE_P(every, key_cli_server, testing::Values("EdDSA", "ES256", "HS256"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace latchkey::test
