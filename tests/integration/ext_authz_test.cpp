// The check for Envoy's ext_authz over HTTP, asked directly and by the real program: the request that is asked about is
// in the question's own method, Host and path (requirements F1 to F5).
#include "expectations.hpp"
#include "guarded_sites.hpp"

#include <gmock/gmock.h>

namespace latchkey::test {
namespace {

const std::string prefix = "/api/authz/ext-authz";

class ext_authz : public testing::Test {
protected:
    static void SetUpTestSuite() {
        server_ = std::make_unique<latchkey_server>(guarded_sites());
        alice_ = server_->login(alice());
        bob_ = server_->login(bob());
    }
    static void TearDownTestSuite() { server_.reset(); }
    static latchkey_server& server() { return *server_; }

    // As Envoy asks: the original request's method, Host and fields, and its path behind the prefix.
    static http_request question(const std::string& method, const std::string& host, const std::string& uri,
                                 header_list more = {}) {
        more.insert(more.begin(), {{"Host", host},
                                   {"X-Forwarded-Proto", "https"},
                                   {"X-Forwarded-For", "203.0.113.7"},
                                   {"X-Envoy-Internal", "true"}});
        more.emplace_back("Content-Length", "0");
        return {method, prefix + uri, more, {}};
    }
    static int status(const http_request& request) { return server().ask(request).status; }

