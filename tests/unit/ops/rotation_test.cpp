// Rotation: a log whose file was renamed goes on in a new one, without a line lost or torn; and the audit file beside
// it.
#include "audit_log.hpp"
#include "line_writer.hpp"
#include "log.hpp"
#include "test_pipe.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace latchkey {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

class rotation : public testing::Test {
protected:
    rotation() {
        std::string name = testing::TempDir() + "latchkey-rotation-XXXXXX";
        directory_ = ::mkdtemp(name.data());
        std::signal(SIGPIPE, SIG_IGN);
    }
    ~rotation() override { fs::remove_all(directory_); }

    std::string path(const std::string& name) const { return directory_ / name; }
    std::string content(const std::string& name) const {
        std::ostringstream out;
        out << std::ifstream(path(name)).rdbuf();
        return out.str();
    }

    fs::path directory_;
};

TEST_F(rotation, a_writer_goes_on_in_the_new_file) {
    auto writer = line_writer::file(path("log"), milliseconds(0));
    EXPECT_TRUE(writer.write("one\n"));
    fs::rename(path("log"), path("log.1"));
    EXPECT_TRUE(writer.write("two\n"));
    EXPECT_FALSE(writer.reopen());
    EXPECT_TRUE(writer.write("three\n"));
    EXPECT_FALSE(writer.reopen()) << "nobody renamed it: the same file";
    EXPECT_TRUE(writer.write("four\n"));
    EXPECT_EQ(content("log.1"), "one\ntwo\n");
    EXPECT_EQ(content("log"), "three\nfour\n");
    EXPECT_EQ(fs::status(path("log")).permissions() & fs::perms::others_all, fs::perms::none);
}

TEST_F(rotation, a_writer_stays_where_it_is_when_there_is_no_new_file) {
    fs::create_directory(path("logs"));
    auto writer = line_writer::file(path("logs/log"), milliseconds(0));
    fs::rename(path("logs"), path("old"));
    EXPECT_EQ(writer.reopen(), std::errc::no_such_file_or_directory);
    EXPECT_TRUE(writer.write("one\n"));
    EXPECT_EQ(content("old/log"), "one\n");
}

TEST_F(rotation, standard_output_has_nothing_to_reopen) {
    auto writer = line_writer::standard_output(milliseconds(0));
    EXPECT_FALSE(writer.reopen());
}

// Without a line to write: the old file can be compressed and deleted at once.
TEST_F(rotation, an_idle_log_lets_go_of_the_old_file) {
    const auto log = make_logger({"info", "json", path("log")});
    fs::rename(path("log"), path("log.1"));
    log->reopen();
    while (!fs::exists(path("log")))
        std::this_thread::yield();
}

// A3
TEST_F(rotation, no_line_is_lost_or_torn_under_load) {
    constexpr int writers = 3, lines_each = 400, rounds = 20;
    {
        const auto log = make_logger({"info", "json", path("log")});
        std::vector<std::thread> threads;
        for (int t = 0; t < writers; ++t)
            threads.emplace_back([&log, t] {
                for (int i = 0; i < lines_each; ++i)
                    log->write(log_level::info, "line", {{"n", std::int64_t{t * lines_each + i}}});
            });
        for (int round = 0; round < rounds; ++round) {
            while (!fs::exists(path("log")))
                std::this_thread::yield();
            fs::rename(path("log"), path("log." + std::to_string(round)));
            log->reopen();
        }
        for (auto& one : threads)
            one.join();
        EXPECT_EQ(log->dropped(), 0U);
    }
    std::set<int> seen;
    for (const auto& file : fs::directory_iterator(directory_)) {
        std::istringstream lines(content(file.path().filename()));
        for (std::string line; std::getline(lines, line);)
            EXPECT_TRUE(seen.insert(json::parse(line)["n"].get<int>()).second) << "twice";
    }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(writers * lines_each));
}

TEST_F(rotation, a_log_that_cannot_be_reopened_says_so_and_goes_on) {
    fs::create_directory(path("logs"));
    {
        const auto log = make_logger({"info", "json", path("logs/log")});
        fs::rename(path("logs"), path("old"));
        log->reopen();
        log->write(log_level::info, "after", {});
    }
    const auto text = content("old/log");
    EXPECT_NE(text.find("reopen_failed"), std::string::npos);
    EXPECT_NE(text.find("logs/log"), std::string::npos);
    EXPECT_NE(text.find("after"), std::string::npos);
}

audit_event login_event() {
    audit_event event;
    event.type = "login";
    return event;
}

// A file of its own: JSON whatever the log is, and not in the log.
TEST_F(rotation, audit_events_have_a_file_of_their_own) {
    {
        const auto log = make_logger({"info", "text", path("log")});
        const auto audit = make_audit_logger({path("audit")}, *log);
        make_audit_sink(*audit)->record(login_event());
        log->write(log_level::info, "listening", {});
    }
    EXPECT_EQ(json::parse(content("audit"))["event"], "login");
    EXPECT_EQ(content("log").find("login"), std::string::npos);
    EXPECT_NE(content("log").find("listening"), std::string::npos);
}

// A4: a full disk under the audit file holds up nobody, and the log tells of it.
TEST_F(rotation, the_log_tells_of_lost_audit_events) {
    {
        const auto log = make_logger({"error", "json", path("log")});
        const auto audit = make_audit_logger({"/dev/full"}, *log);
        const auto sink = make_audit_sink(*audit);
        for (int i = 0; i < 100; ++i)
            sink->record(login_event());
        while (audit->dropped() < 100)
            std::this_thread::yield();
    }
    const auto text = content("log");
    EXPECT_NE(text.find("audit_events_lost"), std::string::npos);
    EXPECT_EQ(text.find("audit_events_lost"), text.rfind("audit_events_lost")) << "now and then, not for each";
}

TEST_F(rotation, the_log_tells_of_an_audit_file_that_cannot_be_reopened) {
    fs::create_directory(path("audits"));
    {
        const auto log = make_logger({"error", "json", path("log")});
        const auto audit = make_audit_logger({path("audits/audit")}, *log);
        fs::rename(path("audits"), path("old"));
        audit->reopen();
        make_audit_sink(*audit)->record(login_event());
    }
    EXPECT_NE(content("log").find("reopen_failed"), std::string::npos);
    EXPECT_NE(content("old/audit").find("login"), std::string::npos);
}

TEST_F(rotation, says_which_file_is_wrong) {
    const auto log = make_logger({"error", "json", path("log")});
    try {
        make_audit_logger({"/nonexistent/audit"}, *log);
        FAIL();
    } catch (const std::system_error& e) {
        EXPECT_EQ(std::string(e.what()), "audit.file: /nonexistent/audit: No such file or directory");
    }
}

}  // namespace
}  // namespace latchkey
