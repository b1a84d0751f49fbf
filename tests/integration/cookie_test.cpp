// C3: which Cookie fields are somebody's session, and that nothing else ever is.
#include "expectations.hpp"
#include "latchkey_server.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cctype>

namespace latchkey::test {
namespace {

class cookies : public testing::Test {
protected:
    static void SetUpTestSuite() {
        server_ = std::make_unique<latchkey_server>();
        token_ = server_->login(alice());
        other_ = server_->login(alice());
    }
    static void TearDownTestSuite() { server_.reset(); }
    static latchkey_server& server() { return *server_; }
    static const std::string& token() { return token_; }
    static const std::string& other() { return other_; }

    static void expect_session(const header_list& headers) {
        EXPECT_EQ(server().ask(get("/sessions/whoami", headers)).status, 200) << headers.front().second;
    }
    static void expect_none(const header_list& headers, const std::string& target = "/sessions/whoami") {
        SCOPED_TRACE(headers.empty() ? target : headers.front().second);
        const auto response = server().ask(get(target, headers));
        expect_problem(response, 401, "no_session");
        EXPECT_EQ(response.count("Set-Cookie"), 0U) << "a check never sets or clears a cookie";
        const auto check = server().ask(
            get("/api/authz/auth-request" +
                    target.substr(target.find('?') == std::string::npos ? target.size() : target.find('?')),
                headers));
        EXPECT_EQ(check.status, 401);
    }

private:
    inline static std::unique_ptr<latchkey_server> server_;
    inline static std::string token_, other_;
};

std::string pair_of(const std::string& value) {
    return std::string(session_cookie) + '=' + value;
}

// The same 32 bytes, or none, written differently.
TEST_F(cookies, only_the_canonical_value_counts) {
    const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const auto last = alphabet.find(token().back());
    ASSERT_EQ(last % 4, 0U) << "43 characters hold 258 bits: the last two must be zero";
    for (std::size_t bits = 1; bits < 4; ++bits)
        expect_none({{"Cookie", pair_of(token().substr(0, 42) + alphabet[last + bits])}});
    expect_session({{"Cookie", pair_of(token())}});

    std::string changed = token();
    changed.front() = changed.front() == 'A' ? 'B' : 'A';
    std::string upper = token(), encoded = percent_encode("_") + token();
    for (auto& c : upper)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    for (const auto& value : {changed,
                              upper,
                              token() + '=',
                              token() + "==",
                              token().substr(0, 42),
                              token() + 'A',
                              token() + token(),
                              '"' + token() + '"',
                              "%" + token(),
                              token().substr(0, 42) + "%41",
                              token() + " x",
                              token() + '\t' + token(),
                              std::string(43, 'A'),
                              std::string(43, '+'),
                              std::string(43, '/'),
                              std::string(43, '\xff'),
                              std::string(),
                              std::string(1, '='),
                              std::string(3'900, 'A'),
                              std::string("null"),
                              std::string("undefined"),
                              std::string("../../etc/passwd"),
                              std::string("' OR 1=1 --"),
                              std::string("\xc3\xa9")})
        expect_none({{"Cookie", pair_of(value)}});
    expect_none({});
}

TEST_F(cookies, other_cookies_are_tolerated) {
    const auto mine = pair_of(token());
    for (const auto& field :
         {"a=b; " + mine, mine + "; a=b", "a=b; " + mine + "; c=d", "a=b;" + mine + ";c=d", "a; ; =; b=;" + mine,
          "a=\"x; y\"; " + mine, mine + ';', "; " + mine, "session=zzz; " + mine, "__Host-sessionx=zzz; " + mine,
          "x__Host-session=zzz; " + mine, "__host-session=zzz; " + mine, "__Secure-session=zzz; " + mine,
          "a=__Host-session=zzz; " + mine, std::string("a=\xff\xfe; ") + mine,
          mine + "; " + std::string(3'000, 'a') + "=b"})
        expect_session({{"Cookie", field}});
    expect_session({{"Cookie", "a=b"}, {"Cookie", mine}, {"Cookie", "c=d"}});
    expect_session({{"cookie", mine}});
    for (const auto& name : {"session", "__Secure-session", "__host-session", "__HOST-SESSION", "__Host-sessio",
                             "__Host-session2", "$__Host-session", "__Host-device"})
        expect_none({{"Cookie", std::string(name) + '=' + token()}});
    expect_none({{"Cookie", token()}});
    expect_none({{"Cookie2", mine}});
    expect_none({{"Set-Cookie", mine}});
}

TEST_F(cookies, two_different_values_are_nobody) {
    const auto mine = pair_of(token()), second = pair_of(other());
    expect_session({{"Cookie", mine}});
    expect_session({{"Cookie", second}});
    expect_none({{"Cookie", mine + "; " + second}});
    expect_none({{"Cookie", mine}, {"Cookie", second}});
    expect_none({{"Cookie", mine + "; " + pair_of(std::string(43, 'A'))}});
    expect_none({{"Cookie", pair_of("") + "; " + mine}});
    expect_none({{"Cookie", pair_of("x") + "; " + mine}});
    expect_none({{"Cookie", mine + "; " + mine + "; " + second}});
    expect_none({{"Cookie", mine + "; " + second + "; " + mine}});
    std::string many = mine;
    for (int i = 0; i < 20; ++i)
        many += "; " + pair_of(std::to_string(i));
    expect_none({{"Cookie", many}});
}

TEST_F(cookies, the_same_value_twice_counts_once) {
    const auto mine = pair_of(token());
    expect_session({{"Cookie", mine + "; " + mine}});
    expect_session({{"Cookie", mine}, {"Cookie", mine}});
    expect_session({{"Cookie", mine + "; a=b; " + mine}, {"Cookie", mine}});
}

TEST_F(cookies, an_id_anywhere_else_is_ignored) {
    for (const auto& query : {pair_of(token()), "session=" + token(), "token=" + token(), "access_token=" + token()})
        expect_none({}, "/sessions/whoami?" + query);
    expect_none({{"X-Session", token()}});
    expect_none({{"X-Session-Token", token()}});
    expect_none({{"Authorization", "Bearer " + token()}});
    expect_none({{"Authorization", token()}});
    expect_none({{"Authorization", "Basic YWxpY2VAZXhhbXBsZS5jb206dHIwbWJvbmUtdW5kZXItZ2xhc3M="}});
    // In a body: whoever logs in gets a new one, and the ID in the body is still alive and still somebody's.
    const auto response = server().ask(post_json(
        "/login",
        R"({"email":"bob@example.com","password":"nine-quiet-Lanterns","__Host-session":")" + token() + "\"}"));
    EXPECT_EQ(response.status, 200);
    EXPECT_NE(cookie_of(response), token());
    expect_session({{"Cookie", pair_of(token())}});
}

TEST_F(cookies, public_ids_open_nothing) {
    const auto who = json_of(server().ask(get("/sessions/whoami", with_cookie(token()))));
    for (const std::string id : {who["id"], who["user"]["id"]}) {
        expect_none({{"Cookie", pair_of(id)}});
        expect_none({{"Cookie", pair_of((id + std::string(43, 'A')).substr(0, 43))}});
    }
}

// Credentials of other schemes beside a cookie are not ours.
TEST_F(cookies, basic_authorization_beside_a_cookie_is_ignored) {
    expect_session(with_cookie(token(), {{"Authorization", "Basic Ym9iOng="}}));
}

// Plain HTTP for local development has another name and no Secure.
TEST(cookie_options, secure_off_and_domain) {
    {
        server_setup setup;
        setup.config["cookie.secure"] = "false";
        setup.config["cookie.same_site"] = "\"Strict\"";
        latchkey_server server(setup);
        const auto response = server.ask(login_request(alice()));
        const auto value = cookie_of(response);
        EXPECT_EQ(session_field(response), "session=" + value + "; Path=/; HttpOnly; SameSite=Strict");
        EXPECT_EQ(server.ask(get("/sessions/whoami", {{"Cookie", "session=" + value}})).status, 200);
        EXPECT_EQ(server.ask(get("/sessions/whoami", with_cookie(value))).status, 401);
    }
    server_setup setup;
    setup.config["server.public_url"] = "\"https://auth.example.com\"";
    setup.config["cookie.domain"] = "\"example.com\"";
    latchkey_server server(setup);
    const auto response = server.ask(login_request(alice()));
    const auto value = cookie_of(response);
    EXPECT_EQ(session_field(response),
              "__Secure-session=" + value + "; Path=/; Domain=example.com; Secure; HttpOnly; SameSite=Lax");
    EXPECT_EQ(server.ask(get("/sessions/whoami", {{"Cookie", "__Secure-session=" + value}})).status, 200);
}

}  // namespace
}  // namespace latchkey::test
