#include "log.hpp"

#include "test_pipe.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <set>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace latchkey {
namespace {

using namespace std::literals;
using nlohmann::json;

log_options options_for(const test_pipe& pipe, std::string level = "info", std::string format = "json") {
    return {std::move(level), std::move(format), pipe.path()};
}

std::vector<std::string> events_in(const std::string& text) {
    std::vector<std::string> events;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        events.push_back(json::parse(line)["event"]);
    return events;
}

TEST(log, everything_written_is_out_when_the_logger_goes) {
    test_pipe pipe;
    {
        const auto log = make_logger(options_for(pipe));
        for (int i = 0; i < 100; ++i)
            log->write(log_level::info, "braces_{}_%s", {{"i", std::int64_t{i}}});
    }
    const auto text = pipe.drain();
    EXPECT_EQ(events_in(text), std::vector<std::string>(100, "braces_{}_%s"));
    EXPECT_NE(text.find("\"i\":99"), std::string::npos);
}

// A3: audit lines come through at every level.
TEST(log, writes_from_the_configured_level_up_and_audit_always) {
    const std::vector<std::string> all{"d", "i", "w", "e", "a"};
    const char* levels[] = {"debug", "info", "warn", "error"};
    for (std::size_t i = 0; i < 4; ++i) {
        test_pipe pipe;
        {
            const auto log = make_logger(options_for(pipe, levels[i]));
            log->write(log_level::debug, "d", {});
            log->write(log_level::info, "i", {});
            log->write(log_level::warn, "w", {});
            log->write(log_level::error, "e", {});
            log->write(log_level::audit, "a", {});
        }
        EXPECT_EQ(events_in(pipe.drain()),
                  std::vector<std::string>(all.begin() + static_cast<std::ptrdiff_t>(i), all.end()));
    }
}

TEST(log, text_format) {
    test_pipe pipe;
    make_logger(options_for(pipe, "info", "text"))->write(log_level::warn, "odd", {{"why", "no reason"sv}});
    EXPECT_TRUE(pipe.drain().ends_with(" warn odd why=\"no reason\"\n"));
}

TEST(log, says_what_is_wrong_with_its_file) {
    log_options options;
    options.file = "/nonexistent/latchkey.log";
    EXPECT_THROW(make_logger(options), std::system_error);
}

// A4: a reader that stopped reading. Callers go on, lines are counted, the end comes, and the loss is told.
TEST(log, a_stuck_reader_costs_lines_and_nothing_else) {
    test_pipe pipe;
    pipe.fill();
    auto log = make_logger(options_for(pipe));
    for (int i = 0; i < 10'000; ++i)
        log->write(log_level::info, "busy", {{"value", "\x01\x02\x03"sv}});
    while (log->dropped() < 10'000 - 2048 - 1)  // what neither the queue nor the writing thread holds
        std::this_thread::yield();
    log.reset();
    EXPECT_EQ(pipe.drain().find("busy"), std::string::npos);
}

// A4
TEST(log, tells_how_many_lines_were_lost_once_it_can) {
    test_pipe pipe;
    pipe.fill();
    auto log = make_logger(options_for(pipe));
    for (int i = 0; i < 10; ++i)
        log->write(log_level::info, "lost", {});
    while (log->dropped() < 10)
        std::this_thread::yield();
    EXPECT_EQ(log->dropped(), 10U);
    pipe.drain();
    log->write(log_level::info, "back", {});
    log.reset();
    const auto text = pipe.drain();
    EXPECT_EQ(events_in(text), (std::vector<std::string>{"back", "log_lines_lost"}));
    EXPECT_NE(text.find("\"since_start\":10"), std::string::npos);
}

// A4: without SIGPIPE being ignored by the program, too.
TEST(log, a_reader_that_went_away_costs_lines_and_nothing_else) {
    std::signal(SIGPIPE, SIG_DFL);
    test_pipe pipe;
    auto log = make_logger(options_for(pipe));
    pipe.close_reader();
    for (int i = 0; i < 10; ++i)
        log->write(log_level::info, "busy", {});
    while (log->dropped() < 10)
        std::this_thread::yield();
    log.reset();
}

// A4
TEST(log, a_full_disk_costs_lines_and_nothing_else) {
    const auto log = make_logger({"info", "json", "/dev/full"});
    for (int i = 0; i < 10; ++i)
        log->write(log_level::error, "disk", {});
    while (log->dropped() < 10)
        std::this_thread::yield();
}

TEST(concurrent_log, lines_of_many_threads_stay_whole) {
    test_pipe pipe;
    {
        const auto log = make_logger(options_for(pipe));
        std::vector<std::thread> threads;
        for (std::int64_t t = 0; t < 4; ++t)
            threads.emplace_back([&log, t] {
                for (std::int64_t i = 0; i < 100; ++i)
                    log->write(log_level::info, "line", {{"n", t * 100 + i}});
            });
        for (auto& one : threads)
            one.join();
        EXPECT_EQ(log->dropped(), 0U);
    }
    std::set<int> seen;
    std::istringstream lines(pipe.drain());
    for (std::string line; std::getline(lines, line);)
        seen.insert(json::parse(line)["n"].get<int>());
    EXPECT_EQ(seen.size(), 400U);
}

// A4
TEST(concurrent_log, losing_lines_from_many_threads) {
    test_pipe pipe;
    pipe.fill();
    const auto log = make_logger(options_for(pipe));
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&log] {
            for (int i = 0; i < 2'000; ++i) {
                log->write(log_level::info, "line", {});
                log->dropped();
            }
        });
    for (auto& one : threads)
        one.join();
}

}  // namespace
}  // namespace latchkey
