// Requirement A2: no value, however hostile, makes more or other than one valid line.
#include "log_line.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <random>
#include <string>

namespace latchkey {
namespace {

using namespace std::literals;
using nlohmann::json;

const std::chrono::system_clock::time_point moment{std::chrono::milliseconds(1'767'225'600'042)};

std::string line_with(std::string_view value, log_format format = log_format::json) {
    return render_log_line(format, moment, log_level::info, "login", {{"email", value}, {"after", true}});
}

bool is_one_printable_line(std::string_view line) {
    return !line.empty() && line.back() == '\n' &&
           std::all_of(line.begin(), line.end() - 1, [](char c) { return c >= 0x20 && c < 0x7f; });
}

TEST(log_line, is_a_json_object_with_the_common_keys_first) {
    const auto line =
        render_log_line(log_format::json, moment, log_level::warn, "accept_failed",
                        {{"reason", "Too many open files"sv}, {"count", std::int64_t{3}}, {"again", false}});
    EXPECT_EQ(line, R"({"time":"2026-01-01T00:00:00.042Z","level":"warn","event":"accept_failed",)"
                    R"("reason":"Too many open files","count":3,"again":false})"
                    "\n");
}

TEST(log_line, tells_every_level) {
    const auto level_of = [](log_level level) {
        return json::parse(render_log_line(log_format::json, moment, level, "e", {}))["level"].get<std::string>();
    };
    EXPECT_EQ(level_of(log_level::debug), "debug");
    EXPECT_EQ(level_of(log_level::info), "info");
    EXPECT_EQ(level_of(log_level::warn), "warn");
    EXPECT_EQ(level_of(log_level::error), "error");
    EXPECT_EQ(level_of(log_level::audit), "info");
}

TEST(log_line, text_quotes_what_is_not_a_plain_word) {
    const auto line = render_log_line(log_format::text, moment, log_level::info, "listening",
                                      {{"address", "127.0.0.1:9080"sv},
                                       {"empty", ""sv},
                                       {"reason", "no such \"file\""sv},
                                       {"fake", "x\" level=error"sv},
                                       {"n", std::int64_t{-1}}});
    EXPECT_EQ(line,
              "2026-01-01T00:00:00.042Z info listening address=127.0.0.1:9080 empty=\"\" "
              "reason=\"no such \\\"file\\\"\" fake=\"x\\\" level=error\" n=-1\n");
}

// A2
TEST(log_line, hostile_values_stay_values) {
    const std::string hostile[] = {
        "a\r\n{\"event\":\"login\",\"success\":true}",
        "\x1b[2J\x1b]0;owned\x07",
        "line\u2028and\u2029paragraph",
        "\xff\xfe\xc3\x28\xed\xa0\x80\xf0\x9f",
        "nul\0inside"s,
        "del\x7f c1\u009b31m",
        "right-to-left \u202egnp.exe",
        "{}%s%n${jndi:ldap://x}",
        "\"},{\"x\":\"",
        "",
    };
    for (const auto& value : hostile) {
        const auto line = line_with(value);
        EXPECT_TRUE(is_one_printable_line(line)) << line;
        const auto parsed = json::parse(line);
        EXPECT_EQ(parsed.size(), 5U);
        EXPECT_EQ(parsed["event"], "login");
        EXPECT_EQ(parsed["after"], true);
        EXPECT_TRUE(is_one_printable_line(line_with(value, log_format::text)));
    }
    EXPECT_EQ(json::parse(line_with("line\u2028end"))["email"], "line\u2028end");
    EXPECT_EQ(json::parse(line_with("a\xff"))["email"], "a\ufffd");
}

// A2
TEST(log_line, huge_values_are_cut_to_a_bounded_line) {
    for (const auto& unit : {"x"s, "\x01"s, "\xff"s, "é"s, "\U0001F511"s, "\\"s}) {
        std::string huge;
        while (huge.size() < 1'000'000)
            huge += unit;
        const auto line = line_with(huge);
        EXPECT_LE(line.size(), max_log_line);
        const auto email = json::parse(line)["email"].get<std::string>();
        EXPECT_TRUE(email.ends_with("\u2026"));
        // A character is never cut in two.
        EXPECT_EQ(email.find("\ufffd") == std::string::npos, unit != "\xff");

        const auto many = render_log_line(log_format::json, moment, log_level::audit, huge,
                                          {{"a", huge}, {"b", huge}, {"c", huge}, {"d", huge}, {"e", huge}});
        EXPECT_LE(many.size(), max_log_line);
        EXPECT_TRUE(is_one_printable_line(many));
        EXPECT_FALSE(json::parse(many)["e"].get<std::string>().empty());
    }
}

// A2: the same bytes as a JSON library's, whatever the value.
TEST(log_line, escapes_like_a_json_library) {
    const auto expect_same = [](const std::string& value) {
        const auto line = line_with(value);
        const auto begin = line.find("\"email\":") + 8;
        ASSERT_EQ(line.substr(begin, line.rfind(",\"after\"") - begin),
                  json(value).dump(-1, ' ', true, json::error_handler_t::replace));
    };
    for (int a = 0; a < 256; ++a)
        for (int b = 0; b < 256; ++b)
            expect_same({static_cast<char>(a), static_cast<char>(b), 'x'});
    std::mt19937 random(7);
    const std::string near = "\xc2\xe0\xed\xef\xf0\xf4\xf5\x80\x8f\x90\x9f\xa0\xbf\xff\"\\\x7f x\n"s + '\0';
    for (int round = 0; round < 100'000; ++round) {
        std::string value(random() % 8, ' ');
        for (char& c : value)
            c = round % 4 == 0 ? static_cast<char>(random()) : near[random() % near.size()];
        expect_same(value);
    }
}

TEST(log_line, cuts_at_exactly_one_kibibyte) {
    const std::string whole(1024, 'x');
    EXPECT_EQ(json::parse(line_with(whole))["email"], whole);
    EXPECT_EQ(json::parse(line_with(whole + "y"))["email"], whole + "\u2026");
}

TEST(log_line, a_field_cannot_replace_the_common_ones) {
    const auto line = render_log_line(log_format::json, moment, log_level::info, "real",
                                      {{"event", "fake"sv}, {"twice", std::int64_t{1}}, {"twice", std::int64_t{2}}});
    EXPECT_EQ(json::parse(line)["event"], "real");
    EXPECT_EQ(json::parse(line)["twice"], 1);
}

TEST(log_line, writes_extreme_numbers_and_times_before_the_epoch) {
    const auto line = render_log_line(log_format::json, std::chrono::system_clock::time_point{-1ms}, log_level::info,
                                      "e", {{"min", std::numeric_limits<std::int64_t>::min()}});
    EXPECT_EQ(json::parse(line)["time"], "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(json::parse(line)["min"], std::numeric_limits<std::int64_t>::min());
}

}  // namespace
}  // namespace latchkey
