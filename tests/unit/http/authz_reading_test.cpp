// F1, F2, F5: what the authorization endpoints read of a proxy's question, in each dialect, and what they refuse.
#include "authz_fixture.hpp"

#include <gmock/gmock.h>

namespace latchkey::http {
namespace {

using ::testing::ElementsAre;
using testing::field_list;
using ::testing::IsEmpty;
using ::testing::StartsWith;

const std::string login_page = "https://auth.example.com/login";

class authz_reading : public testing::authz_fixture {
protected:
    // The same question in all three dialects: somebody signed in asks for `uri` at `host`.
    void ask_everywhere(const std::string& host, const std::string& uri, int status) {
        SCOPED_TRACE(host + ' ' + uri);
        book_->asked.clear();
        EXPECT_EQ(get(nginx, signed_in(with(original(), "X-Original-URL", "https://" + host + uri))).status, status);
        const auto pieces = with(with(forwarded(), "X-Forwarded-Host", host), "X-Forwarded-Uri", uri);
        EXPECT_EQ(get(forward, signed_in(pieces)).status, status);
        host_ = host;
        EXPECT_EQ(get(envoy + uri, signed_in({{"X-Forwarded-Proto", "https"}})).status, status);
        host_ = "x";
        EXPECT_EQ(book_->asked.size(), status == 200 ? 3U : 0U);
    }
    // Nobody knows for what: 401 for anonymous callers, browsers too, 403 for others, and the log names the header.
    void expect_refused(const std::string& target, const field_list& fields, const std::string& header) {
        SCOPED_TRACE(target + '\n' + testing::lines(fields));
        domain_.log.lines.clear();
        book_->asked.clear();
        const auto anonymous = get(target, browser(fields));
        EXPECT_EQ(anonymous.status, 401);
        EXPECT_EQ(anonymous.header("Location"), target == nginx ? login_page : "");
        const auto known = get(target, signed_in(fields));
        EXPECT_EQ(known.status, 403);
        for (const auto* a : {&anonymous, &known}) {
            EXPECT_EQ(a->header("Content-Length"), "0");
            EXPECT_EQ(a->body, "");
            EXPECT_EQ(a->head.find("Remote-"), std::string::npos);
        }
        const auto line = "forwarded_url_refused header=" + header;
        EXPECT_THAT(domain_.log.lines, ElementsAre(line, line));
        EXPECT_THAT(book_->asked, IsEmpty());
    }
};

TEST_F(authz_reading, every_dialect_says_the_same) {
    ask_everywhere("app.example.com", "/a/b?c=d", 200);
    for (const auto& e : book_->asked) {
        EXPECT_EQ(e.host, "app.example.com");
        EXPECT_THAT(e.paths, ElementsAre("/a/b"));
        EXPECT_EQ(e.method, "GET");
        EXPECT_EQ(e.who, "ada@example.com");
    }
}

// F5, CVE-2026-48794 (case), GHSA-7rh7-c77v-6434 (query): one form of host and path, whatever was typed.
TEST_F(authz_reading, hosts_and_paths_are_canonical) {
    for (const auto* host : {"APP.Example.COM", "app.example.com.", "app.example.com:8443", "App.Example.Com.:443"}) {
        ask_everywhere(host, "/a/b", 200);
        for (const auto& e : book_->asked)
            EXPECT_EQ(e.host, "app.example.com");
    }
    for (const auto* uri : {"/%61/b", "//a///b", "/a//b?/x/../y;", "/a/%62?", "/a/b?x=%2e%2e/&y=%zz"}) {
        ask_everywhere("app.example.com", uri, 200);
        for (const auto& e : book_->asked)
            EXPECT_EQ(e.paths.front(), "/a/b") << uri;
    }
    ask_everywhere("app.example.com", "/", 200);
    EXPECT_THAT(asked().paths, ElementsAre("/"));
    get(nginx, signed_in(with(original(), "X-Original-URL", "https://app.example.com?q")));
    EXPECT_THAT(asked().paths, ElementsAre("/"));
}

TEST_F(authz_reading, doubtful_paths_have_every_reading) {
    ask_everywhere("app.example.com", "/a%2Fb;c/d", 200);
    for (const auto& e : book_->asked) {
        EXPECT_EQ(e.paths.front(), "/a%2Fb;c/d");
        EXPECT_THAT(e.paths, ::testing::Contains("/a/b/d"));
    }
}

TEST_F(authz_reading, what_has_no_reading_is_refused) {
    for (const auto* uri :
         {"/a/../b", "/..", "/a/.", "/%2e%2e/b", "/..;/b", "/a%00b", "/a%0ab", "/a%5cb", "/%ff", "/%zz", "/%"})
        ask_everywhere("app.example.com", uri, 403);
    for (const auto* host : {"app..example.com", "app.example.com..", "2130706433", "[:::]"})
        ask_everywhere(host, "/", 403);
}

// F2
TEST_F(authz_reading, an_original_url_is_one_whole_url) {
    for (const std::string url :
         {"", "/a", "//app.example.com/", "app.example.com/", "https://", "https:///a", "ftp://app.example.com/",
          "https://u@app.example.com/", "https://app.example.com:0/", "https://app.example.com:99999/", "https://a,b/",
          "https://app.example.com/a#b", "https://app.example.com/a\\b", "https://app.example.com/a b",
          "https://app.example.com/\xc3\xa9", "https://app.example.com/, https://app.example.com/", "javascript:x",
          "https://app.example.com/../x", "https://app..example.com/"})
        expect_refused(nginx, with(original(), "X-Original-URL", url), "X-Original-URL");
    expect_refused(nginx, without(original(), "X-Original-URL"), "X-Original-URL");
    expect_refused(nginx, plus(original(), "X-Original-URL", "https://app.example.com/a/b?c=d"), "X-Original-URL");
    expect_refused(nginx, plus(original(), "x-original-url", "https://app.example.com/"), "X-Original-URL");
    expect_refused(nginx, forwarded(), "X-Original-URL");
}

// F2
TEST_F(authz_reading, every_forwarded_piece_is_there_once_and_well_formed) {
    const std::vector<std::pair<std::string, std::vector<std::string>>> bad{
        {"X-Forwarded-Proto",
         {"", " ", "ftp", "https, http", "https,https", "javascript", "https:", "https://", "h", "on", "HTTP/1.1"}},
        {"X-Forwarded-Host",
         {"",
          " ",
          "a, b",
          "app.example.com,app.example.com",
          "app.example.com, evil.test",
          "u@app.example.com",
          "app.example.com/",
          "app.example.com/x",
          "https://app.example.com",
          "app.example.com:",
          "app.example.com:x",
          "app.example.com:99999",
          "app.example.com?x",
          "app.example.com#x",
          "app.example.com\\x",
          "app example.com",
          "app.example.com;x",
          "\xd0\xb0pp.example.com",
          "app%2eexample.com",
          ".",
          "..",
          ".app.example.com",
          "app..example.com",
          "[::1",
          "[]",
          "0x7f.1",
          "*",
          "*.example.com"}},
        {"X-Forwarded-Uri",
         {"",
          " ",
          "a",
          "a/b",
          "?x",
          "#",
          "*",
          "https://app.example.com/",
          "app.example.com/",
          "/a b",
          "/a#b",
          "/a\\b",
          "/a\tb",
          "\\a",
          "/\xff",
          "/../a",
          "/a/..",
          "/%",
          "/%zz",
          "/%00",
          "/a?b c",
          "/a?b#c",
          "/a?\xff",
          "/a, /b"}},
    };
    for (const auto& [name, values] : bad) {
        expect_refused(forward, without(forwarded(), name), name);
        for (const auto& value : values)
            expect_refused(forward, with(forwarded(), name, value), name);
        for (const auto& [same, value] : forwarded())
            if (same == name) {
                expect_refused(forward, plus(forwarded(), name, value), name);
            }
    }
    expect_refused(forward, original(), "X-Forwarded-Proto");
    EXPECT_EQ(get(forward, signed_in(with(forwarded(), "X-Forwarded-Uri", "/a,%20/b"))).status, 200);
}

TEST_F(authz_reading, envoy_needs_the_scheme_and_a_real_host) {
    const field_list https{{"X-Forwarded-Proto", "https"}};
    expect_refused(std::string(envoy) + "/a", {}, "X-Forwarded-Proto");
    expect_refused(std::string(envoy) + "/a", plus(https, "X-Forwarded-Proto", "http"), "X-Forwarded-Proto");
    expect_refused(std::string(envoy) + "/../a", https, "path");
    host_ = "app..example.com";
    expect_refused(std::string(envoy) + "/a", https, "Host");
}

TEST_F(authz_reading, the_prefix_of_envoy_is_whole) {
    host_ = "app.example.com";
    const auto fields = signed_in({{"X-Forwarded-Proto", "https"}});
    for (const auto* target :
         {"/api/authz/ext-authz", "/api/authz/ext-authzx/a", "/api/authz/ext-authz*", "//api/authz/ext-authz/a",
          "/api/authz/EXT-AUTHZ/a", "/api/authz//ext-authz/a", "/api/authz/ext-authz%2fa"})
        EXPECT_EQ(get(target, fields).status, 404) << target;
    EXPECT_EQ(get(std::string(envoy) + "/login", fields).status, 200);
    EXPECT_THAT(asked().paths, ElementsAre("/login")) << "no route of ours";
    EXPECT_EQ(get(std::string(envoy) + "//a", fields).status, 200);
    EXPECT_EQ(asked().paths.front(), "/a");
}

TEST_F(authz_reading, websockets_have_schemes_of_their_own) {
    for (const auto* proto : {"http", "https", "HTTPS", "ws", "wss"})
        EXPECT_EQ(get(forward, signed_in(with(forwarded(), "X-Forwarded-Proto", proto))).status, 200) << proto;
    const auto a = get(forward, browser(with(forwarded(), "X-Forwarded-Proto", "wss")));
    EXPECT_THAT(a.header("Location"), StartsWith(login_page + "?rd=https%3A%2F%2Fapp.example.com%2Fa%2Fb"));
}

TEST_F(authz_reading, methods) {
    for (const auto* method : {"POST", "PROPFIND", "M-SEARCH"}) {
        get(nginx, signed_in(with(original(), "X-Original-Method", method)));
        EXPECT_EQ(asked().method, method);
        get(forward, signed_in(with(forwarded(), "X-Forwarded-Method", method)));
        EXPECT_EQ(asked().method, method);
    }
    for (const auto* verb : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
        EXPECT_EQ(
            ask(std::string(verb) + ' ' + envoy + "/a", testing::lines(signed_in({{"X-Forwarded-Proto", "https"}})))
                .status,
            200);
        EXPECT_EQ(asked().method, verb);
        EXPECT_EQ(ask(std::string(verb) + ' ' + forward, testing::lines(signed_in(forwarded()))).status, 200);
        EXPECT_EQ(asked().method, "GET") << "as forwarded, not the question's own";
    }
    for (const auto* verb : {"TRACE", "CONNECT"})
        EXPECT_EQ(
            ask(std::string(verb) + ' ' + (verb[0] == 'T' ? forward : "a:1"), testing::lines(signed_in(forwarded())))
                .status,
            405);
}

// F2: a method that is none denies, though the way to the login page is known.
TEST_F(authz_reading, a_bad_method_denies) {
    for (const std::string method : {"", "get", "G ET", "GET, POST", "GET\"", "A&rd=x", "1", "AAAAAAAAAAAAAAAAA"}) {
        for (const auto& [target, fields] : {std::pair{nginx, with(original(), "X-Original-Method", method)},
                                             {forward, with(forwarded(), "X-Forwarded-Method", method)}}) {
            SCOPED_TRACE(target + method);
            EXPECT_EQ(get(target, signed_in(fields)).status, 403);
            const auto a = get(target, browser(fields));
            EXPECT_EQ(a.status, target == nginx ? 401 : 302);
            EXPECT_EQ(a.header("Location"), login_page + "?rd=https%3A%2F%2Fapp.example.com%2Fa%2Fb%3Fc%3Dd");
        }
    }
    EXPECT_EQ(get(nginx, signed_in(plus(original(), "X-Original-Method", "GET"))).status, 403);
    EXPECT_EQ(get(forward, signed_in(plus(forwarded(), "X-Forwarded-Method", "GET"))).status, 403);
    EXPECT_THAT(book_->asked, IsEmpty());
}

// F2: who says nothing of the method gets what every method would.
TEST_F(authz_reading, an_unknown_method_is_the_most_dangerous_one) {
    EXPECT_EQ(get(forward, signed_in(without(forwarded(), "X-Forwarded-Method"))).status, 200);
    book_->forbidden_method = "DELETE";
    EXPECT_EQ(get(forward, signed_in(without(forwarded(), "X-Forwarded-Method"))).status, 403);
    EXPECT_EQ(get(nginx, signed_in(without(original(), "X-Original-Method"))).status, 403);
    EXPECT_EQ(get(nginx, signed_in(original())).status, 200);
}

// F1
TEST_F(authz_reading, strangers_tell_nothing) {
    peer_trusted_ = false;
    expect_refused(nginx, original(), "X-Original-URL");
    expect_refused(forward, forwarded(), "X-Forwarded-Proto");
    host_ = "app.example.com";
    expect_refused(std::string(envoy) + "/a", {{"X-Forwarded-Proto", "https"}}, "X-Forwarded-Proto");
}

TEST_F(authz_reading, the_client_is_whom_trusted_proxies_name) {
    const auto client = [&](const field_list& chain) {
        auto fields = signed_in(forwarded());
        fields.insert(fields.end(), chain.begin(), chain.end());
        EXPECT_EQ(get(forward, fields).status, 200);
        return asked().client;
    };
    EXPECT_TRUE(parse_address("10.0.0.1", peer_));
    const std::string name = "X-Forwarded-For";
    EXPECT_EQ(client({}), "10.0.0.1");
    EXPECT_EQ(client({{name, "203.0.113.9"}}), "203.0.113.9");
    EXPECT_EQ(client({{name, "192.0.2.1, 203.0.113.9, 10.1.1.1"}}), "203.0.113.9");
    EXPECT_EQ(client({{name, "192.0.2.1"}, {name, "203.0.113.9"}}), "203.0.113.9");
    EXPECT_EQ(client({{name, "203.0.113.9"}, {name, "10.1.1.1"}}), "203.0.113.9");
    EXPECT_EQ(client({{name, "nobody"}}), "") << "not the proxy";
    EXPECT_EQ(client({{name, ""}}), "");
    EXPECT_EQ(client({{"X_Forwarded_For", "192.0.2.1"}, {"X-Real-IP", "192.0.2.1"}, {"Forwarded", "for=192.0.2.1"}}),
              "10.0.0.1");
}

}  // namespace
}  // namespace latchkey::http
