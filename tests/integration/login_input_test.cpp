// L3: what is not a login is refused, whatever it is, and never crashes anything.
#include "expectations.hpp"
#include "latchkey_server.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace latchkey::test {
namespace {

class login_input : public testing::Test {
protected:
    static void SetUpTestSuite() { server_ = std::make_unique<latchkey_server>(); }
    static void TearDownTestSuite() { server_.reset(); }
    static latchkey_server& server() { return *server_; }

    // 400 or 401, a proper problem, no cookie; and nothing worse has happened to the server.
    static void expect_refused(const http_request& request, std::vector<int> statuses = {400}) {
        const auto response = server().ask(request);
        EXPECT_THAT(statuses, testing::Contains(response.status)) << request.body.substr(0, 200);
        expect_common_headers(response);
        EXPECT_EQ(response.count("Set-Cookie"), 0U);
        if (response["Content-Type"] == "application/problem+json")
            expect_problem(response, response.status,
                           response.status == 401 ? "invalid_credentials" : json_of(response).value("code", ""));
        EXPECT_TRUE(server().process().running());
    }

private:
    inline static std::unique_ptr<latchkey_server> server_;
};

const std::string good = R"("email":"alice@example.com","password":"tr0mbone-under-glass")";

TEST_F(login_input, not_the_json_that_is_asked_for) {
    ASSERT_EQ(server().ask(post_json("/login", '{' + good + '}')).status, 200) << "the base of the cases below";
    const std::vector<std::string> bodies{
        "",
        " ",
        "{",
        "}",
        "{}",
        "[]",
        "null",
        "true",
        "1",
        "\"x\"",
        "{" + good,
        good,
        "{" + good + "}x",
        "{" + good + "}{" + good + "}",
        "[{" + good + "}]",
        "{" + good + ",}",
        "{'email':1}",
        "\xef\xbb\xbf{",
        R"({"email":"alice@example.com"})",
        R"({"password":"tr0mbone-under-glass"})",
        R"({"email":null,"password":"x"})",
        R"({"email":1,"password":"x"})",
        R"({"email":true,"password":"x"})",
        R"({"email":["alice@example.com"],"password":"x"})",
        R"({"email":{"$ne":""},"password":{"$ne":""}})",
        R"({"email":"alice@example.com","password":1})",
        R"({"email":"alice@example.com","password":null})",
        R"({"email":"alice@example.com","password":["tr0mbone-under-glass"]})",
        "{" + good + R"(,"remember_me":"true"})",
        "{" + good + R"(,"remember_me":1})",
        "{" + good + R"(,"remember_me":[]})",
        "{" + good + R"(,"rd":1})",
        "{" + good + R"(,"rd":[]})",
        "{" + good + R"(,"rd":{"a":"b"}})",
        "{" + good + R"(,"email":"bob@example.com"})",
        "{" + good + R"(,"password":"x"})",
        "{" + good + R"(,"email":"alice@example.com"})",
        "{" + good + R"(,"rd":"/a","rd":"/b"})",
        "{" + good + R"(,"other":1,"other":2})",
        "{" + good + R"(,"\u0065mail":"bob@example.com"})",
    };
    for (const auto& body : bodies) {
        SCOPED_TRACE(body);
        expect_refused(post_json("/login", body));
    }
}

TEST_F(login_input, json_depth_bombs) {
    for (const int depth : {10, 100, 1'000, 8'000}) {
        SCOPED_TRACE(depth);
        const auto n = static_cast<std::size_t>(depth);
        expect_refused(post_json("/login", std::string(n, '[')));
        expect_refused(post_json("/login", std::string(n, '[') + std::string(n, ']')));
        expect_refused(post_json("/login", "{" + good + ",\"x\":" + std::string(n, '[') + std::string(n, ']') + "}"));
    }
    std::string objects = "1";
    for (int i = 0; i < 2'000; ++i)
        objects = R"({"a":)" + objects + "}";
    expect_refused(post_json("/login", "{" + good + ",\"x\":" + objects + "}"));
    expect_refused(post_json("/login", "{" + good + ",\"n\":1e999999999}"), {200, 400});
}

TEST_F(login_input, bytes_that_are_no_text) {
    const auto with_email = [](const std::string& email) {
        return R"({"email":")" + email + R"(","password":"tr0mbone-under-glass"})";
    };
    for (const std::string& email :
         {std::string("alice@example.com\0", 18), std::string("\0", 1), std::string("alice@example.com\xff"),
          std::string("\xc0\xaf"), std::string("\xed\xa0\x80"), std::string("\xf5\x80\x80\x80"),
          std::string("alice@example.com\n"), std::string("alice@example.com\r\nX: y"), std::string("\x1b[2J"),
          std::string("\\u0000"), std::string("alice@example.com\\u0000"), std::string("\\ud800"),
          std::string("\\udc00\\ud800"), std::string("alice\\u0000@example.com"), std::string("\\u202ealice")}) {
        SCOPED_TRACE(testing::PrintToString(email));
        expect_refused(post_json("/login", with_email(email)), {400, 401});
    }
    for (const std::string email : {"%00", "alice%40example.com%00", "%FF", "%C0%AF", "%ED%A0%80", "%", "%4", "%zz"}) {
        SCOPED_TRACE(email);
        auto request = post_form("/login", {});
        request.body = "email=" + email + "&password=" + alice().password;
        expect_refused(request, {400, 401});
    }
}

// One mailbox has one identity, and no other text is one (GHSA-c5c4-8r6x-56w3).
TEST_F(login_input, what_is_no_email) {
    for (const std::string email : {"",
                                    " ",
                                    "alice",
                                    "@",
                                    "alice@",
                                    "@example.com",
                                    "alice@example.com@evil.test",
                                    "a@b@alice@example.com",
                                    "evil@test@example.com",
                                    " alice@example.com",
                                    "alice@example.com ",
                                    "alice@ example.com",
                                    "alice @example.com",
                                    "\\talice@example.com",
                                    "<alice@example.com>",
                                    "Alice <alice@example.com>",
                                    "alice@example.com,bob@example.com",
                                    "alice@example.com;bob@example.com",
                                    "\\\"alice\\\"@example.com",
                                    "alice(x)@example.com",
                                    "alice@example.com.",
                                    "alice@.example.com",
                                    "alice@example..com",
                                    "alice@[127.0.0.1]",
                                    "%",
                                    "_",
                                    "' OR '1'='1",
                                    "alice@example.com'--",
                                    "alice%40example.com",
                                    "\\u0430lice@example.com",
                                    "alice@ex\\u00e4mple.com",
                                    "\\uff41lice@example.com"}) {
        SCOPED_TRACE(email);
        expect_refused(post_json("/login", R"({"email":")" + email + R"(","password":"tr0mbone-under-glass"})"),
                       {400, 401});
    }
    for (const std::size_t size : {std::size_t{255}, std::size_t{4'000}, std::size_t{15'000}})
        expect_refused(post_json("/login", R"({"email":")" + std::string(size, 'a') +
                                               R"(@example.com","password":"tr0mbone-under-glass"})"),
                       {400, 401});
}

