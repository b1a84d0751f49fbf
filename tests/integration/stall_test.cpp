// Stalls: a server that is stopped for a while, a disk that is slow, a reader of the log that is gone or stuck.
#include "audit_lines.hpp"
#include "bare_server.hpp"
#include "deadline.hpp"
#include "expectations.hpp"
#include "process_probe.hpp"
#include "program_shim.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <csignal>
#include <stdexcept>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace latchkey::test {
namespace {

using namespace std::chrono_literals;

// SIGSTOP reaches one thread after the other.
void wait_until_stopped(pid_t pid) {
    for (const deadline until; !is_stopped(pid);)
        if (until.passed())
            throw std::runtime_error("the server does not stop");
}

// SIGSTOP, and time goes by: sessions are as old as they are, requests that came meanwhile are answered, and what was
// idle too long is closed.
TEST(stopped_server, goes_on_where_it_was) {
    if (const auto reason = program_shim::unusable(); !reason.empty())
        GTEST_SKIP() << reason;
    server_setup setup;
    setup.start = false;
    setup.config["session.idle_timeout"] = "\"30m\"";
    const latchkey_server home(setup);
    program_shim shim(home.directory() / "latchkey.db");
    bare_server server(home, shim.environment());
    server.start();
    const auto status_of = [&](const std::string& cookie) {
        return home.ask(get("/sessions/whoami", with_cookie(cookie))).status;
    };
    const auto used = home.login(alice()), unused = home.login(bob());
    auto open = home.connect();
    EXPECT_EQ(open.ask(get("/health/alive")).status, 200);
    shim.pass_time(20min);
    EXPECT_EQ(status_of(used), 200);

    server.send_signal(SIGSTOP);
    wait_until_stopped(server.pid());
    auto waiting = home.connect();  // the kernel takes it
    waiting.send("GET /health/alive HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_FALSE(waiting.readable(200ms));
    shim.pass_time(15min);
    server.send_signal(SIGCONT);

    EXPECT_EQ(waiting.read_response().status, 200);
    EXPECT_EQ(open.ask(get("/health/alive")).status, 200) << "no time-out has passed on the clock of the connections";
    EXPECT_EQ(status_of(used), 200) << "15 minutes idle";
    EXPECT_EQ(status_of(unused), 401) << "35 minutes idle";
    EXPECT_EQ(home.ask(login_request(alice())).status, 200);
    EXPECT_EQ(server.stop(), 0);
}

// A request whose deadline passed while the server was stopped is refused or cut off, not served for ever; and
// everybody else is served.
TEST(stopped_server, deadlines_count_the_time_it_was_stopped) {
    server_setup setup;
    setup.config["limits.header_timeout"] = "\"300ms\"";
    latchkey_server server(setup);
    auto slow = server.connect();
    slow.send("GET / HT");
    server.process().send_signal(SIGSTOP);
    wait_until_stopped(server.process().pid());
    EXPECT_FALSE(slow.readable(500ms));
    server.process().send_signal(SIGCONT);
    EXPECT_THAT(slow.read_to_end(), testing::AnyOf(testing::HasSubstr(" 408 "), testing::IsEmpty()));
    EXPECT_EQ(server.ask(login_request(alice())).status, 200);
}

// A disk that takes its time for each sync: logins wait for it and succeed, checks go on meanwhile.
TEST(slow_disk, holds_up_logins_and_no_checks) {
    if (const auto reason = program_shim::unusable(); !reason.empty())
        GTEST_SKIP() << reason;
    server_setup setup;
    setup.start = false;
    const latchkey_server home(setup);
    program_shim shim(home.directory() / "latchkey.db");
    bare_server server(home, shim.environment());
    server.start();
    const auto cookie = home.login(alice());
    shim.slow_down(1s);
    std::atomic<bool> answered{false};
    std::thread login([&] {
        EXPECT_EQ(home.ask(login_request(bob())).status, 200);
        answered = true;
    });
    int checks = 0;
    auto connection = home.connect();
    while (!answered) {
        EXPECT_EQ(connection.ask(get("/sessions/whoami", with_cookie(cookie))).status, 200);
        ++checks;
    }
    login.join();
    EXPECT_GT(checks, 50) << "while one login waited for the disk";
    shim.slow_down(0ms);
    EXPECT_EQ(home.ask({"POST", "/logout", with_cookie(cookie), {}}).status, 204);
    EXPECT_EQ(server.stop(), 0);
}

// The program with a standard output of the test's choosing.
class served_into {
public:
    served_into(const latchkey_server& home, int output) : pid_(::fork()) {
        if (pid_ == 0) {
            ::dup2(output, STDOUT_FILENO);
            ::execl(latchkey_program().c_str(), "latchkey", "serve", "--config", home.config_file().c_str(), nullptr);
            ::_exit(127);
        }
        wait_until(
            [&] {
                try {
                    return home.ask(get("/health/ready")).status == 200;
                } catch (const std::exception&) {
                    return false;
                }
            },
            "ready");
    }
    ~served_into() {
        if (pid_ > 0)
            ::kill(pid_, SIGKILL);
        end();
    }
    int stop() {
        ::kill(pid_, SIGTERM);
        return end();
    }

private:
    int end() {
        int status = 0;
        if (pid_ > 0)
            ::waitpid(std::exchange(pid_, -1), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    pid_t pid_;
};

// A4: standard output is full, a pipe without a reader, or one whose reader stopped reading. Requests go on, and the
// server ends when it is told to.
TEST(standard_output, that_takes_nothing_holds_up_nobody) {
    int closed[2], stuck[2];
    ASSERT_EQ(::pipe2(closed, O_CLOEXEC), 0);
    ASSERT_EQ(::pipe2(stuck, O_CLOEXEC), 0);
    const unique_fd closed_end(closed[1]), stuck_reader(stuck[0]), stuck_end(stuck[1]);
    ::close(closed[0]);
    const unique_fd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    for (const int output : {full.get(), closed_end.get(), stuck_end.get()}) {
        SCOPED_TRACE(output);
        server_setup setup;
        setup.start = false;
        const latchkey_server home(setup);
        served_into server(home, output);
        auto connection = home.connect();
        for (int i = 0; i < 600; ++i)  // more than a pipe holds
            ASSERT_EQ(connection.ask(wrong_login("nobody@example.com")).status, 401);
        EXPECT_EQ(home.ask(login_request(alice())).status, 200);
        EXPECT_EQ(server.stop(), 0);
    }
}

}  // namespace
}  // namespace latchkey::test
