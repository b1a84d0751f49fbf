#include "log_reader.hpp"

#include "audit_line.hpp"
#include "temporary_directory.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace latchkey {
namespace {

using lines = std::vector<std::string>;

class log_reader_test : public testing::Test {
protected:
    void append(const std::string& name, const std::string& text) {
        std::ofstream(directory_.path(name), std::ios::app) << text;
    }
    log_reader reader() {
        return {directory_.path("log"), [](std::string_view line) { return !line.starts_with("no"); }};
    }

    temporary_directory directory_;
};

TEST_F(log_reader_test, the_last_lines_of_a_long_file) {
    std::string text;
    for (int i = 0; i < 20'000; ++i)
        text += (i % 2 == 0 ? "no " : "line ") + std::to_string(i) + '\n';
    append("log", text + "yet unfinished");
    auto log = reader();
    ASSERT_FALSE(log.open());
    EXPECT_EQ(log.last(2), (lines{"line 19997", "line 19999"}));
    append("log", " and done\n");
    EXPECT_EQ(log.more(), lines{"yet unfinished and done"});
    for (const std::size_t count : {5'000U, 10'000U, 20'000U}) {
        auto again = reader();
        ASSERT_FALSE(again.open());
        const auto found = again.last(count);
        EXPECT_EQ(found.size(), std::min<std::size_t>(count, 10'001));
        EXPECT_EQ(found.back(), "yet unfinished and done");
        EXPECT_TRUE(again.more().empty());
    }
}

TEST_F(log_reader_test, empty_files_and_none) {
    auto log = reader();
    EXPECT_EQ(log.open(), std::errc::no_such_file_or_directory);
    append("log", "");
    ASSERT_FALSE(log.open());
    EXPECT_TRUE(log.last(10).empty());
    EXPECT_TRUE(log.more().empty());
    append("log", "a");
    EXPECT_TRUE(log.more().empty());
    append("log", "b\n\nc\n");
    EXPECT_EQ(log.more(), (lines{"ab", "", "c"}));
}

TEST_F(log_reader_test, none_of_the_past) {
    append("log", "one\ntwo");
    auto log = reader();
    ASSERT_FALSE(log.open());
    EXPECT_TRUE(log.last(0).empty());
    append("log", "!\nthree\n");
    EXPECT_EQ(log.more(), (lines{"two!", "three"}));
}

TEST_F(log_reader_test, follows_the_name) {
    append("log", "one\n");
    auto log = reader();
    ASSERT_FALSE(log.open());
    EXPECT_EQ(log.last(10), lines{"one"});
    std::filesystem::rename(directory_.path("log"), directory_.path("log.1"));
    EXPECT_TRUE(log.more().empty()) << "there is no new file yet";
    append("log", "");
    append("log.1", "two\n");
    EXPECT_EQ(log.more(), lines{"two"}) << "the writer has not noticed yet";
    append("log.1", "three\n");
    append("log", "four\n");
    EXPECT_EQ(log.more(), (lines{"three", "four"}));
    append("log", "five\n");
    EXPECT_EQ(log.more(), lines{"five"});
}

TEST_F(log_reader_test, starts_anew_in_a_truncated_file) {
    append("log", "one\ntwo\n");
    auto log = reader();
    ASSERT_FALSE(log.open());
    log.last(10);
    std::filesystem::resize_file(directory_.path("log"), 0);
    append("log", "2\n");
    EXPECT_EQ(log.more(), lines{"2"});
}

TEST(audit_line, knows_an_event_by_its_mark) {
    EXPECT_TRUE(is_json_audit_line(R"({"event":"login","audit":true})"));
    for (const char* line :
         {"", "{}", "null", "[]", "\"audit\":true", R"({"x":"\"audit\":true"})", R"({"audit":"true"})",
          R"(["audit",{"audit":true}])", "{\"audit\":true", "\xff\"audit\":true"})
        EXPECT_FALSE(is_json_audit_line(line)) << line;
    EXPECT_TRUE(is_text_audit_line("2026-01-01T00:00:00.000Z info login audit=true success=true"));
    for (const char* line :
         {"", "   ", "2026 info login", "2026 info x reason=\" audit=true\"", "2026 info x y audit=true"})
        EXPECT_FALSE(is_text_audit_line(line)) << line;
}

// A2: what is escaped in the file must not come to life on a terminal.
TEST(audit_line, is_harmless_to_a_terminal) {
    const auto shown = readable_audit_line(
        R"({"time":1,"event":"\u001b[2J","audit":true,"success":"x","reason":null,"email":"\u202ea\r\n\u2028\u009b","user_id":[]})");
    for (const char c : shown)
        EXPECT_TRUE(c >= 0x20 && c < 0x7f) << shown;
    EXPECT_NE(shown.find("refused"), std::string::npos);
}

TEST(audit_line, says_what_is_known) {
    EXPECT_EQ(readable_audit_line(R"({"time":"2026-01-31T09:00:00.123Z","event":"login","audit":true,"success":true,)"
                                  R"("reason":"","email":"a@b.example","client_ip":"192.0.2.1","session_id":"aa"})"),
              "2026-01-31T09:00:00.123Z  login                 done     a@b.example  from 192.0.2.1  session aa");
}

}  // namespace
}  // namespace latchkey
