// `latchkey key …` of the real program: keys that live in files, and files that no key may come from (S1, J1, J7).
#include "latchkey_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <sstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace latchkey::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

constexpr unsigned somebody = 65534;

class key_cli : public testing::Test {
protected:
    key_cli() : directory_(), key_(directory_ / "token-key.pem") {
        if (::geteuid() == 0) {  // as somebody whom permissions mean something to
            const auto id = std::to_string(somebody);
            account_ = {"/usr/bin/setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups", "--"};
        }
        configure("EdDSA");
    }
    ~key_cli() override { ::chmod(directory_.path().c_str(), 0700); }

    void SetUp() override {
        if (::geteuid() == 0 && run({"--version"}).status != 0)
            GTEST_SKIP() << "nobody can run the program where it is";
    }

    void configure(const std::string& algorithm) {
        write_file(directory_ / "latchkey.toml", "[database]\nurl = \"sqlite:" + (directory_ / "latchkey.db") +
                                                     "\"\n[tokens]\nenabled = true\nalgorithm = \"" + algorithm +
                                                     "\"\nkey_file = \"" + key_ + "\"\n");
        give_away();
    }
    void give_away() const {
        if (::geteuid() != 0)
            return;
        ASSERT_EQ(::chown(directory_.path().c_str(), somebody, somebody), 0);
        for (const auto& entry : fs::directory_iterator(directory_.path()))
            ASSERT_EQ(::lchown(entry.path().c_str(), somebody, somebody), 0);
    }

    run_result run(std::vector<std::string> words, std::vector<std::string> before = {}) const {
        child_options options;
        options.argv = account_;
        options.argv.insert(options.argv.end(), before.begin(), before.end());
        options.argv.push_back(latchkey_program());
        if (words.front() != "--version")
            words.insert(words.end(), {"--config", directory_ / "latchkey.toml"});
        options.argv.insert(options.argv.end(), words.begin(), words.end());
        options.directory = "/";
        return run_program(options);
    }

    std::vector<std::string> files() const { return {key_, key_ + ".next", key_ + ".retiring"}; }
    void put(const std::string& path, std::string_view content, mode_t mode = 0600) const {
        std::error_code ignored;
        fs::remove_all(path, ignored);
        write_file(path, content);
        ASSERT_EQ(::chmod(path.c_str(), mode), 0);
        give_away();
    }
    void make_old() const {
        for (const auto& path : files()) {
            const timespec times[]{{1'700'000'000, 0}, {1'700'000'000, 0}};
            ::utimensat(AT_FDCWD, path.c_str(), times, 0);
        }
    }
    json list() const {
        const auto listed = run({"key", "list", "--json"});
        EXPECT_EQ(listed.status, 0) << listed.errors;
        return json::parse(listed.output)["keys"];
    }
    std::string made_by_openssl(std::vector<std::string> words) const {
        words.insert(words.begin(), "/usr/bin/openssl");
        const auto made = run_program({words, {}, {}, directory_.path().string(), {}});
        EXPECT_EQ(made.status, 0) << made.errors;
        return made.output;
    }

    // Whatever reads the keys says in one sentence which file is wrong, exits with 2, and leaves everything as it is.
    void expect_refused(const std::string& what, const std::string& path, const std::string& words) const {
        SCOPED_TRACE(what + " as " + path);
        for (const auto& command : {std::vector<std::string>{"config", "check"},
                                    {"key", "list"},
                                    {"key", "rotate", "--force"},
                                    {"key", "retire", "--force"},
                                    {"serve"}}) {
            SCOPED_TRACE(command[0] + (command.size() > 1 ? ' ' + command[1] : std::string()));
            const auto refused = run(command);
            EXPECT_EQ(refused.status, 2) << refused.errors;
            EXPECT_THAT(refused.errors, HasSubstr(path));
            EXPECT_THAT(refused.errors, HasSubstr(words));
            EXPECT_LE(std::count(refused.errors.begin(), refused.errors.end(), '\n'), 2) << refused.errors;
            EXPECT_EQ(refused.errors.find("PRIVATE"), std::string::npos);
        }
        EXPECT_FALSE(fs::exists(key_ + ".new"));
    }

    temp_dir directory_;
    const std::string key_;
    std::vector<std::string> account_;
};

