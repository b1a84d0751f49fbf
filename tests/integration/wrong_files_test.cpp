// Files that the configuration names and that are missing, of the wrong owner or with the wrong permissions: one clear
// sentence and the right exit code, 2 for the configuration and 3 for the database. Never a crash.
#include "admin_calls.hpp"
#include "expectations.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include <sys/stat.h>
#include <unistd.h>

namespace latchkey::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr unsigned nobody = 65534;

class wrong_files : public testing::Test {
protected:
    static server_setup setup() {
        server_setup out;
        out.start = false;
        out.users = {alice()};
        return out;
    }

    // `serve` as an account that permissions mean something to: when this is root, as nobody, who then owns it all.
    run_result serve() const {
        child_options options;
        if (::geteuid() == 0) {
            const auto id = std::to_string(nobody);
            options.argv = {"/usr/bin/setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups", "--"};
        }
        for (const std::string& word :
             {latchkey_program(), std::string("serve"), std::string("--config"), server_->config_file()})
            options.argv.push_back(word);
        options.directory = "/";
        return run_program(options);
    }

    void make(const std::map<std::string, std::string>& config) {
        auto with = setup();
        with.config = config;
        if (!config.empty())
            with.users.clear();  // that would need a configuration without faults
        server_.emplace(with);
        give_away(server_->directory().path());
        if (::geteuid() == 0 && ::access(latchkey_program().c_str(), X_OK) != 0)
            GTEST_SKIP() << "nobody can run the program where it is";
    }
    static void give_away(const fs::path& path) {
        if (::geteuid() != 0)
            return;
        ASSERT_EQ(::chown(path.c_str(), nobody, nobody), 0);
        for (const auto& entry : fs::recursive_directory_iterator(path))
            ASSERT_EQ(::lchown(entry.path().c_str(), nobody, nobody), 0);
    }
    std::string path(const std::string& name) const { return server_->directory() / name; }
    static void set_mode(const std::string& path, mode_t mode) { ASSERT_EQ(::chmod(path.c_str(), mode), 0) << path; }

    // One sentence on one line, which names what is wrong, and nothing else but warnings.
    static void expect_complaint(const run_result& result, int status, const std::vector<std::string>& words) {
        EXPECT_EQ(result.status, status) << result.errors;
        std::istringstream lines(result.errors);
        std::vector<std::string> complaints;
        for (std::string line; std::getline(lines, line);)
            if (line.find("warning") == std::string::npos)
                complaints.push_back(line);
        ASSERT_GE(complaints.size(), 1U);
        EXPECT_LE(complaints.size(), 2U) << "a fault, and that there is one: " << result.errors;
        for (const auto& word : words)
            EXPECT_THAT(complaints[0], HasSubstr(word));
    }

    std::optional<latchkey_server> server_;
};

TEST_F(wrong_files, the_log_and_the_audit_file) {
    const temp_dir directory;
    for (const std::string key : {"log.file", "audit.file"}) {
        make({{key, "\"/nonexistent/directory/x.log\""}});
        expect_complaint(serve(), 2, {key, "/nonexistent/directory/x.log", "No such file"});
        make({{key, '"' + directory.path().string() + '"'}});
        EXPECT_EQ(serve().status, 2);
        make({});
        const auto closed = path("closed.log");
        write_file(closed, "");
        auto text = read_whole_file(server_->config_file());
        write_file(server_->config_file(),
                   text + "\n[" + key.substr(0, key.find('.')) + "]\nfile = \"" + closed + "\"\n");
        give_away(server_->directory().path());
        set_mode(closed, 0400);
        expect_complaint(serve(), 2, {key, closed, "Permission denied"});
    }
}

TEST_F(wrong_files, one_file_for_both) {
    make({{"log.file", "\"/tmp/same.log\""}, {"audit.file", "\"/tmp/same.log\""}});
    expect_complaint(serve(), 2, {"audit.file", "log.file"});
}

TEST_F(wrong_files, the_admin_token) {
    const temp_dir directory;
    for (const auto& [mode, words] : {std::pair<mode_t, std::string>{0640, "chmod 600"}, {0604, "chmod 600"}}) {
        make({{"server.admin_listen", "\"127.0.0.1:1\""}, {"server.admin_token_file", "\"token\""}});
        const auto token = path("token");
        write_file(token, "k8Jd0mQxV3tYw7ZpB2nRc5GhL9sFa1Eu\n");
        auto text = read_whole_file(server_->config_file());
        text.replace(text.find("\"token\""), 7, '"' + token + '"');
        write_file(server_->config_file(), text);
        give_away(server_->directory().path());
        set_mode(token, mode);
        const auto result = serve();
        expect_complaint(result, 2, {"server.admin_token_file", token, words});
        EXPECT_EQ(result.errors.find("k8Jd0mQx"), std::string::npos);
    }
    make({{"server.admin_listen", "\"127.0.0.1:1\""}, {"server.admin_token_file", "\"/nonexistent/token\""}});
    expect_complaint(serve(), 2, {"server.admin_token_file", "/nonexistent/token", "No such file"});
}

TEST_F(wrong_files, the_configuration) {
    make({});
    set_mode(server_->config_file(), 0);
    expect_complaint(serve(), 2, {server_->config_file(), "Permission denied"});
}

TEST_F(wrong_files, the_database) {
    make({});
    set_mode(path("latchkey.db"), 0);
    expect_complaint(serve(), 3, {"latchkey.db"});
    make({});
    set_mode(path("latchkey.db"), 0400);
    expect_complaint(serve(), 3, {"latchkey.db"});
    make({});
    set_mode(server_->directory().path(), 0500);  // no place for its write-ahead log
    expect_complaint(serve(), 3, {"latchkey.db"});
    set_mode(server_->directory().path(), 0700);
}

TEST_F(wrong_files, a_database_in_a_missing_directory) {
    auto with = setup();
    with.users.clear();
    with.config["database.url"] = "\"sqlite:/nonexistent/directory/latchkey.db\"";
    server_.emplace(with);
    give_away(server_->directory().path());
    expect_complaint(serve(), 3, {"/nonexistent/directory/latchkey.db"});
}

}  // namespace
}  // namespace latchkey::test
