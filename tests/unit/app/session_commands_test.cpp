#include "command_runner.hpp"

#include <gmock/gmock.h>

namespace latchkey {
namespace {

using testing::HasSubstr;
using json = nlohmann::json;

constexpr const char* some_id = "1f0c5bd2a6f34e0b8c1f9e7700d4a5b3";

class SessionCommands : public command_runner {};

TEST_F(SessionCommands, ThereAreNoneAtFirst) {
    const auto as_json = run({"session", "list", "--json"});
    EXPECT_EQ(as_json.exit, 0) << as_json.err;
    EXPECT_EQ(json::parse(as_json.out), json::parse(R"({"sessions":[]})"));
    const auto as_text = run({"session", "list"});
    EXPECT_EQ(as_text.exit, 0);
    EXPECT_EQ(as_text.out, "");
    EXPECT_EQ(as_text.err, "There are no sessions.\n");
}

TEST_F(SessionCommands, RevokeWantsOneIdOrOneUser) {
    EXPECT_EQ(run({"session", "revoke"}).exit, 2);
    EXPECT_EQ(run({"session", "revoke", some_id, "--user", "ada@example.com"}).exit, 2);
    EXPECT_EQ(run({"session", "revoke", some_id, some_id}).exit, 2);
}

TEST_F(SessionCommands, WhatIsNotThereIsNotFound) {
    for (const std::vector<std::string>& words : {std::vector<std::string>{"revoke", some_id},
                                                  {"revoke", "--user", "nobody@example.com"},
                                                  {"list", "--user", "nobody@example.com"}}) {
        auto arguments = words;
        arguments.insert(arguments.begin(), "session");
        arguments.emplace_back("--json");
        const auto refused = run(arguments);
        EXPECT_EQ(refused.exit, 1) << words[1];
        EXPECT_EQ(refused.out, "");
        EXPECT_THAT(refused.err, HasSubstr("\"not_found\"")) << words[1];
    }
}

TEST_F(SessionCommands, BadInputIsQuotedSafely) {
    for (const std::string id : {"", "1f0c", "1F0C5BD2A6F34E0B8C1F9E7700D4A5B3/", "../../etc/passwd"})
        EXPECT_EQ(run({"session", "revoke", id}).exit, 2) << id;
    const auto hostile = run({"session", "revoke", "\xff\x1b[31m"});
    EXPECT_EQ(hostile.exit, 2);
    EXPECT_THAT(hostile.err, HasSubstr("\\xff\\x1b[31m"));
    EXPECT_EQ(run({"session", "list", "--user", "no address"}).exit, 2);
}

class ReloadCommand : public command_runner {};

TEST_F(ReloadCommand, WithoutAServer) {
    const auto alone = run({"config", "reload", "--json"});
    EXPECT_EQ(alone.exit, 3);
    EXPECT_THAT(alone.err, HasSubstr("\"server_unreachable\""));
    EXPECT_THAT(alone.err, HasSubstr("users.db-admin"));
}

TEST_F(ReloadCommand, WithoutAnAdminListener) {
    variables_ = {{"LATCHKEY_SERVER_ADMIN_LISTEN", "off"}};
    const auto refused = run({"config", "reload"});
    EXPECT_EQ(refused.exit, 3);
    EXPECT_THAT(refused.err, HasSubstr("SIGHUP"));
}

// D7: found before the server is asked.
TEST_F(ReloadCommand, AFaultyFile) {
    config_ = directory_.write("faulty.toml", "[log]\nlevel = 'loud'\n");
    const auto refused = run({"config", "reload"});
    EXPECT_EQ(refused.exit, 2);
    EXPECT_THAT(refused.err, HasSubstr("log.level"));
}

}  // namespace
}  // namespace latchkey