TEST_F(key_cli, a_life_of_keys) {
    for (const std::string algorithm : {"EdDSA", "ES256", "HS256"}) {
        SCOPED_TRACE(algorithm);
        configure(algorithm);
        for (const auto& path : files())
            fs::remove(path);
        ASSERT_EQ(run({"config", "check"}).status, 2);
        ASSERT_EQ(run({"key", "generate"}).status, 0);
        EXPECT_EQ(run({"config", "check"}).status, 0);
        const auto first = list();
        EXPECT_EQ(run({"key", "generate"}).status, 1);
        EXPECT_EQ(run({"key", "rotate"}).status, 1);
        make_old();
        EXPECT_EQ(run({"key", "rotate"}).status, 0);
        EXPECT_EQ(run({"key", "rotate"}).status, 1);
        EXPECT_EQ(run({"key", "retire"}).status, 1);
        const auto second = list();
        ASSERT_EQ(second.size(), 3U);
        EXPECT_EQ(second[0]["id"], first[1]["id"]);
        EXPECT_EQ(second[2]["id"], first[0]["id"]);
        for (const auto& path : files()) {
            struct stat info {};
            ASSERT_EQ(::stat(path.c_str(), &info), 0);
            EXPECT_EQ(info.st_mode & 07777, 0600U) << path;
        }
        make_old();
        EXPECT_EQ(run({"key", "retire"}).status, 0);
        EXPECT_EQ(list().size(), 2U);
    }
}

// What docs/tokens.md says of openssl.
TEST_F(key_cli, takes_what_openssl_makes_and_makes_what_openssl_takes) {
    const std::pair<std::string, std::vector<std::string>> cases[]{
        {"EdDSA", {"genpkey", "-algorithm", "ed25519"}},
        {"ES256", {"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"}},
        {"HS256", {"rand", "-base64", "32"}}};
    for (const auto& [algorithm, words] : cases) {
        SCOPED_TRACE(algorithm);
        configure(algorithm);
        put(key_, made_by_openssl(words));
        fs::remove(key_ + ".next");
        EXPECT_EQ(run({"config", "check"}).status, 0);
        EXPECT_EQ(list()[0]["algorithm"], algorithm);
        ASSERT_EQ(run({"key", "generate", "--force"}).status, 0);
        if (algorithm != "HS256") {
            EXPECT_THAT(made_by_openssl({"pkey", "-in", key_, "-noout", "-text_pub"}), HasSubstr("Public-Key"));
        }
    }
}

TEST_F(key_cli, hostile_files_are_refused_wherever_they_lie) {
    ASSERT_EQ(run({"key", "generate"}).status, 0);
    const std::string good = read_whole_file(key_);
    put(key_ + ".retiring", good);
    const std::string other = made_by_openssl({"genpkey", "-algorithm", "ed25519"});
    const std::pair<std::string, std::pair<std::string, std::string>> contents[]{
        {"empty", {"", "is empty"}},
        {"a megabyte", {std::string(1 << 20, 'A'), "larger than 64KiB"}},
        {"no UTF-8", {std::string(64, '\xff') + std::string(40, '\0'), "holds no key"}},
        {"another algorithm",
         {made_by_openssl({"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"}),
          "tokens.algorithm is \"EdDSA\""}},
        {"another curve",
         {made_by_openssl({"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"}), "holds no key"}},
        {"two in one", {good + other, "holds no key"}},
        {"a public key", {made_by_openssl({"pkey", "-in", key_, "-pubout"}), "holds no key"}},
        {"encrypted", {made_by_openssl({"pkey", "-in", key_, "-aes256", "-passout", "pass:word"}), "holds no key"}},
        {"cut short", {good.substr(0, good.size() / 2), "holds no key"}}};
    for (const auto& path : files()) {
        const std::string before = read_whole_file(path);
        for (const auto& [what, content] : contents) {
            put(path, content.first);
            expect_refused(what, path, content.second);
            EXPECT_EQ(read_whole_file(path), content.first);
        }
        for (const mode_t mode : {0640, 0604, 0660, 0644}) {
            put(path, before, mode);
            expect_refused("for others", path, "chmod 600");
        }
        fs::remove(path);
        fs::create_directory(path);
        give_away();
        expect_refused("a directory", path, "is not a regular file");
        fs::remove(path);
        ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
        give_away();
        expect_refused("a FIFO", path, "is not a regular file");
        put(path, before);
    }
    EXPECT_EQ(run({"config", "check"}).status, 0);
}

TEST_F(key_cli, another_users_file_is_refused) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "needs root";
    ASSERT_EQ(run({"key", "generate"}).status, 0);
    ASSERT_EQ(::chown(key_.c_str(), somebody - 1, somebody - 1), 0);
    for (const auto& command : {std::vector<std::string>{"config", "check"}, {"key", "rotate", "--force"}, {"serve"}}) {
        const auto refused = run(command);
        EXPECT_EQ(refused.status, 2);
        EXPECT_THAT(refused.errors, HasSubstr(key_));
    }
}

