// X1: every route and method of both sites, against every way in which a browser may say where a request comes from.
//
// Pages never call the administrators' site, but a browser on the same machine could be made to: the same rule holds
// there, in front of its token.
#include "admin_routes.hpp"
#include "handler_fixture.hpp"

#include <gmock/gmock.h>

namespace latchkey::http {
namespace {

struct origin_case {
    const char* fields;
    bool permitted;
};

constexpr origin_case origins[] = {
    {"", true},  // no browser
    {"Sec-Fetch-Site: same-origin\r\n", true},
    {"Sec-Fetch-Site: same-site\r\n", true},
    {"Sec-Fetch-Site: none\r\n", true},
    {"Origin: https://auth.example.com\r\n", true},
    {"Origin: https://app.example.com\r\n", true},
    {"Sec-Fetch-Site: same-origin\r\nOrigin: https://auth.example.com\r\n", true},
    {"Sec-Fetch-Site: same-site\r\nOrigin: https://app.example.com\r\n", true},
    {"Sec-Fetch-Site: cross-site\r\n", false},
    {"Sec-Fetch-Site: cross-site\r\nOrigin: https://auth.example.com\r\n", false},
    {"Sec-Fetch-Site: Cross-Site\r\n", false},
    {"Sec-Fetch-Site: \r\n", false},
    {"Sec-Fetch-Site: same-origin, cross-site\r\n", false},
    {"Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site\r\n", false},
    {"Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: same-origin\r\n", false},
    {"Sec-Fetch-Site: same-origin\r\nOrigin: https://evil.test\r\n", false},
    {"Sec-Fetch-Site: none\r\nOrigin: https://evil.test\r\n", false},
    {"Origin: https://evil.test\r\n", false},
    {"Origin: https://other.example.com\r\n", false},
    {"Origin: http://auth.example.com\r\n", false},
    {"Origin: https://auth.example.com:444\r\n", false},
    {"Origin: https://auth.example.com.evil.test\r\n", false},
    {"Origin: null\r\n", false},
    {"Origin: \r\n", false},
    {"Origin: https://auth.example.com\r\nOrigin: https://evil.test\r\n", false},
    {"Origin: https://evil.test\r\nX-Forwarded-Host: evil.test\r\n", false},
    {"Origin: https://x\r\n", false},  // what the client calls this server
};

constexpr std::pair<method, const char*> verbs[] = {
    {method::get, "GET"},     {method::head, "HEAD"},      {method::post, "POST"},      {method::put, "PUT"},
    {method::patch, "PATCH"}, {method::delete_, "DELETE"}, {method::options, "OPTIONS"}};

class cross_site_routes : public testing::handler_fixture {
protected:
    cross_site_routes() {
        config options;
        options.server.public_url = "https://auth.example.com";
        options.server.allowed_origins = {"https://app.example.com"};
        use(options, std::make_shared<testing::members_only>());
    }
    static std::string example(const path_pattern& path) {
        std::string text(path.text());
        if (path.is_prefix())
            text.back() = 'a';
        if (const auto at = text.find("{id}"); at != std::string::npos)
            text.replace(at, 4, std::string(32, '0'));
        return text;
    }
    static std::string body_for(const route& r) { return r.body == body_rule::none ? "" : "{}"; }
    static std::string type_for(const route& r) {
        return r.body == body_rule::form ? "Content-Type: application/x-www-form-urlencoded\r\n" : "";
    }
};

TEST_F(cross_site_routes, whatever_may_change_something_is_not_for_other_sites) {
    std::size_t guarded = 0;
    for (const auto site_routes : {public_routes(), admin_routes()}) {
        routes_ = site_routes;
        for (const auto& r : site_routes)
            for (const auto& [verb, name] : verbs) {
                if (!r.accepts(verb))
                    continue;
                const bool is_guarded = r.callers == site_rule::own && verb != method::get && verb != method::head;
                guarded += is_guarded;
                for (const auto& [fields, permitted] : origins) {
                    SCOPED_TRACE(std::string(name) + ' ' + example(r.path) + '\n' + fields);
                    const auto a = ask(std::string(name) + ' ' + example(r.path), fields + type_for(r), body_for(r));
                    EXPECT_EQ(found_ != nullptr, permitted || !is_guarded);
                    if (is_guarded && !permitted) {
                        EXPECT_EQ(a.status, 403);
                        EXPECT_EQ(a.code(), "cross_site_request");
                        EXPECT_EQ(a.header("Set-Cookie"), "");
                    }
                }
            }
    }
    EXPECT_GE(guarded, 12U);
}

// Only what changes nothing by any method is exempt, and what no cookie has a say in.
TEST_F(cross_site_routes, questions_of_proxies_and_token_endpoints_alone_are_open) {
    std::vector<std::string> open;
    for (const auto site_routes : {public_routes(), admin_routes()})
        for (const auto& r : site_routes)
            if (r.callers == site_rule::any)
                open.emplace_back(r.path.text());
    EXPECT_THAT(open, ::testing::ElementsAre("/api/authz/forward-auth", "/api/authz/ext-authz/*", "/token",
                                             "/token/revoke", "/token/introspect"));
}

// A page elsewhere can make a browser send these; none of them may be answered with leave to read or to do more.
TEST_F(cross_site_routes, nobody_is_invited) {
    for (const auto& r : public_routes())
        for (const auto& [verb, name] : verbs) {
            const auto a = ask(std::string(name) + ' ' + example(r.path),
                               "Origin: https://evil.test\r\nAccess-Control-Request-Method: POST\r\n", "");
            EXPECT_EQ(a.head.find("Access-Control-"), std::string::npos) << name << ' ' << r.path.text();
        }
}

}  // namespace
}  // namespace latchkey::http
