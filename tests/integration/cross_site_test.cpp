// X1: what changes state is refused to other sites, by what browsers say of a request's origin.
#include "account.hpp"
#include "expectations.hpp"
#include "latchkey_server.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace latchkey::test {
namespace {

struct origin_case {
    header_list headers;
    bool permitted;
};

class cross_site : public testing::Test {
protected:
    static void SetUpTestSuite() {
        server_setup setup;
        setup.config["server.public_url"] = "\"https://auth.example.com\"";
        setup.config["server.allowed_origins"] = R"(["https://app.example.com", "http://localhost:3000"])";
        server_ = std::make_unique<latchkey_server>(setup);
    }
    static void TearDownTestSuite() { server_.reset(); }
    static latchkey_server& server() { return *server_; }

    static std::vector<origin_case> matrix() {
        const std::string own = "https://auth.example.com";
        return {
            {{}, true},
            {{{"Origin", own}}, true},
            {{{"Origin", "https://app.example.com"}}, true},
            {{{"Origin", "http://localhost:3000"}}, true},
            {{{"Sec-Fetch-Site", "same-origin"}}, true},
            {{{"Sec-Fetch-Site", "same-site"}}, true},
            {{{"Sec-Fetch-Site", "none"}}, true},
            {{{"Sec-Fetch-Site", "same-origin"}, {"Origin", own}}, true},
            {{{"Sec-Fetch-Site", "same-site"}, {"Origin", "https://app.example.com"}}, true},
            {{{"Sec-Fetch-Site", "cross-site"}}, false},
            {{{"Sec-Fetch-Site", "cross-site"}, {"Origin", own}}, false},
            {{{"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "cross-site"}}, false},
            {{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-origin"}}, false},
            {{{"Sec-Fetch-Site", "same-origin"}, {"Origin", "https://evil.test"}}, false},
            {{{"Sec-Fetch-Site", "same-site"}, {"Origin", "https://other.example.com"}}, false},
            {{{"Origin", "https://evil.test"}}, false},
            {{{"Origin", "null"}}, false},
            {{{"Origin", ""}}, false},
            {{{"Origin", "http://auth.example.com"}}, false},
            {{{"Origin", own + ":444"}}, false},
            {{{"Origin", own + '/'}}, false},
            {{{"Origin", own + ".evil.test"}}, false},
            {{{"Origin", "https://evil.test/" + own}}, false},
            {{{"Origin", "https://auth.example.com@evil.test"}}, false},
            {{{"Origin", "https://xauth.example.com"}}, false},
            {{{"Origin", own + " https://evil.test"}}, false},
            {{{"Origin", own + ", https://evil.test"}}, false},
            {{{"Origin", own}, {"Origin", "https://evil.test"}}, false},
            {{{"Origin", "https://evil.test"}, {"Origin", own}}, false},
            {{{"Origin", "http://localhost"}}, false},
            {{{"Origin", "http://localhost:3001"}}, false},
            // X3: the server's own origin is what is configured, never what the client calls it.
            {{{"Host", "evil.test"}, {"Origin", "https://evil.test"}}, false},
            {{{"Host", "evil.test"}, {"X-Forwarded-Host", "evil.test"}, {"Origin", "https://evil.test"}}, false},
            {{{"Host", "evil.test"}, {"Origin", own}}, true},
        };
    }

private:
    inline static std::unique_ptr<latchkey_server> server_;
};

std::string describe(const header_list& headers) {
    std::string out;
    for (const auto& [name, value] : headers)
        out += name + ": " + value + "; ";
    return out;
}

TEST_F(cross_site, login) {
    for (const auto& [headers, permitted] : matrix()) {
        SCOPED_TRACE(describe(headers));
        const auto sent = server().ask(login_request(alice(), headers));
        const auto form =
            server().ask(post_form("/login", {{"email", alice().email}, {"password", alice().password}}, headers));
        if (permitted) {
            EXPECT_EQ(sent.status, 200);
            EXPECT_EQ(form.status, 303);
            continue;
        }
        expect_problem(sent, 403, "cross_site_request");
        EXPECT_EQ(sent.count("Set-Cookie"), 0U);
        EXPECT_EQ(form.status, 403);
        EXPECT_EQ(form.count("Set-Cookie"), 0U);
    }
}

TEST_F(cross_site, logout) {
    for (const auto& [headers, permitted] : matrix()) {
        SCOPED_TRACE(describe(headers));
        const auto cookie = server().login(alice());
        const auto response = server().ask({"POST", "/logout", with_cookie(cookie, headers), {}});
        EXPECT_EQ(response.status, permitted ? 204 : 403);
        EXPECT_EQ(response.count("Set-Cookie"), permitted ? 1U : 0U);
        EXPECT_EQ(server().ask(get("/sessions/whoami", with_cookie(cookie))).status, permitted ? 401 : 200);
    }
}

// Every other change that a signed-in person can cause: refused, and nothing has changed. The complete table of routes
// is unit/http/cross_site_routes_test's.
TEST_F(cross_site, whatever_changes_a_session_or_a_password) {
    const auto cookie = server().login(bob());
    const auto other = id_of(server(), server().login(bob()));
    for (const auto& [headers, permitted] : matrix()) {
        if (permitted)
            continue;
        SCOPED_TRACE(describe(headers));
        for (auto request :
             {reauthentication(cookie, bob().password), password_change(cookie, bob().password, "another-one-for-Bob"),
              end_request(cookie, other), end_request(cookie, ""), end_request(cookie, "?all=true")}) {
            request.headers.insert(request.headers.end(), headers.begin(), headers.end());
            const auto response = server().ask(request);
            expect_problem(response, 403, "cross_site_request");
            EXPECT_EQ(response.count("Set-Cookie"), 0U);
        }
    }
    EXPECT_EQ(whoami(server(), cookie), 200);
    EXPECT_EQ(json_of(server().ask(list_request(cookie)))["sessions"].size(), 2U);
    EXPECT_EQ(login_status(server(), bob().email, bob().password), 200);
}

// Links from other sites lead to pages and guarded applications: reading is for everybody.
TEST_F(cross_site, reading_is_permitted) {
    const auto cookie = server().login(alice());
    const header_list foreign{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.test"}};
    auto signed_in = with_cookie(cookie, foreign);
    EXPECT_EQ(server().ask(get("/login", foreign)).status, 200);
    EXPECT_EQ(server().ask(get("/sessions/whoami", signed_in)).status, 200);
    signed_in.emplace_back("X-Original-URL", "https://app.example.com/");
    EXPECT_EQ(server().ask(get("/api/authz/auth-request", signed_in)).status, 200);
    for (const auto& response :
         {server().ask(get("/login", foreign)), server().ask(get("/sessions/whoami", signed_in))})
        EXPECT_EQ(response.count("Access-Control-Allow-Origin"), 0U);
}

// A GET never changes state, whatever it carries.
TEST_F(cross_site, get_changes_nothing) {
    const auto cookie = server().login(alice());
    EXPECT_EQ(server().ask(get("/logout", with_cookie(cookie))).status, 405);
    EXPECT_EQ(server().ask(head("/logout", with_cookie(cookie))).status, 405);
    auto request = get("/login?email=alice%40example.com&password=tr0mbone-under-glass");
    EXPECT_EQ(server().ask(request).count("Set-Cookie"), 0U);
    EXPECT_EQ(server().ask(get("/sessions/whoami", with_cookie(cookie))).status, 200);
}

}  // namespace
}  // namespace latchkey::test