// Read through, as secrets are mounted; but not replaced.
TEST_F(key_cli, a_link_is_read_but_not_rotated) {
    ASSERT_EQ(run({"key", "generate"}).status, 0);
    fs::rename(key_, directory_ / "real.pem");
    fs::create_symlink(directory_ / "real.pem", key_);
    give_away();
    EXPECT_EQ(run({"config", "check"}).status, 0);
    for (const auto& command : {std::vector<std::string>{"key", "rotate", "--force"}, {"key", "generate", "--force"}}) {
        const auto refused = run(command);
        EXPECT_EQ(refused.status, 2);
        EXPECT_THAT(refused.errors, HasSubstr("is not a regular file"));
    }
    EXPECT_TRUE(fs::is_symlink(key_));
    fs::remove(directory_ / "real.pem");
    EXPECT_EQ(run({"config", "check"}).status, 2);
    EXPECT_EQ(run({"key", "generate"}).status, 1) << "a link that leads nowhere is in the way";
    EXPECT_TRUE(fs::is_symlink(key_));
}

TEST_F(key_cli, a_directory_that_cannot_be_written_changes_nothing) {
    ASSERT_EQ(run({"key", "generate"}).status, 0);
    make_old();
    const auto before = list();
    ASSERT_EQ(::chmod(directory_.path().c_str(), 0500), 0);
    for (const auto& command : {std::vector<std::string>{"key", "rotate"}, {"key", "generate", "--force"}}) {
        const auto refused = run(command);
        EXPECT_EQ(refused.status, 3) << refused.errors;
        EXPECT_THAT(refused.errors, HasSubstr("Permission denied"));
    }
    EXPECT_EQ(list(), before);
    ASSERT_EQ(::chmod(directory_.path().c_str(), 0700), 0);
    write_file(directory_ / "latchkey.toml", "[tokens]\nenabled = true\nkey_file = \"/nonexistent/key\"\n");
    EXPECT_EQ(run({"key", "generate"}).status, 3);
}

// A file may not grow: as on a full disk, without one. Nothing is half written, nothing lost.
TEST_F(key_cli, a_full_disk_changes_nothing) {
    ASSERT_EQ(run({"key", "generate"}).status, 0);
    make_old();
    const auto before = list();
    for (const std::string how : {"trap '' XFSZ; ulimit -f 0; exec \"$@\"", "ulimit -f 0; exec \"$@\""}) {
        for (const auto& command : {std::vector<std::string>{"key", "rotate"}, {"key", "generate", "--force"}}) {
            const auto refused = run(command, {"/bin/sh", "-c", how, "sh"});
            EXPECT_NE(refused.status, 0);
            EXPECT_EQ(list(), before) << how;
        }
    }
    EXPECT_EQ(run({"key", "rotate"}).status, 0) << "whatever was left over";
    EXPECT_EQ(list()[0]["id"], before[1]["id"]);
    EXPECT_FALSE(fs::exists(key_ + ".new"));
}

TEST_F(key_cli, two_at_once_do_not_meet) {
    ASSERT_EQ(run({"key", "generate"}).status, 0);
    make_old();
    const auto before = list();
    std::vector<std::unique_ptr<child_process>> all;
    for (int i = 0; i < 8; ++i) {
        child_options options;
        options.argv = account_;
        for (const std::string& word : {latchkey_program(), std::string("key"), std::string("rotate"),
                                        std::string("--config"), directory_ / "latchkey.toml"})
            options.argv.push_back(word);
        all.push_back(std::make_unique<child_process>(options));
    }
    int done = 0;
    for (const auto& one : all) {
        const auto status = one->wait();
        ASSERT_TRUE(status);
        done += *status == 0 ? 1 : 0;
        EXPECT_LE(*status, 1) << one->errors();
    }
    EXPECT_EQ(done, 1) << "the others come too early, or find it at work";
    EXPECT_EQ(list()[0]["id"], before[1]["id"]);
    EXPECT_EQ(list()[2]["id"], before[0]["id"]);
}

// With a server, which is told.
TEST(key_cli_server, a_running_server_is_told) {
    server_setup setup;
    setup.start = false;
    latchkey_server server(setup);
    const std::string key = server.directory() / "token-key.pem";
    write_file(server.config_file(),
               read_whole_file(server.config_file()) + "\n[tokens]\nenabled = true\nkey_file = \"" + key + "\"\n");
    ASSERT_EQ(server.command({"key", "generate"}).status, 0);
    server.start();
    const auto rotated = server.command({"key", "rotate", "--force", "--json"});
    EXPECT_EQ(rotated.status, 0) << rotated.errors;
    EXPECT_EQ(json::parse(rotated.output)["server"], "reloaded") << rotated.output;
}

}  // namespace
}  // namespace latchkey::test
