#include "audit_log.hpp"

#include "log.hpp"
#include "test_pipe.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace latchkey {
namespace {

using namespace std::literals;
using nlohmann::json;

// The line that `event` makes, at the least talkative level.
std::string line_for(const audit_event& event) {
    test_pipe pipe;
    {
        const auto log = make_logger({"error", "json", pipe.path()});
        make_audit_sink(*log)->record(event);
    }
    return pipe.drain();
}

// A3: all that an investigator asks for, whatever the level.
TEST(audit_log, one_line_with_every_key) {
    audit_event event;
    event.type = "login";
    event.success = true;
    event.request_id = "req-1";
    event.email = "ada@example.com";
    event.user = public_id{};
    event.user->bytes.fill(0xab);
    event.session = public_id{};
    event.client.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1};
    auto line = json::parse(line_for(event));
    EXPECT_EQ(line["time"].get<std::string>().size(), "2026-01-01T00:00:00.000Z"sv.size());
    EXPECT_TRUE(line["time"].get<std::string>().ends_with("Z"));
    line.erase("time");
    EXPECT_EQ(line, (json{{"level", "info"},
                          {"event", "login"},
                          {"audit", true},
                          {"success", true},
                          {"reason", ""},
                          {"request_id", "req-1"},
                          {"email", "ada@example.com"},
                          {"user_id", "abababababababababababababababab"},
                          {"session_id", "00000000000000000000000000000000"},
                          {"client_ip", "192.0.2.1"}}));
}

TEST(audit_log, unknown_values_are_empty) {
    audit_event event;
    event.type = "login";
    event.reason = "unknown_user";
    const auto line = json::parse(line_for(event));
    EXPECT_EQ(line["success"], false);
    EXPECT_EQ(line["reason"], "unknown_user");
    for (const auto* key : {"user_id", "session_id", "client_ip", "email", "request_id"})
        EXPECT_EQ(line[key], "") << key;
}

// A2: the address as typed by an attacker.
TEST(audit_log, hostile_emails_make_one_valid_line) {
    const std::string hostile[] = {
        "x\r\n{\"event\":\"login\",\"audit\":true,\"success\":true}\r\n",
        "\x1b[31mroot\x1b[0m@example.com",
        "a\u2028b\u2029@example.com",
        "\xff\xc0\xaf\xed\xa0\x80@example.com",
        "nul\0@example.com"s,
        std::string(1'000'000, '\x01'),
        std::string(1'000'000, '\xff'),
        std::string(1'000'000, '"'),
    };
    for (const auto& email : hostile) {
        audit_event event;
        event.type = "login";
        event.reason = "unknown_user";
        event.email = email;
        const auto text = line_for(event);
        EXPECT_EQ(text.find('\n'), text.size() - 1);
        const auto line = json::parse(text);
        EXPECT_EQ(line["success"], false);
        EXPECT_EQ(line.size(), 11U);
    }
}

}  // namespace
}  // namespace latchkey
