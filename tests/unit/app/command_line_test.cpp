#include "command_line.hpp"

#include "command_runner.hpp"
#include "serve.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey {

// Stands in for the server: this test program is linked with it in place of the real one.
int serve(const loaded_config& loaded, const environment&) {
    return loaded.values.log.level == "debug" ? 0 : 1;
}

namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class CommandLine : public command_runner {};

TEST_F(CommandLine, WithoutArgumentsItHelpsAndExitsWith2) {
    const auto outcome = run_plain({"latchkey"});
    EXPECT_EQ(outcome.exit, 2);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, HasSubstr("Usage: latchkey"));
    for (const std::string group : {"config", "user", "hash"})
        EXPECT_EQ(run_plain({"latchkey", group}).exit, 2);
}

TEST_F(CommandLine, EveryCommandHelps) {
    const std::vector<std::vector<std::string>> commands{{},
                                                         {"serve"},
                                                         {"config"},
                                                         {"config", "check"},
                                                         {"config", "print"},
                                                         {"user"},
                                                         {"user", "add"},
                                                         {"user", "list"},
                                                         {"user", "show"},
                                                         {"user", "passwd"},
                                                         {"user", "disable"},
                                                         {"user", "enable"},
                                                         {"user", "delete"},
                                                         {"user", "groups"},
                                                         {"key"},
                                                         {"key", "generate"},
                                                         {"key", "rotate"},
                                                         {"key", "list"},
                                                         {"key", "retire"},
                                                         {"hash"},
                                                         {"hash", "calibrate"}};
    for (auto command : commands) {
        command.insert(command.begin(), "latchkey");
        std::string usage = "Usage:";
        for (const auto& word : command)
            usage += ' ' + word;
        command.push_back("--help");
        const auto outcome = run_plain(command);
        EXPECT_EQ(outcome.exit, 0) << usage;
        EXPECT_EQ(outcome.err, "") << usage;
        EXPECT_THAT(outcome.out, HasSubstr(usage));
    }
}

TEST_F(CommandLine, HelpIsHonestAboutOpenSessions) {
    for (const std::string command : {"passwd", "disable", "delete"})
        EXPECT_THAT(run_plain({"latchkey", "user", command, "--help"}).out,
                    HasSubstr("Every session of the user ends."));
}

TEST_F(CommandLine, TellsItsVersion) {
    EXPECT_THAT(run_plain({"latchkey", "--version"}).out, testing::MatchesRegex("latchkey [0-9]+[.][0-9]+[.][0-9]+\n"));
}

TEST_F(CommandLine, MisuseIsExitCode2WithOneSentence) {
    const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
        {{"bogus"}, "There is no command \"bogus\" here."},
        {{"user", "lst"}, "There is no command \"lst\" here; did you mean list?"},
        {{"--bogus"}, "There is no option \"--bogus\" here."},
        {{"user", "add"}, "--email is required."},
        {{"user", "add", "--email"}, "--email needs exactly one value."},
        {{"user", "show"}, "EMAIL is required."},
        {{"user", "add", "--email", "a@b.c", "--generate", "--password-stdin"},
         "--password-stdin excludes --generate."},
        {{"user", "list", "--config", "a", "--config", "b"}, "--config needs exactly one value."},
        {{"hash", "calibrate", "--target", "soon"}, "--target: \"soon\" is not a duration"},
        {{"hash", "calibrate", "--target", "1d"}, "--target must be between 10ms and 10s."}};
    for (auto [arguments, sentence] : cases) {
        arguments.insert(arguments.begin(), "latchkey");
        const auto outcome = run_plain(arguments);
        EXPECT_EQ(outcome.exit, 2) << sentence;
        EXPECT_EQ(outcome.out, "") << sentence;
        EXPECT_THAT(outcome.err, StartsWith("latchkey: " + sentence));
    }
}

// A1, P5: a password on the command line is refused, and not repeated into anybody's log.
TEST_F(CommandLine, NeverRepeatsAPasswordFromTheCommandLine) {
    const std::vector<std::vector<std::string>> attempts{
        {"--password", "hunter2"},    {"--password=hunter2"}, {"hunter2"},
        {"--password-stdin=hunter2"}, {"--generate=hunter2"}, {"-phunter2"},
        {"--passwd", "hunter2"}};
    for (const auto& attempt : attempts) {
        std::vector<std::string> arguments{"latchkey", "user", "add", "--json", "--email", "ada@example.com"};
        arguments.insert(arguments.end(), attempt.begin(), attempt.end());
        const auto outcome = run_plain(arguments);
        EXPECT_EQ(outcome.exit, 2) << attempt[0];
        EXPECT_THAT(outcome.out + outcome.err, Not(HasSubstr("hunter2"))) << attempt[0];
    }
}

TEST_F(CommandLine, JsonErrorsStandBesideThePlainOnes) {
    const auto outcome = run_plain({"latchkey", "user", "show", "--json"});
    EXPECT_EQ(outcome.err,
              "latchkey: EMAIL is required. See latchkey user show --help.\n"
              "{\"code\":\"usage\",\"title\":\"EMAIL is required. See latchkey user show --help.\"}\n");
}

TEST_F(CommandLine, ServeGetsTheConfigurationOrIsNotCalled) {
    variables_ = {{"LATCHKEY_LOG_LEVEL", "debug"}};
    EXPECT_EQ(run({"serve"}).exit, 0);
    variables_ = {{"LATCHKEY_LOG_LEVEL", "loud"}};
    EXPECT_EQ(run({"serve"}).exit, 2);
}

TEST_F(CommandLine, CalibrateProposesSettings) {
    const auto outcome = run_plain({"latchkey", "hash", "calibrate", "--target", "10ms", "--json"});
    ASSERT_EQ(outcome.exit, 0) << outcome.err;
    const auto answer = nlohmann::json::parse(outcome.out);
    EXPECT_FALSE(answer["measured"].empty());
    EXPECT_TRUE(answer["recommended"]["memory"].is_string());
    EXPECT_GE(answer["recommended"]["iterations"], 2);
}

}  // namespace
}  // namespace latchkey
