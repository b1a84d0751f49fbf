// The token endpoints, with a token authority of a test's making behind them.
#include "fake_tokens.hpp"
#include "handler_fixture.hpp"

#include <gmock/gmock.h>

namespace latchkey::http {
namespace {

using ::testing::HasSubstr;

const std::string form_type = "Content-Type: application/x-www-form-urlencoded\r\n";

class token_handlers : public testing::handler_fixture {
protected:
    token_handlers() {
        ada_ = domain_.add_session("laptop", 12, testing::make_person(1, "ada@example.com"));
        tokens_.opened = ada_;
        options_.server.public_url = "https://auth.example.com";
        options_.tokens.enabled = true;
        on();
    }
    void on() {
        auto parts = domain_.get();
        parts.tokens = &tokens_;
        parts.introspection_callers = &callers_;
        use_domain(parts, options_);
    }
    void off() { use_domain(domain_.get(), options_); }

    testing::answer post(const std::string& path, const std::string& body, const std::string& fields = {}) {
        return ask("POST " + path, form_type + fields, body);
    }
    static std::string error_of(const testing::answer& a) { return a.json().value("error", ""); }

    testing::fake_tokens tokens_;
    admin_guard callers_{secret("a-secret-of-the-callers")};
    config options_;
    session ada_;
};

TEST_F(token_handlers, a_password_buys_a_pair) {
    const auto a = post("/token", "grant_type=password&username=ada%40example.com&password=p+w%26&scope=x&client_id=y");
    EXPECT_EQ(a.status, 200);
    EXPECT_EQ(a.body,
              "{\"access_token\":\"new-access\",\"token_type\":\"Bearer\",\"expires_in\":300,"
              "\"refresh_token\":\"new-refresh\"}\n");
    EXPECT_EQ(a.header("Cache-Control"), "no-store");  // RFC 6749 section 5.1
    EXPECT_EQ(a.header("Set-Cookie"), "");
    EXPECT_EQ(tokens_.last_name, "ada@example.com");
    EXPECT_EQ(tokens_.last_secret, "p w&");
    EXPECT_EQ(tokens_.last_request, a.header("X-Request-Id"));
}

TEST_F(token_handlers, a_refresh_token_buys_the_next_pair) {
    const auto a = post("/token", "grant_type=refresh_token&refresh_token=old-refresh");
    EXPECT_EQ(a.status, 200);
    EXPECT_EQ(a.json()["refresh_token"], "new-refresh");
    EXPECT_EQ(tokens_.last_secret, "old-refresh");
}

// RFC 6749 section 5.2
TEST_F(token_handlers, errors_are_in_the_words_of_the_standard) {
    const std::string grant = "grant_type=password&username=a&password=b";
    const auto fails_with = [&](boost::system::error_code code) {
        tokens_.failure = code;
        return post("/token", grant);
    };
    auto a = fails_with(errc::invalid_credentials);
    EXPECT_EQ(a.status, 400);
    EXPECT_EQ(error_of(a), "invalid_grant");
    EXPECT_FALSE(a.json()["error_description"].get<std::string>().empty());
    EXPECT_EQ(a.header("Content-Type"), "application/json; charset=utf-8");
    a = fails_with(throttled_for(seconds{17}));
    EXPECT_EQ(a.status, 429);
    EXPECT_EQ(error_of(a), "too_many_attempts");
    EXPECT_EQ(a.header("Retry-After"), "17");
    for (const errc e : {errc::overloaded, errc::session_limit, errc::store_unavailable}) {
        a = fails_with(e);
        EXPECT_EQ(a.status, 503);
        EXPECT_EQ(error_of(a), "temporarily_unavailable");
        EXPECT_NE(a.header("Retry-After"), "");
    }
    a = fails_with(errc::token_too_large);
    EXPECT_EQ(a.status, 503);
    EXPECT_EQ(error_of(a), "token_too_large");
    EXPECT_EQ(a.header("Retry-After"), "");  // it will not get better by waiting
    a = fails_with(errc::password_too_long);
    EXPECT_EQ(a.status, 400);
    EXPECT_EQ(error_of(a), "invalid_request");
    tokens_.failure = errc::invalid_credentials;
    EXPECT_EQ(error_of(post("/token", "grant_type=refresh_token&refresh_token=x")), "invalid_grant");
}

TEST_F(token_handlers, forms_that_are_none_are_refused) {
    for (const std::string body :
         {"", "x", "grant_type=", "grant_type=password", "grant_type=password&username=a",
          "grant_type=password&password=b", "grant_type=password&username=a&username=a&password=b",
          "grant_type=password&username=a&password=b&password=c",
          "grant_type=password&grant_type=password&username=a&password=b", "grant_type=refresh_token",
          "grant_type=refresh_token&refresh_token=", "grant_type=refresh_token&refresh_token=a&refresh_token=b",
          "grant_type=password&username=%ff&password=b", "grant_type=password&username=%zz&password=b",
          "grant_type=password&username=a&password="}) {
        const auto a = post("/token", body);
        EXPECT_EQ(a.status, 400) << body;
        EXPECT_EQ(error_of(a), "invalid_request") << body;
    }
    for (const std::string type : {"authorization_code", "client_credentials", "Password", "password%20",
                                   "urn:ietf:params:oauth:grant-type:jwt-bearer"})
        EXPECT_EQ(error_of(post("/token", "grant_type=" + type + "&username=a&password=b")), "unsupported_grant_type");
    EXPECT_EQ(ask("POST /token", "", "{\"grant_type\":\"password\"}").status, 415);
    EXPECT_EQ(ask("GET /token").status, 405);
    EXPECT_EQ(tokens_.last_secret, "");
}

TEST_F(token_handlers, a_cookie_buys_an_access_token_alone) {
    const auto a = ask("POST /sessions/token", cookie("laptop"));
    EXPECT_EQ(a.status, 200);
    EXPECT_EQ(a.json()["access_token"], "at-of-" + ada_.id.str());
    EXPECT_EQ(a.json()["expires_in"], 300);
    EXPECT_FALSE(a.json().contains("refresh_token"));
    EXPECT_EQ(ask("POST /sessions/token").code(), "no_session");
    // A token must not beget tokens.
    tokens_.live["good"] = ada_;
    EXPECT_EQ(ask("POST /sessions/token", "Authorization: Bearer good\r\n").status, 401);
    // X1: it has the authority of a cookie.
    EXPECT_EQ(ask("POST /sessions/token", cookie("laptop") + "Origin: https://evil.test\r\n").code(),
              "cross_site_request");
    tokens_.failure = errc::overloaded;
    EXPECT_EQ(ask("POST /sessions/token", cookie("laptop")).status, 503);
    tokens_.failure = errc::token_too_large;
    const auto refused = ask("POST /sessions/token", cookie("laptop"));
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.code(), "token_too_large");
}

// RFC 7009 section 2.2: it is gone, whatever it was.
TEST_F(token_handlers, any_token_can_be_given_back) {
    const auto a = post("/token/revoke", "token=abc&token_type_hint=refresh_token");
    EXPECT_EQ(a.status, 200);
    EXPECT_EQ(a.body, "");
    EXPECT_EQ(tokens_.last_secret, "abc");
    EXPECT_EQ(error_of(post("/token/revoke", "token_type_hint=refresh_token")), "invalid_request");
    EXPECT_EQ(error_of(post("/token/revoke", "token=a&token=b")), "invalid_request");
    tokens_.failure = errc::store_unavailable;
    EXPECT_EQ(post("/token/revoke", "token=abc").status, 503);
}

TEST_F(token_handlers, introspection_is_for_its_callers) {
    const std::string show = "Authorization: Bearer a-secret-of-the-callers\r\n";
    auto a = post("/token/introspect", "token=abc", show);
    EXPECT_EQ(a.status, 200);
    EXPECT_EQ(a.body, "{\"active\":false}\n");
    tokens_.account = token_account{false,
                                    ada_,
                                    wall_time{seconds{2'000}},
                                    wall_time{seconds{1'700}},
                                    wall_time{seconds{1'701}},
                                    testing::numbered_id(9),
                                    true,
                                    ",\"tenant\":\"x\""};
    auto told = post("/token/introspect", "token=abc", show).json();
    EXPECT_EQ(told["active"], true);
    EXPECT_EQ(told["token_type"], "Bearer");
    EXPECT_EQ(told["exp"], 2'000);
    EXPECT_EQ(told["iat"], 1'700);
    EXPECT_EQ(told["nbf"], 1'701);
    EXPECT_EQ(told["jti"], testing::numbered_id(9).str());
    EXPECT_EQ(told["amr"], nlohmann::json::array({"pwd"}));
    EXPECT_EQ(told["token_use"], "upstream");
    EXPECT_EQ(told["tenant"], "x");
    EXPECT_EQ(told["iss"], "https://auth.example.com");
    EXPECT_EQ(told["sub"], ada_.user->id.str());
    EXPECT_EQ(told["sid"], ada_.id.str());
    EXPECT_EQ(told["username"], "ada@example.com");
    tokens_.account->is_refresh = true;
    tokens_.account->for_upstream = false;
    auto refresh = post("/token/introspect", "token=abc", show).json();
    for (const char* absent : {"iat", "nbf", "jti", "token_use"})
        EXPECT_FALSE(refresh.contains(absent)) << absent;
    EXPECT_EQ(refresh["tenant"], "x");

    tokens_.last_secret.clear();
    for (const std::string& fields :
         {std::string(), std::string("Authorization: Bearer wrong\r\n"), show + show,
          std::string("Authorization: Basic a-secret-of-the-callers\r\n"), cookie("laptop")}) {
        a = post("/token/introspect", "token=abc", fields);
        EXPECT_EQ(a.status, 401);
        EXPECT_EQ(a.code(), "caller_token_required");
        EXPECT_EQ(a.header("WWW-Authenticate"), "Bearer");
    }
    EXPECT_EQ(tokens_.last_secret, "");
    tokens_.failure = errc::store_unavailable;
    EXPECT_EQ(post("/token/introspect", "token=abc", show).status, 503);
}

TEST_F(token_handlers, what_is_public_may_be_kept) {
    tokens_.keys = R"({"keys":[{"kid":"x"}]})";
    auto a = ask("GET /.well-known/jwks.json");
    EXPECT_EQ(a.status, 200);
    EXPECT_EQ(a.body, tokens_.keys);
    EXPECT_EQ(a.header("Content-Type"), "application/jwk-set+json");
    EXPECT_EQ(a.header("Cache-Control"), "public, max-age=300");
    a = ask("GET /.well-known/oauth-authorization-server");
    EXPECT_EQ(a.header("Cache-Control"), "public, max-age=300");
    EXPECT_EQ(a.json()["issuer"], "https://auth.example.com");
    EXPECT_EQ(a.json()["token_endpoint"], "https://auth.example.com/token");
    EXPECT_EQ(a.json()["jwks_uri"], "https://auth.example.com/.well-known/jwks.json");
    EXPECT_EQ(a.json()["introspection_endpoint"], "https://auth.example.com/token/introspect");
    EXPECT_EQ(ask("GET /.well-known/oauth-authorization-server/tenant").status, 404);
    // RFC 8414 section 3.1
    options_.tokens.issuer = "https://auth.example.com/tenant";
    on();
    EXPECT_EQ(ask("GET /.well-known/oauth-authorization-server").status, 404);
    EXPECT_EQ(ask("GET /.well-known/oauth-authorization-server/tenant").json()["issuer"],
              "https://auth.example.com/tenant");
}

TEST_F(token_handlers, nothing_is_there_while_tokens_are_off) {
    off();
    for (const std::string path : {"/token", "/token/revoke", "/token/introspect"})
        EXPECT_EQ(post(path, "token=a&grant_type=password").code(), "not_found") << path;
    EXPECT_EQ(ask("POST /sessions/token", cookie("laptop")).code(), "not_found");
    EXPECT_EQ(ask("GET /.well-known/jwks.json").code(), "not_found");
    EXPECT_EQ(ask("GET /.well-known/oauth-authorization-server").code(), "not_found");
    // And no Authorization header means anything.
    const auto a = ask("GET /sessions/whoami", "Authorization: Bearer good\r\n");
    EXPECT_EQ(a.code(), "no_session");
    EXPECT_EQ(a.header("WWW-Authenticate"), "");
    EXPECT_EQ(ask("GET /sessions/whoami", "Authorization: Bearer good\r\n" + cookie("laptop")).status, 200);
}

}  // namespace
}  // namespace latchkey::http
