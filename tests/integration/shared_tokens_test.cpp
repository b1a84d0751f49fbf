// Tokens of two servers that share sessions, keys and the issuer's name: what one issued the other takes, refreshes,
// revokes and lists as revoked; a refresh token is used once on all of them together (J5 to J7).
#include "shared_servers.hpp"
#include "token_key.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <filesystem>
#include <set>
#include <thread>

namespace latchkey::test {
namespace {

using nlohmann::json;

class shared_tokens : public shared_servers {
protected:
    server_setup setup() const override {
        auto out = shared_servers::setup();
        for (const auto& file : {key(), key() + ".next"})
            if (!std::filesystem::exists(file))
                make_token_key(file);
        out.config["tokens.enabled"] = "true";
        out.config["tokens.key_file"] = '"' + key() + '"';
        out.config["tokens.issuer"] = "\"https://auth.example.com\"";
        out.config["tokens.refresh_grace"] = "\"0s\"";
        return out;
    }
    std::string key() const { return keys_ / "key.pem"; }

    static json grant(const latchkey_server& server, const test_user& user) {
        const auto answer = server.ask(
            post_form("/token", {{"grant_type", "password"}, {"username", user.email}, {"password", user.password}}));
        EXPECT_EQ(answer.status, 200) << answer.body;
        return json_of(answer);
    }
    static http_response refresh(const latchkey_server& server, const std::string& token) {
        return server.ask(post_form("/token", {{"grant_type", "refresh_token"}, {"refresh_token", token}}));
    }
    static int bearer(const latchkey_server& server, const std::string& token) {
        return server
            .ask(get("/api/authz/auth-request",
                     {{"Authorization", "Bearer " + token}, {"X-Original-URL", "https://app.example.com/"}}))
            .status;
    }
    static testing::AssertionResult refuses(const latchkey_server& server, const std::string& token) {
        for (const deadline until; !until.passed(); ::poll(nullptr, 0, 2))
            if (bearer(server, token) == 401)
                return testing::AssertionSuccess();
        return testing::AssertionFailure() << "never";
    }
    static testing::AssertionResult lists_as_revoked(const latchkey_server& server, const std::string& session) {
        for (const deadline until; !until.passed(); ::poll(nullptr, 0, 2))
            if (server.ask(get("/revocations")).body.find(session) != std::string::npos)
                return testing::AssertionSuccess();
        return testing::AssertionFailure() << server.ask(get("/revocations")).body;
    }
    static std::string session_behind(const latchkey_server& server, const std::string& token) {
        return json_of(server.ask(get("/sessions/whoami", {{"Authorization", "Bearer " + token}})))["id"];
    }

    temp_dir keys_;
};

TEST_F(shared_tokens, issued_here_and_taken_there) {
    const auto pair = grant(*a, alice());
    const std::string access = pair["access_token"];
    EXPECT_EQ(bearer(*b, access), 200);
    const auto id = session_behind(*b, access);
    const auto next = refresh(*b, pair["refresh_token"]);
    ASSERT_EQ(next.status, 200) << next.body;
    EXPECT_EQ(session_behind(*a, json_of(next)["access_token"]), id);
}

// The used one is a theft wherever it comes, and ends the session on both.
TEST_F(shared_tokens, refreshed_here_and_replayed_there) {
    const auto pair = grant(*a, alice());
    const auto next = refresh(*a, pair["refresh_token"]);
    ASSERT_EQ(next.status, 200);
    const std::string fresh = json_of(next)["access_token"];
    ASSERT_EQ(bearer(*b, fresh), 200);
    int status = 200;  // the same successor again, within the second that has begun
    for (const deadline until; status == 200 && !until.passed(); ::poll(nullptr, 0, 20))
        status = refresh(*b, pair["refresh_token"]).status;
    EXPECT_EQ(status, 400);
    EXPECT_TRUE(refuses(*a, fresh));
    EXPECT_TRUE(refuses(*b, fresh));
    EXPECT_EQ(refresh(*a, json_of(next)["refresh_token"]).status, 400);
}

// However many use it at once, and where: it has one successor.
TEST_F(shared_tokens, used_on_both_at_once) {
    for (int round = 0; round < 10; ++round) {
        const std::string token = grant(*a, alice())["refresh_token"];
        std::vector<std::string> successors(8);
        std::vector<std::thread> clients;
        for (std::size_t i = 0; i < successors.size(); ++i)
            clients.emplace_back([&, i] {
                const auto answer = refresh(i % 2 == 0 ? *a : *b, token);
                successors[i] = answer.status == 200 ? json_of(answer).value("refresh_token", "none") : "";
            });
        for (auto& client : clients)
            client.join();
        std::set<std::string> different(successors.begin(), successors.end());
        different.erase("");
        EXPECT_EQ(different.size(), 1U);
        EXPECT_FALSE(different.contains(token));
    }
}

TEST_F(shared_tokens, revoked_here_and_listed_there) {
    const auto pair = grant(*a, alice()), other = grant(*b, bob());
    const std::string access = pair["access_token"];
    ASSERT_EQ(bearer(*b, access), 200);
    const auto id = session_behind(*b, access);
    EXPECT_EQ(a->ask(post_form("/token/revoke", {{"token", pair["refresh_token"]}})).status, 200);
    EXPECT_TRUE(refuses(*b, access));
    EXPECT_TRUE(lists_as_revoked(*a, id));
    EXPECT_TRUE(lists_as_revoked(*b, id));
    EXPECT_EQ(bearer(*a, other["access_token"]), 200);
}

// J7: one server after the other takes the new keys, and no token is refused on the way.
TEST_F(shared_tokens, outlive_a_rotation_of_keys) {
    const std::string old = grant(*a, alice())["access_token"];
    const auto both_take = [&](const std::string& token) {
        EXPECT_EQ(bearer(*a, token), 200);
        EXPECT_EQ(bearer(*b, token), 200);
    };
    const auto reload = [](latchkey_server& server) {
        const auto before = server.output().size();
        server.process().send_signal(SIGHUP);
        const auto done = [&](const std::string& said) {
            return said.find("configuration_reload", before) != said.npos;
        };
        EXPECT_TRUE(server.process().wait_for_output(done)) << server.output();
    };
    both_take(old);
    ASSERT_EQ(a->command({"key", "rotate", "--force"}).status, 0) << "the next key has just been made";
    const std::string fresh = grant(*a, alice())["access_token"];
    both_take(fresh);
    both_take(grant(*b, bob())["access_token"]);
    reload(*b);
    both_take(grant(*b, bob())["access_token"]);
    both_take(old);
}

}  // namespace
}  // namespace latchkey::test