    inline static std::string alice_, bob_;

private:
    inline static std::unique_ptr<latchkey_server> server_;
};

TEST_F(ext_authz, method_host_and_path_are_the_question) {
    for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
        const auto response = server().ask(question(method, "admin.example.com", "/a?b=c", with_cookie(alice_)));
        EXPECT_EQ(response.status, 200) << method;
        for (const auto& name : identity_headers)
            EXPECT_EQ(response.count(name), 1U) << name;
        EXPECT_EQ(response["Remote-Email"], alice().email);
        EXPECT_EQ(status(question(method, "admin.example.com", "/a?b=c", with_cookie(bob_))), 403);
        EXPECT_EQ(status(question(method, "admin.example.com", "/a?b=c")), 401);
        EXPECT_EQ(status(question(method, "closed.example.com", "/", with_cookie(alice_))), 403);
    }
    EXPECT_EQ(status(question("GET", "app.example.com", "/public/x?y")), 200);
    EXPECT_EQ(status(question("HEAD", "app.example.com:443", "/public/x")), 200);
    EXPECT_EQ(status(question("POST", "app.example.com", "/public/x")), 401);
    EXPECT_EQ(status(question("GET", "app.example.com", "/private")), 401);
    expect_nobody(server().ask(question("GET", "app.example.com", "/public/x")));
}

// Paths that are routes of the server itself are paths of the application here.
TEST_F(ext_authz, nothing_behind_the_prefix_is_ours) {
    for (const char* uri :
         {"/login", "/logout", "/health/alive", "/sessions/whoami", "/api/authz/auth-request", "/admin/users", "/"}) {
        EXPECT_EQ(status(question("GET", "app.example.com", uri)), 401) << uri;
        EXPECT_EQ(status(question("POST", "app.example.com", uri, with_cookie(bob_))), 200) << uri;
    }
    for (const char* target : {"", "x/a", "%2fa", "*"})
        EXPECT_EQ(status(question("GET", "app.example.com", target, with_cookie(bob_))), 404) << target;
}

TEST_F(ext_authz, browsers_are_redirected_by_the_original_method) {
    for (const auto& [method, expected] : {std::pair{"GET", 302},
                                           {"HEAD", 302},
                                           {"OPTIONS", 302},
                                           {"POST", 303},
                                           {"PUT", 303},
                                           {"PATCH", 303},
                                           {"DELETE", 303}}) {
        const auto response = server().ask(question(method, "wiki.example.com", "/a%20b?c=d&e", as_browser({})));
        EXPECT_EQ(response.status, expected) << method;
        EXPECT_EQ(response["Location"], "https://auth.example.com/login?rd=" +
                                            percent_encode("https://wiki.example.com/a%20b?c=d&e") + "&rm=" + method);
        expect_bare_refusal(server().ask(question(method, "wiki.example.com", "/a")), 401);
    }
}

// F2, F5
TEST_F(ext_authz, a_doubtful_question_is_refused) {
    for (const char* uri : {"/public/../private", "/public/%2e%2e/private", "/public/..;/private", "/public/%00",
                            "/public/%zz", "/public/%5cx", "/public/%ff"}) {
        expect_bare_refusal(server().ask(question("GET", "app.example.com", uri, as_browser({}))), 401);
        expect_bare_refusal(server().ask(question("GET", "app.example.com", uri, with_cookie(alice_))), 403);
    }
    for (const char* host : {"app..example.com", "app.example.com..", "2130706433", "[:::]"})
        expect_bare_refusal(server().ask(question("GET", host, "/public/x", with_cookie(alice_))), 403);
    for (const char* host : {"APP.example.com", "App.Example.Com.", "app.example.com.:443"})
        EXPECT_EQ(status(question("GET", host, "/public/x")), 200) << host;
    for (const char* host : {"ADMIN.example.com", "Admin.Example.Com."})
        EXPECT_EQ(status(question("GET", host, "/", with_cookie(bob_))), 403) << host;
    // Not even read: these are no requests.
    for (const char* host : {"", "a b", "app.example.com, closed.example.com", "u@app.example.com"})
        EXPECT_EQ(status(question("GET", host, "/public/x")), 400) << host;
    for (const char* uri : {"/a\\b", "/a#b", "/\xff"})
        EXPECT_EQ(status(question("GET", "app.example.com", uri)), 400) << uri;
}

TEST_F(ext_authz, the_scheme_must_be_told) {
    for (const header_list& proto : {header_list{},
                                     {{"X-Forwarded-Proto", ""}},
                                     {{"X-Forwarded-Proto", "ftp"}},
                                     {{"X-Forwarded-Proto", "https,http"}},
                                     {{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Proto", "https"}}}) {
        header_list headers{{"Host", "app.example.com"}};
        headers.insert(headers.end(), proto.begin(), proto.end());
        expect_bare_refusal(server().ask(get(prefix + "/public/x", as_browser(headers))), 401);
        expect_bare_refusal(server().ask(get(prefix + "/public/x", with_cookie(alice_, headers))), 403);
    }
}

// CVE-2026-40575: other fields that speak of a URL are not asked.
TEST_F(ext_authz, other_dialects_are_not_mixed_in) {
    const header_list spoofed{{"X-Forwarded-Uri", "/public/x"}, {"X-Forwarded-Host", "app.example.com"},
                              {"X-Forwarded-Method", "GET"},    {"X-Original-URL", "https://app.example.com/public/x"},
                              {"X-Original-Method", "GET"},     {"X-Envoy-Original-Path", "/public/x"}};
    EXPECT_EQ(status(question("POST", "app.example.com", "/private", spoofed)), 401);
    EXPECT_EQ(status(question("GET", "closed.example.com", "/", spoofed)), 403);
}

// F1
TEST_F(ext_authz, strangers_are_not_proxies) {
    const auto stranger = [&](const http_request& request) {
        return server().connect({.from = "127.0.0.2"}).ask(request);
    };
    expect_bare_refusal(stranger(question("GET", "app.example.com", "/public/x", as_browser({}))), 401);
    expect_bare_refusal(stranger(question("GET", "app.example.com", "/", with_cookie(alice_))), 403);
}

// Methods that are not HTTP's own never pass; nor do those that no application is asked with.
TEST_F(ext_authz, unknown_methods_do_not_pass) {
    for (const char* method : {"PROPFIND", "BREW", "get"})
        EXPECT_EQ(status(question(method, "app.example.com", "/", with_cookie(alice_))), 501) << method;
    EXPECT_EQ(status(question("TRACE", "app.example.com", "/", with_cookie(alice_))), 405);
}

}  // namespace
}  // namespace latchkey::test
