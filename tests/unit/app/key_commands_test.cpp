// `latchkey key …` without a server, and what `latchkey config check` says of the files (S1, S2).
#include "command_runner.hpp"
#include "token_key_files.hpp"

#include <gmock/gmock.h>

#include <sys/stat.h>

namespace latchkey {
namespace {

using json = nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class KeyCommands : public command_runner {
protected:
    KeyCommands() {
        options_.key_file = directory_.path("key.pem");
        configure("");
    }

    void configure(const std::string& tokens) {
        directory_.write("latchkey.toml", "[database]\nurl = 'sqlite:" + directory_.path("users.db") +
                                              "'\n[tokens]\nenabled = true\nkey_file = '" + options_.key_file + "'\n" +
                                              tokens);
    }

    json list() {
        const auto outcome = run({"key", "list", "--json"});
        EXPECT_EQ(outcome.exit, exit_done) << outcome.err;
        return json::parse(outcome.out)["keys"];
    }

    std::vector<std::string> files() const {
        return {options_.key_file, next_key_file(options_), retiring_key_file(options_)};
    }

    void make_old() {
        for (const auto& path : files()) {
            const timespec times[]{{1'700'000'000, 0}, {1'700'000'000, 0}};
            utimensat(AT_FDCWD, path.c_str(), times, 0);
        }
    }

    std::string content(const std::string& path) const {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    token_options options_;
};

TEST_F(KeyCommands, GenerateMakesACurrentAndANextKey) {
    const auto outcome = run({"key", "generate"});
    EXPECT_EQ(outcome.exit, exit_done) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("current"));
    EXPECT_THAT(outcome.out, HasSubstr("next"));
    EXPECT_THAT(outcome.err, HasSubstr("No server runs here"));
    EXPECT_TRUE(load_token_keys(options_));
    const auto keys = list();
    ASSERT_EQ(keys.size(), 2U);
    EXPECT_EQ(keys[0]["role"], "current");
    EXPECT_EQ(keys[0]["algorithm"], "EdDSA");
    EXPECT_EQ(keys[1]["role"], "next");
    EXPECT_NE(keys[0]["id"], keys[1]["id"]);
}

TEST_F(KeyCommands, GenerateLeavesAKeyAlone) {
    run({"key", "generate"});
    const auto before = content(options_.key_file);
    const auto again = run({"key", "generate", "--json"});
    EXPECT_EQ(again.exit, exit_refused);
    EXPECT_THAT(again.err, HasSubstr("already_exists"));
    EXPECT_EQ(content(options_.key_file), before);
}

// As when the command was stopped between its two files.
TEST_F(KeyCommands, GenerateKeepsANextKeyThatIsThere) {
    run({"key", "generate"});
    unlink(options_.key_file.c_str());
    const auto next = content(next_key_file(options_));
    EXPECT_EQ(run({"key", "generate"}).exit, exit_done);
    EXPECT_EQ(content(next_key_file(options_)), next);
    unlink(options_.key_file.c_str());
    chmod(next_key_file(options_).c_str(), 0640);
    EXPECT_EQ(run({"key", "generate"}).exit, exit_usage);
    EXPECT_NE(access(options_.key_file.c_str(), F_OK), 0);
}

TEST_F(KeyCommands, GenerateByForceReplacesEverything) {
    run({"key", "generate"});
    make_old();
    run({"key", "rotate"});
    std::vector<std::string> before;
    for (const auto& key : list())
        before.push_back(key["id"]);
    ASSERT_EQ(before.size(), 3U);
    EXPECT_EQ(run({"key", "generate", "--force"}).exit, exit_done);
    const auto after = list();
    EXPECT_EQ(after.size(), 2U);
    for (const auto& key : after)
        EXPECT_THAT(before, Not(testing::Contains(key["id"].get<std::string>())));
}

TEST_F(KeyCommands, GenerateMakesEachAlgorithm) {
    for (const auto* algorithm : {"EdDSA", "ES256", "HS256"}) {
        const auto outcome = run({"key", "generate", "--force", "--algorithm", algorithm});
        EXPECT_EQ(outcome.exit, exit_done) << outcome.err;
        EXPECT_THAT(outcome.out, HasSubstr(algorithm));
        // What is on the disk is not what the configuration says: that must not pass unnoticed.
        EXPECT_EQ(outcome.err.find("tokens.algorithm is") != std::string::npos, std::string(algorithm) != "EdDSA");
        configure("algorithm = '" + std::string(algorithm) + "'\n");
        EXPECT_EQ(list()[0]["algorithm"], algorithm);
        configure("");
    }
    for (const auto* algorithm : {"none", "RS256", "eddsa", "\xff"})
        EXPECT_EQ(run({"key", "generate", "--force", "--algorithm", algorithm}).exit, exit_usage) << algorithm;
}

// J7
TEST_F(KeyCommands, RotateMovesEachKeyOn) {
    run({"key", "generate"});
    const auto before = list();
    EXPECT_EQ(run({"key", "rotate"}).exit, exit_refused) << "the next key is new";
    make_old();
    const auto outcome = run({"key", "rotate", "--json"});
    ASSERT_EQ(outcome.exit, exit_done) << outcome.err;
    const auto report = json::parse(outcome.out);
    EXPECT_EQ(report["server"], "not_running");
    EXPECT_EQ(report["interrupted"], false);
    ASSERT_EQ(report["keys"].size(), 3U);
    EXPECT_EQ(report["keys"][0]["id"], before[1]["id"]);
    EXPECT_EQ(report["keys"][2]["id"], before[0]["id"]);
    const auto again = run({"key", "rotate", "--json"});
    EXPECT_EQ(again.exit, exit_refused);
    EXPECT_THAT(again.err, HasSubstr("too_early"));
    EXPECT_THAT(again.err, HasSubstr("--force"));
    EXPECT_EQ(run({"key", "rotate", "--force"}).exit, exit_done);
    EXPECT_EQ(list()[2]["id"], before[1]["id"]);
}

// J7
TEST_F(KeyCommands, RotateCompletesWhatWasCutShort) {
    run({"key", "generate"});
    const auto before = list();
    directory_.write("key.pem.retiring", content(options_.key_file));  // the first step, and no more
    chmod(retiring_key_file(options_).c_str(), 0600);
    EXPECT_THAT(run({"key", "list"}).err, HasSubstr("cut short"));
    const auto outcome = run({"key", "rotate"});
    EXPECT_EQ(outcome.exit, exit_done) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("Completing"));
    EXPECT_EQ(list()[0]["id"], before[1]["id"]);
    EXPECT_EQ(list()[2]["id"], before[0]["id"]);
}

TEST_F(KeyCommands, RetireRemovesTheRetiringKey) {
    run({"key", "generate"});
    EXPECT_EQ(run({"key", "retire"}).exit, exit_refused);
    make_old();
    run({"key", "rotate"});
    EXPECT_EQ(run({"key", "retire"}).exit, exit_refused);
    EXPECT_EQ(list().size(), 3U);
    make_old();
    EXPECT_EQ(run({"key", "retire"}).exit, exit_done);
    EXPECT_EQ(list().size(), 2U);
}

TEST_F(KeyCommands, NothingSaysWhatIsSecret) {
    for (const auto* algorithm : {"EdDSA", "ES256", "HS256"}) {
        configure("algorithm = '" + std::string(algorithm) + "'\n");
        std::string said;
        for (const auto& words : {std::vector<std::string>{"key", "generate", "--force"},
                                  {"key", "list"},
                                  {"key", "list", "--json"},
                                  {"key", "rotate", "--force", "--json"}}) {
            const auto outcome = run(words);
            said += outcome.out + outcome.err;
        }
        for (const auto& path : files()) {
            std::istringstream lines(content(path));
            for (std::string line; std::getline(lines, line);)
                if (line.size() > 16) {
                    EXPECT_THAT(said, Not(HasSubstr(line.starts_with("-----") ? line : line.substr(8, 8))));
                }
        }
    }
}

TEST_F(KeyCommands, WithoutAKeyTheyAdviseToMakeOne) {
    for (const auto* command : {"list", "rotate", "retire"}) {
        const auto outcome = run({"key", command});
        EXPECT_EQ(outcome.exit, exit_refused);
        EXPECT_THAT(outcome.err, HasSubstr("latchkey key generate"));
    }
    const auto checked = run({"config", "check"});
    EXPECT_EQ(checked.exit, exit_usage);
    EXPECT_THAT(checked.err, HasSubstr("latchkey.toml:5: tokens.key_file: "));
    EXPECT_THAT(checked.err, HasSubstr("latchkey key generate"));
    EXPECT_EQ(run({"serve"}).exit, exit_usage);
}

TEST_F(KeyCommands, CheckFindsWhatTheServerWouldNotTake) {
    run({"key", "generate"});
    EXPECT_EQ(run({"config", "check"}).exit, exit_done);
    for (const auto& path : {options_.key_file, next_key_file(options_)}) {
        chmod(path.c_str(), 0640);
        const auto checked = run({"config", "check"});
        EXPECT_EQ(checked.exit, exit_usage);
        EXPECT_THAT(checked.err, HasSubstr("\"" + path + "\" can be reached by others than its owner: chmod 600 it"));
        chmod(path.c_str(), 0600);
    }
    configure("algorithm = 'ES256'\n");
    EXPECT_THAT(run({"config", "check"}).err,
                HasSubstr("holds a key for \"EdDSA\", and tokens.algorithm is \"ES256\""));
    configure("introspection_token_file = '/nonexistent/token'\n");
    EXPECT_THAT(run({"config", "check"}).err, HasSubstr(":6: tokens.introspection_token_file: \"/nonexistent/token\""));
    // Files that are not in use are nobody's business; other commands do not look.
    directory_.write("latchkey.toml", "[tokens]\nkey_file = '/nonexistent'\n");
    EXPECT_EQ(run({"config", "check"}).exit, exit_done);
    configure("");
    unlink(options_.key_file.c_str());
    EXPECT_EQ(run({"config", "print"}).exit, exit_done);
}

TEST_F(KeyCommands, RootIsToldOfFilesThatBelongToTheServer) {
    if (geteuid() != 0)
        GTEST_SKIP() << "needs root";
    run({"key", "generate"});
    ASSERT_EQ(chown(options_.key_file.c_str(), 65534, 65534), 0);
    const auto checked = run({"config", "check"});
    EXPECT_EQ(checked.exit, exit_done);
    EXPECT_THAT(checked.err, HasSubstr("warning: "));
    EXPECT_THAT(checked.err, HasSubstr("as that user"));
    EXPECT_EQ(run({"key", "list"}).exit, exit_usage);
    EXPECT_EQ(run({"serve"}).exit, exit_usage) << "a server of root's does not take it";
}

}  // namespace
}  // namespace latchkey
