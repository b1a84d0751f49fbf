// What the logs say, and what they never say.
#include "expectations.hpp"
#include "latchkey_server.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <regex>

namespace latchkey::test {
namespace {

using nlohmann::json;

class log_lines : public testing::Test {
protected:
    // All lines, parsed; every one must be a JSON object. Waits until `n` audit events are among them.
    std::vector<json> audit(std::size_t n) {
        const auto count = [](const std::string& text) {
            std::size_t found = 0;
            for (auto at = text.find("\"audit\":true"); at != std::string::npos;
                 at = text.find("\"audit\":true", at + 1))
                ++found;
            return found;
        };
        EXPECT_TRUE(server_.process().wait_for_output([&](const std::string& text) {
            return count(text) > n && text.ends_with('\n');
        })) << server_.output();
        std::vector<json> events;
        for (const auto& line : server_.log_lines()) {
            const auto event = json::parse(line, nullptr, false);
            EXPECT_TRUE(event.is_object()) << line;
            if (event.is_object() && event.value("audit", false) && event["event"] != "server_started")
                events.push_back(event);
        }
        EXPECT_EQ(events.size(), n) << server_.output();
        events.resize(n);
        return events;
    }

    latchkey_server server_;
};

bool is_utc_time(const std::string& text) {
    return std::regex_match(text, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)"));
}

// A3
TEST_F(log_lines, one_audit_event_for_each_act) {
    const auto ok = server_.ask(login_request(alice()));
    const auto wrong = server_.ask(post_json("/login", R"({"email":"alice@example.com","password":"x"})"));
    const auto unknown = server_.ask(post_json("/login", R"({"email":"nobody@example.com","password":"x"})"));
    const auto disabled = server_.ask(login_request(mallory()));
    const auto form = server_.ask(post_form("/login", {{"email", alice().email}, {"password", "x"}}));
    const auto out = server_.ask({"POST", "/logout", with_cookie(cookie_of(ok)), {}});
    server_.ask({"POST", "/logout", with_cookie(cookie_of(ok)), {}});  // ends nothing: no act
    server_.ask(get("/sessions/whoami"));

    const auto events = audit(6);
    const auto me = json_of(ok)["session"];
    const std::vector<const http_response*> answers{&ok, &wrong, &unknown, &disabled, &form, &out};
    for (std::size_t i = 0; i < events.size(); ++i) {
        SCOPED_TRACE(events[i].dump());
        EXPECT_EQ(events[i]["event"], i == 5 ? "logout" : "login");
        EXPECT_EQ(events[i]["success"], i == 0 || i == 5);
        EXPECT_EQ(events[i]["request_id"], (*answers[i])["X-Request-Id"]);
        EXPECT_EQ(events[i]["client_ip"], "127.0.0.1");
        EXPECT_TRUE(is_utc_time(events[i].value("time", "")));
    }
    for (const std::size_t i : {std::size_t{0}, std::size_t{5}}) {
        EXPECT_EQ(events[i]["user_id"], me["user"]["id"]);
        EXPECT_EQ(events[i]["session_id"], me["id"]);
        EXPECT_EQ(events[i]["email"], alice().email);
    }
    EXPECT_EQ(events[1]["reason"], "wrong_password");
    EXPECT_EQ(events[2]["reason"], "unknown_user");
    EXPECT_EQ(events[2]["email"], "nobody@example.com");
    EXPECT_EQ(events[3]["reason"], "disabled");
    EXPECT_EQ(events[4]["reason"], "wrong_password");
}

// A1
TEST_F(log_lines, no_secret_is_ever_logged) {
    const auto cookie = server_.login(alice());
    const std::string canary = "canary-7f3a91";
    for (const auto& request :
         {get("/sessions/whoami", with_cookie(cookie)), get("/sessions/whoami", with_cookie(canary)),
          get("/api/authz/auth-request", with_cookie(cookie)), get("/login?password=" + canary),
          get("/nothing/" + canary), get("/" + canary, {{"Authorization", canary}}),
          post_json("/login", R"({"email":"alice@example.com","password":")" + canary + "\"}"),
          post_json("/login", R"({"email":"alice@example.com","password":")" + canary + "\","),
          post_form("/login", {{"email", alice().email}, {"password", canary}}),
          post_form("/login", {{"email", alice().email}, {"password", canary + std::string(2'000, 'x')}}),
          post_json("/login", login_body(bob()), with_cookie(cookie)),
          http_request{"POST", "/logout", with_cookie(cookie), {}}})
        server_.ask(request);
    EXPECT_EQ(server_.stop(), 0);
    for (const auto& text : {server_.output(), server_.errors()})
        for (const auto& secret : {cookie, canary, alice().password, bob().password})
            EXPECT_EQ(text.find(secret), std::string::npos) << secret;
    EXPECT_THAT(server_.output(), testing::HasSubstr("\"audit\":true")) << "the log that was searched";
}

// A2
TEST_F(log_lines, hostile_text_makes_one_valid_line) {
    const std::vector<std::string> emails{"x\\r\\n{\\\"audit\\\":true,\\\"event\\\":\\\"forged\\\"}",
                                          "\\u001b[31mred",
                                          "\\u2028line",
                                          "\\u0000",
                                          "\\u0085",
                                          "\\\"},{\\\"a\\\":\\\"b",
                                          "\\\\",
                                          std::string(5'000, 'x'),
                                          "\\ud83d\\ude00@example.com",
                                          "\\u202e@example.com"};
    std::size_t acts = 0;
    for (const auto& email : emails) {
        const auto response = server_.ask(post_json("/login", R"({"email":")" + email + R"(","password":"x"})"));
        acts += response.status == 401 ? 1U : 0U;
    }
    for (const std::string agent : {"\xff\xfe\xc3\x28", "\"},{\"forged\":true", "\\", "\xe2\x80\xa8", "\xc2\x85"}) {
        server_.ask(login_request(alice(), {{"User-Agent", agent}}));
        ++acts;
    }
    ASSERT_GT(acts, 5U);
    for (const auto& event : audit(acts)) {
        EXPECT_EQ(event["event"], "login");
        EXPECT_EQ(event.count("forged"), 0U);
    }
    for (const auto& line : server_.log_lines()) {
        EXPECT_THAT(line, testing::Not(testing::HasSubstr("\x1b")));
        EXPECT_THAT(line, testing::Not(testing::HasSubstr("\xe2\x80\xa8")));
        EXPECT_LE(line.size(), 16'384U);
    }
}

// The User-Agent comes back in the session object: printable and short.
TEST_F(log_lines, a_hostile_user_agent_is_shortened) {
    for (const std::string& agent : {std::string("\xff\xfe") + "ok", std::string(5'000, 'a'), std::string("a\tb"),
                                     std::string("\xe2\x82"), std::string("<script>alert(1)</script>")}) {
        const auto response = server_.ask(login_request(alice(), {{"User-Agent", agent}}));
        ASSERT_EQ(response.status, 200);
        const std::string kept = json_of(response)["session"]["device"]["user_agent"];
        EXPECT_LE(kept.size(), 128U);
        for (const char c : kept)
            EXPECT_GE(static_cast<unsigned char>(c), 0x20);
    }
}

// A4: nobody reads the log, and nobody waits for it.
TEST(closed_log, requests_go_on) {
    server_setup setup;
    setup.config["log.file"] = "\"/dev/full\"";
    latchkey_server server(setup);
    for (int i = 0; i < 200; ++i)
        ASSERT_EQ(server.ask(login_request(alice())).status, 200);
}

}  // namespace
}  // namespace latchkey::test
