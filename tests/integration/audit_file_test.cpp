// The audit file: its rotation under load (A3), sinks that take nothing (A4), and `latchkey audit tail`.
#include "audit_lines.hpp"
#include "expectations.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <set>

#include <fcntl.h>
#include <sys/stat.h>

namespace latchkey::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class audit_file : public testing::Test {
protected:
    static server_setup setup(const std::string& audit = "audit.log") {
        server_setup out;
        out.config["audit.file"] = '"' + audit + '"';
        out.config["log.file"] = "\"latchkey.log\"";
        return out;
    }
    static std::string in(const latchkey_server& server, const std::string& name) { return server.directory() / name; }
};

TEST_F(audit_file, holds_the_events_and_the_log_does_not) {
    latchkey_server server(setup());
    server.login(alice());
    EXPECT_EQ(server.stop(), 0);
    EXPECT_EQ(count_events(in(server, "audit.log"), "login"), 1U);
    EXPECT_EQ(count_events(in(server, "latchkey.log"), "login"), 0U);
    EXPECT_EQ(count_events(in(server, "latchkey.log"), "listening"), 2U);
    struct stat info {};
    ASSERT_EQ(::stat(in(server, "audit.log").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & (S_IRWXO | S_IWGRP), 0U);
}

// Every login that was answered is in exactly one of the files, whole. A configuration with faults changes nothing of
// it.
TEST_F(audit_file, rotates_under_load) {
    latchkey_server server(setup());
    std::atomic<bool> over{false};
    std::atomic<int> answered{0};
    std::vector<std::set<std::string>> asked(3);
    std::vector<std::thread> clients;
    for (auto& mine : asked)
        clients.emplace_back([&] {
            auto connection = server.connect();
            while (!over) {
                const auto answer = connection.ask(wrong_login("nobody@example.com"));
                EXPECT_EQ(answer.status, 401);
                mine.insert(answer["X-Request-Id"]);
                ++answered;
            }
        });
    const auto good = read_whole_file(server.config_file());
    constexpr int rounds = 12;
    for (int round = 0; round < rounds; ++round) {
        write_file(server.config_file(), round % 2 == 0 ? good : good + "nonsense");
        for (const std::string name : {"audit.log", "latchkey.log"})
            std::filesystem::rename(in(server, name), in(server, name + '.' + std::to_string(round)));
        server.process().send_signal(SIGHUP);
        const int seen = answered;
        wait_until([&] { return answered > seen + 10; }, "requests");
        wait_until(
            [&] {
                return std::filesystem::exists(in(server, "audit.log")) &&
                       std::filesystem::exists(in(server, "latchkey.log"));
            },
            "the new files");
    }
    over = true;
    for (auto& client : clients)
        client.join();
    EXPECT_EQ(server.stop(), 0);

    std::multiset<std::string> found;
    for (int round = 0; round <= rounds; ++round) {
        const auto suffix = round == rounds ? "" : '.' + std::to_string(round);
        for (const auto& event : json_lines(in(server, "audit.log" + suffix)))
            if (event["event"] == "login")
                found.insert(event["request_id"]);
        EXPECT_GT(std::filesystem::file_size(in(server, "latchkey.log" + suffix)), 0U) << "configuration_reloaded";
    }
    std::multiset<std::string> expected;
    for (const auto& mine : asked)
        expected.insert(mine.begin(), mine.end());
    EXPECT_GT(expected.size(), 100U);
    EXPECT_TRUE(found == expected) << found.size() << " of " << expected.size();
}

// A4: a full disk; a FIFO whose reader stopped reading. Nobody waits, and the log says what is missing.
TEST_F(audit_file, a_sink_that_takes_nothing_holds_up_nobody) {
    const temp_dir directory;
    const auto fifo = directory / "fifo";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    const unique_fd reader(::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    for (const std::string& sink : {std::string("/dev/full"), fifo}) {
        SCOPED_TRACE(sink);
        latchkey_server server(setup(sink));
        auto connection = server.connect();
        for (int i = 0; i < 1'000; ++i)  // more than a pipe holds
            ASSERT_EQ(connection.ask(wrong_login("nobody@example.com")).status, 401);
        EXPECT_EQ(server.ask(login_request(alice())).status, 200);
        wait_until([&] { return count_events(in(server, "latchkey.log"), "audit_events_lost") > 0; }, "told");
        EXPECT_EQ(server.stop(), 0);
    }
}

TEST_F(audit_file, tail_shows_the_last_events) {
    latchkey_server server(setup());
    server.ask(wrong_login("one@example.com"));
    server.ask(wrong_login("two\x1b[31m@example.com"));
    server.login(alice());
    EXPECT_EQ(server.stop(), 0);
    const auto shown = server.command({"audit", "tail", "-n", "3"});
    EXPECT_EQ(shown.status, 0) << shown.errors;
    EXPECT_THAT(shown.output, HasSubstr("unknown_user  two\\x1b[31m@example.com  from 127.0.0.1"));
    EXPECT_THAT(shown.output, HasSubstr(alice().email));
    EXPECT_THAT(shown.output, HasSubstr("server_stopped"));
    EXPECT_THAT(shown.output, Not(HasSubstr("one@example.com")));
    const auto raw = server.command({"audit", "tail", "-n", "100", "--json"});
    EXPECT_EQ(raw.output, read_whole_file(in(server, "audit.log")));
}

TEST_F(audit_file, tail_picks_the_events_out_of_a_log) {
    for (const char* format : {"\"json\"", "\"text\""}) {
        server_setup with_log = setup("");
        with_log.config["log.format"] = format;
        latchkey_server server(with_log);
        server.login(alice());
        EXPECT_EQ(server.stop(), 0);
        const auto shown = server.command({"audit", "tail"});
        EXPECT_EQ(shown.status, 0) << shown.errors;
        EXPECT_THAT(shown.output, HasSubstr(alice().email));
        EXPECT_THAT(shown.output, Not(HasSubstr("listening")));
        EXPECT_EQ(server.command({"audit", "tail", "--json"}).status, format[1] == 'j' ? 0 : 2);
    }
}

TEST_F(audit_file, tail_says_where_the_events_are_instead) {
    server_setup to_stdout;
    to_stdout.users.clear();
    to_stdout.start = false;
    const latchkey_server nowhere(to_stdout);
    const auto refused = nowhere.command({"audit", "tail"});
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.errors, HasSubstr("standard output"));
    for (const char* file : {"missing.log", "."}) {
        server_setup without = setup(file);
        without.users.clear();
        without.start = false;
        const auto missing = latchkey_server(without).command({"audit", "tail", "--json"});
        EXPECT_EQ(missing.status, 1);
        EXPECT_THAT(missing.errors, HasSubstr("audit.file"));
    }
}

TEST_F(audit_file, tail_follows_across_rotations) {
    latchkey_server server(setup());
    child_options options;
    options.argv = {latchkey_program(), "audit", "tail", "--follow", "--json", "--config", server.config_file()};
    options.directory = server.directory().path().string();
    child_process tail(options);
    ASSERT_TRUE(tail.wait_for_output([](const std::string& text) { return text.find('\n') != std::string::npos; }));
    for (int round = 0; round < 3; ++round) {
        const auto before = server.ask(wrong_login("a@example.com"))["X-Request-Id"];
        std::filesystem::rename(in(server, "audit.log"), in(server, "audit.log." + std::to_string(round)));
        server.process().send_signal(SIGHUP);
        const auto after = server.ask(wrong_login("b@example.com"))["X-Request-Id"];
        EXPECT_TRUE(tail.wait_for_output([&](const std::string& text) {
            return text.find(before) != std::string::npos && text.find(after) != std::string::npos;
        })) << tail.output();
    }
    std::set<std::string> lines;
    std::istringstream text(tail.output());
    for (std::string line; std::getline(text, line);)
        EXPECT_TRUE(lines.insert(line).second) << "twice: " << line;
    tail.send_signal(SIGTERM);
    tail.wait();
}

}  // namespace
}  // namespace latchkey::test