// P1: said before any lookup, and exact (Django CVE-2013-1443).
TEST_F(login_input, password_length) {
    const auto attempt = [&](std::size_t size) {
        return server().ask(
            post_json("/login", R"({"email":"alice@example.com","password":")" + std::string(size, 'x') + "\"}"));
    };
    expect_problem(attempt(1'024), 401, "invalid_credentials");
    expect_problem(attempt(1'025), 400, "password_too_long");
    expect_problem(attempt(15'000), 400, "password_too_long");
    const auto unknown = server().ask(
        post_json("/login", R"({"email":"no@example.com","password":")" + std::string(1'025, 'x') + "\"}"));
    expect_problem(unknown, 400, "password_too_long");
    // Bytes, not characters.
    std::string euros;
    for (int i = 0; i < 342; ++i)
        euros += "\xe2\x82\xac";
    expect_problem(server().ask(post_json("/login", R"({"email":"alice@example.com","password":")" + euros + "\"}")),
                   400, "password_too_long");
}

TEST_F(login_input, passwords_are_exact_bytes) {
    for (const std::string password :
         {"tr0mbone-under-glass ", " tr0mbone-under-glass", "TR0MBONE-under-glass", "tr0mbone-under-glas",
          "tr0mbone-under-glasss", "tr0mbone-under-glass\\u0000", "tr0mbone-under-glass\\n", ""}) {
        SCOPED_TRACE(password);
        expect_refused(post_json("/login", R"({"email":"alice@example.com","password":")" + password + "\"}"), {401});
    }
}

TEST_F(login_input, media_types) {
    const auto attempt = [&](const header_list& headers, const std::string& body) {
        return server().ask({"POST", "/login", headers, body});
    };
    const auto body = login_body(alice());
    for (const char* type : {"text/plain", "application/xml", "multipart/form-data; boundary=x", "", "json", "*/*",
                             "application/json2", "application/jsonp", "text/json", "application/json; charset=latin1",
                             "application/json, text/plain", "application/x-www-form-urlencoded2"})
        expect_problem(attempt({{"Content-Type", type}}, body), 415, "unsupported_media_type");
    expect_problem(attempt({}, body), 415, "unsupported_media_type");
    expect_problem(attempt({{"Content-Type", "application/json"}, {"Content-Type", "text/plain"}}, body), 415,
                   "unsupported_media_type");
    expect_problem(attempt({{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}}, body), 415,
                   "unsupported_media_type");
    for (const char* type : {"application/json", "Application/JSON", "application/json;charset=utf-8",
                             "application/json ; charset=\"UTF-8\""})
        EXPECT_EQ(attempt({{"Content-Type", type}}, body).status, 200) << type;
}

TEST_F(login_input, forms_that_say_something_twice_or_not_at_all) {
    const auto attempt = [](const std::string& body) {
        auto request = post_form("/login", {});
        request.body = body;
        return request;
    };
    const std::string whole = "email=alice%40example.com&password=tr0mbone-under-glass";
    ASSERT_EQ(server().ask(attempt(whole)).status, 303);
    for (const std::string& body :
         {std::string{}, std::string("email=alice%40example.com"), std::string("password=x"), std::string("&&&"),
          std::string("=&=&="), whole + "&email=bob%40example.com", whole + "&password=x", "password=x&" + whole,
          whole + "&%65mail=bob%40example.com", whole + "&rd=/a&rd=/b", std::string("{" + good + "}")}) {
        SCOPED_TRACE(body);
        expect_refused(attempt(body));
    }
    std::string many = whole;
    for (int i = 0; i < 3'000; ++i)
        many += "&a=";
    expect_refused(attempt(many));
}

}  // namespace
}  // namespace latchkey::test
