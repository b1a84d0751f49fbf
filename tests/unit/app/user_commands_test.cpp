#include "command_runner.hpp"
#include "sql_user_store.hpp"

#include <latchkey/log.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <vector>

namespace latchkey {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using json = nlohmann::json;

class silent final : public logger {
public:
    void write(log_level, std::string_view, std::initializer_list<log_field>) noexcept override {}
    std::uint64_t dropped() const noexcept override { return 0; }
};

class UserCommands : public command_runner {
protected:
    command_outcome add(const std::string& email = "ada@example.com") {
        return run(
            {"user", "add", "--email", email, "--groups", "staff,admins", "--name", "Ada", "--generate", "--json"});
    }

    std::string stored_hash(const std::string& email) {
        silent log;
        const auto time = make_system_clock();
        const auto users = make_sql_user_store(open_database({"sqlite:" + directory_.path("users.db"), 1}), *time, log);
        return (*users->find(*email_address::parse(email)))->password_hash;
    }
};

// S3
TEST_F(UserCommands, ThereIsNobodyAtFirst) {
    const auto list = run({"user", "list", "--json"});
    EXPECT_EQ(list.exit, 0);
    EXPECT_EQ(json::parse(list.out), json::parse(R"({"users":[]})"));
    const auto text = run({"user", "list"});
    EXPECT_EQ(text.out, "");
    EXPECT_THAT(text.err, HasSubstr("no users yet"));
}

TEST_F(UserCommands, AddPrintsTheUserAndAGeneratedPasswordOnce) {
    const auto added = add("Ada@Example.COM");
    ASSERT_EQ(added.exit, 0) << added.err;
    const auto object = json::parse(added.out);
    EXPECT_EQ(object["email"], "ada@example.com");
    EXPECT_EQ(object["name"], "Ada");
    EXPECT_EQ(object["groups"], json::parse(R"(["admins","staff"])"));
    EXPECT_EQ(object["disabled"], false);
    EXPECT_THAT(object["id"].get<std::string>(), MatchesRegex("[0-9a-f]{32}"));
    EXPECT_THAT(object["created_at"].get<std::string>(), MatchesRegex("[0-9-]{10}T[0-9:]{8}Z"));
    EXPECT_GE(object["password"].get<std::string>().size(), 20U);
    EXPECT_EQ(added.out.find("argon2"), std::string::npos);

    const auto shown = run({"user", "show", "ada@example.com", "--json"});
    auto expected = object;
    expected.erase("password");
    EXPECT_EQ(json::parse(shown.out), expected);
    EXPECT_EQ(json::parse(run({"user", "list", "--json"}).out)["users"][0], expected);
}

// P1, P5: exact bytes, and never from argv
TEST_F(UserCommands, AddTakesThePasswordFromStandardInput) {
    const auto added =
        run({"user", "add", "--email", "ada@example.com", "--password-stdin"}, "  seven crates of quinces \n");
    ASSERT_EQ(added.exit, 0) << added.err;
    EXPECT_EQ(added.out, "Added ada@example.com.\n");
    EXPECT_THAT(stored_hash("ada@example.com"), ::testing::StartsWith("$argon2id$v=19$m=8,t=1,p=1$"));
}

// P1, P2
TEST_F(UserCommands, WeakPasswordsAreRefusedAndNotRepeated) {
    for (const std::string password : {"elevenchars", "password1234", "ada@example.com", "latchkey-latchkey",
                                       "\xff\xfe\xfd\xfc\xff\xfe\xfd\xfc\xff\xfe\xfd\xfc"}) {
        const auto refused =
            run({"user", "add", "--email", "ada@example.com", "--password-stdin", "--json"}, password + "\n");
        EXPECT_EQ(refused.exit, 1) << password;
        EXPECT_EQ(refused.out, "");
        const auto last = refused.err.substr(refused.err.find('\n') + 1);
        EXPECT_EQ(json::parse(last)["code"], "weak_password") << password;
    }
    EXPECT_EQ(run({"user", "add", "--email", "ada@example.com", "--password-stdin"}, "").exit, 1);
    EXPECT_EQ(run({"user", "add", "--email", "ada@example.com", "--password-stdin"}, "\n").exit, 1);
    const auto huge =
        run({"user", "add", "--email", "ada@example.com", "--password-stdin", "--json"}, std::string(1'000'000, 'x'));
    EXPECT_EQ(huge.exit, 1);
    EXPECT_THAT(huge.err, HasSubstr("\"password_too_long\""));
    EXPECT_EQ(run({"user", "show", "ada@example.com"}).exit, 1);
}

TEST_F(UserCommands, AddRefusesASecondUserWithTheSameMailbox) {
    ASSERT_EQ(add().exit, 0);
    const auto again = add("ADA@EXAMPLE.COM");
    EXPECT_EQ(again.exit, 1);
    EXPECT_EQ(again.err,
              "latchkey: There is a user ada@example.com already.\n"
              "{\"code\":\"already_exists\",\"title\":\"There is a user ada@example.com already.\"}\n");
}

TEST_F(UserCommands, MalformedArgumentsAreUsageErrors) {
    const std::vector<std::string> malformed{
        "", "ada", "@", "a@b@c", "ada@example.com\n", "\xff@example.com", std::string(100'000, 'a')};
    for (const auto& email : malformed)
        EXPECT_EQ(run({"user", "add", "--email", email, "--generate"}).exit, 2) << email.substr(0, 50);
    EXPECT_EQ(run({"user", "add", "--email", "a@example.com", "--groups", "a b", "--generate"}).exit, 2);
    EXPECT_EQ(run({"user", "add", "--email", "a@example.com", "--groups", "a,,b", "--generate"}).exit, 2);
    EXPECT_EQ(run({"user", "add", "--email", "a@example.com", "--name", "a\nb", "--generate"}).exit, 2);
    EXPECT_EQ(run({"user", "add", "--email", "a@example.com", "--name", "\xff", "--generate", "--json"}).exit, 2);
    EXPECT_EQ(run({"user", "show", "\xff\x1b[31m", "--json"}).err,
              "latchkey: \"\\xff\\x1b[31m\" is not an email address.\n"
              "{\"code\":\"invalid_email\",\"title\":\"\\\"\\\\xff\\\\x1b[31m\\\" is not an email address.\"}\n");
}

TEST_F(UserCommands, UnknownUsersAreNotFound) {
    for (const std::vector<std::string>& command : {std::vector<std::string>{"show"},
                                                    {"passwd", "--generate"},
                                                    {"disable"},
                                                    {"enable"},
                                                    {"delete", "--yes"},
                                                    {"groups", "--add", "a"}}) {
        auto arguments = command;
        arguments.insert(arguments.begin(), "user");
        arguments.insert(arguments.end(), {"nobody@example.com", "--json"});
        const auto refused = run(arguments);
        EXPECT_EQ(refused.exit, 1) << command[0];
        EXPECT_THAT(refused.err, HasSubstr("\"not_found\"")) << command[0];
    }
}

TEST_F(UserCommands, PasswdReplacesTheHash) {
    ASSERT_EQ(add().exit, 0);
    const auto before = stored_hash("ada@example.com");
    const auto changed = run({"user", "passwd", "ada@example.com", "--generate"});
    EXPECT_EQ(changed.exit, 0);
    EXPECT_THAT(changed.out,
                MatchesRegex("Changed the password of ada@example.com.\nPassword \\(shown this once\\): .{27}\n"));
    EXPECT_NE(stored_hash("ada@example.com"), before);
    EXPECT_EQ(run({"user", "passwd", "ada@example.com", "--password-stdin"}, "short\n").exit, 1);
}

TEST_F(UserCommands, DisableAndEnable) {
    ASSERT_EQ(add().exit, 0);
    EXPECT_EQ(run({"user", "disable", "ada@example.com"}).out, "Disabled ada@example.com.\n");
    EXPECT_EQ(json::parse(run({"user", "disable", "ada@example.com", "--json"}).out)["disabled"], true);
    EXPECT_THAT(run({"user", "list"}).out, HasSubstr("ada@example.com  disabled  admins,staff  Ada\n"));
    EXPECT_EQ(json::parse(run({"user", "enable", "ada@example.com", "--json"}).out)["disabled"], false);
}

TEST_F(UserCommands, GroupsCanBeSetJoinedAndLeft) {
    ASSERT_EQ(add().exit, 0);
    const auto groups = [&](std::vector<std::string> change) {
        change.insert(change.begin(), {"user", "groups", "ada@example.com", "--json"});
        const auto changed = run(change);
        EXPECT_EQ(changed.exit, 0) << changed.err;
        EXPECT_EQ(json::parse(changed.out), json::parse(run({"user", "show", "ada@example.com", "--json"}).out));
        return json::parse(changed.out)["groups"].dump();
    };
    EXPECT_EQ(groups({"--add", "ops, staff"}), R"(["admins","ops","staff"])");
    EXPECT_EQ(groups({"--remove", "staff", "--add", "x"}), R"(["admins","ops","x"])");
    EXPECT_EQ(groups({"--set", "b,a"}), R"(["a","b"])");
    EXPECT_EQ(groups({"--set", ""}), "[]");
    EXPECT_EQ(run({"user", "groups", "ada@example.com"}).exit, 2);
    EXPECT_EQ(run({"user", "groups", "ada@example.com", "--set", "a", "--add", "b"}).exit, 2);
}

TEST_F(UserCommands, EditChangesNameAndAddress) {
    ASSERT_EQ(add().exit, 0);
    ASSERT_EQ(add("eve@example.com").exit, 0);
    const auto named = run({"user", "edit", "ada@example.com", "--name", "", "--json"});
    EXPECT_EQ(named.exit, 0) << named.err;
    EXPECT_EQ(json::parse(named.out)["name"], "");
    EXPECT_EQ(run({"user", "edit", "ada@example.com", "--email", "King@Example.com"}).out,
              "Changed king@example.com.\n");
    EXPECT_EQ(run({"user", "show", "ada@example.com"}).exit, 1);

    const auto taken = run({"user", "edit", "king@example.com", "--email", "eve@example.com", "--json"});
    EXPECT_EQ(taken.exit, 1);
    EXPECT_THAT(taken.err, HasSubstr("\"already_exists\""));
    EXPECT_EQ(run({"user", "edit", "king@example.com"}).exit, 2) << "nothing to change";
    EXPECT_EQ(run({"user", "edit", "king@example.com", "--name", "a\nb"}).exit, 2);
    EXPECT_EQ(run({"user", "edit", "king@example.com", "--email", "not an address"}).exit, 2);
}

TEST_F(UserCommands, DeleteNeedsAYes) {
    ASSERT_EQ(add().exit, 0);
    const auto refused = run({"user", "delete", "ada@example.com"});
    EXPECT_EQ(refused.exit, 2);
    EXPECT_THAT(refused.err, HasSubstr("--yes"));
    EXPECT_EQ(run({"user", "show", "ada@example.com"}).exit, 0);
    EXPECT_EQ(run({"user", "delete", "ada@example.com", "--yes"}).out, "Deleted ada@example.com.\n");
    EXPECT_EQ(run({"user", "show", "ada@example.com"}).exit, 1);
}

TEST_F(UserCommands, APromptNeedsATerminal) {
    const auto refused = run({"user", "add", "--email", "ada@example.com", "--json"});
    EXPECT_EQ(refused.exit, 2);
    EXPECT_THAT(refused.err, HasSubstr("\"no_terminal\""));
}

TEST_F(UserCommands, AFaultyConfigurationIsAUsageError) {
    variables_ = {{"LATCHKEY_LOG_LEVEL", "loud"}};
    const auto refused = run({"user", "list", "--json"});
    EXPECT_EQ(refused.exit, 2);
    EXPECT_THAT(refused.err, HasSubstr("environment:LATCHKEY_LOG_LEVEL: log.level: "));
}

TEST_F(UserCommands, AStoreThatFailsIsExitCode3) {
    variables_ = {{"LATCHKEY_DATABASE_URL", "sqlite:/nowhere/at/all/users.db"}};
    const auto missing = run({"user", "list", "--json"});
    EXPECT_EQ(missing.exit, 3);
    EXPECT_THAT(missing.err, HasSubstr("\"store_unavailable\""));
    variables_ = {
        {"LATCHKEY_DATABASE_URL", "sqlite:" + directory_.write("text.db", "this is no database, whatever it says")}};
    EXPECT_EQ(run({"user", "list"}).exit, 3);
}

}  // namespace
}  // namespace latchkey
