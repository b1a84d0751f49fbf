// What a request says of itself: its line, its Host, the syntax of its fields.
#include "expectations.hpp"
#include "torture.hpp"

namespace latchkey::test {
namespace {

using request_head = torture_test;

std::string with_host(const std::string& host_line) {
    return "GET /health/alive HTTP/1.1\r\n" + host_line + "\r\n";
}

std::string request_line(const std::string& line) {
    return line + "\r\nHost: 127.0.0.1\r\n\r\n";
}

// H3
TEST_F(request_head, host) {
    const auto host = [](const std::string& value) { return with_host("Host:" + value + "\r\n"); };
    torture(server(), {
                          {"missing", with_host(""), {400}},
                          {"doubled, equal", with_host("Host: a\r\nHost: a\r\n"), {400}},
                          {"doubled, different", with_host("Host: a\r\nHost: b\r\n"), {400}},
                          {"doubled, case", with_host("Host: a\r\nhOST: b\r\n"), {400}},
                          {"doubled on HTTP/1.0", "GET /health/alive HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", {400}},
                          {"empty", host(""), {400}},
                          {"white space", host("  "), {400}},
                          {"userinfo", host(" user@a"), {400}},
                          {"comma", host(" a,b"), {400}},
                          {"space", host(" a b"), {400}},
                          {"slash", host(" a/b"), {400}},
                          {"backslash", host(" a\\b"), {400}},
                          {"question mark", host(" a?b"), {400}},
                          {"hash", host(" a#b"), {400}},
                          {"percent", host(" a%00b"), {400}},
                          {"quotes", host(" \"a\""), {400}},
                          {"angle brackets", host(" <script>"), {400}},
                          {"semicolon", host(" a;b"), {400}},
                          {"high bytes", host(" \xc3\xa4.example"), {400}},
                          {"port of letters", host(" a:b"), {400}},
                          {"port too large", host(" a:65536"), {400}},
                          {"port of many digits", host(" a:00000000000000000080"), {400}},
                          {"negative port", host(" a:-1"), {400}},
                          {"two ports", host(" a:80:80"), {400}},
                          {"unclosed bracket", host(" [::1"), {400}},
                          {"empty brackets", host(" []"), {400}},
                          {"IPv6 without brackets", host(" ::1"), {400}},
                          {"text behind brackets", host(" [::1]a"), {400}},
                          {"zone", host(" [fe80::1%eth0]"), {400}},
                          {"too long", host(' ' + std::string(300, 'a')), {400}},
                          {"a URL", host(" http://a/"), {400}},
                          {"invalid on HTTP/1.0", "GET /health/alive HTTP/1.0\r\nHost: a b\r\n\r\n", {400}},
                          {"space before the colon", with_host("Host : a\r\n"), {400}},
                          {"missing on HTTP/1.0", "GET /health/alive HTTP/1.0\r\n\r\n", {200}},
                          {"IPv6", host(" [::1]"), {200}, after::stays_open},
                          {"IPv6 with a port", host(" [::1]:9080"), {200}, after::stays_open},
                          {"name with a port", host(" auth.example.com:443"), {200}, after::stays_open},
                          {"lower-case field name", with_host("host: a\r\n"), {200}, after::stays_open},
                          {"no white space", with_host("Host:a\r\n"), {200}, after::stays_open},
                      });
}

// H3: the absolute form is understood, other forms are not.
TEST_F(request_head, target_forms) {
    torture(
        server(),
        {
            {"absolute", request_line("GET http://other.example/health/alive HTTP/1.1"), {200}, after::stays_open},
            {"absolute, https", request_line("GET https://h/health/alive HTTP/1.1"), {200}, after::stays_open},
            {"absolute, upper case", request_line("GET HTTP://H:80/health/alive?q HTTP/1.1"), {200}, after::stays_open},
            {"absolute without a path", request_line("GET http://h HTTP/1.1"), {404}, after::stays_open},
            {"absolute with a query only",
             request_line("GET http://h?/health/alive HTTP/1.1"),
             {404},
             after::stays_open},
            {"absolute without Host", "GET http://h/health/alive HTTP/1.1\r\n\r\n", {400}},
            {"absolute without an authority", request_line("GET http:///health/alive HTTP/1.1"), {400}},
            {"absolute with one slash", request_line("GET http:/health/alive HTTP/1.1"), {400}},
            {"absolute with userinfo", request_line("GET http://u@h/health/alive HTTP/1.1"), {400}},
            {"absolute with a bad port", request_line("GET http://h:65536/health/alive HTTP/1.1"), {400}},
            {"absolute with a comma", request_line("GET http://h,g/health/alive HTTP/1.1"), {400}},
            {"another scheme", request_line("GET ftp://h/health/alive HTTP/1.1"), {400}},
            {"javascript", request_line("GET javascript:alert(1) HTTP/1.1"), {400}},
            {"authority form", request_line("GET h:80 HTTP/1.1"), {400}},
            {"no slash", request_line("GET health/alive HTTP/1.1"), {400}},
            {"query only", request_line("GET ?x HTTP/1.1"), {400}},
            {"asterisk on GET", request_line("GET * HTTP/1.1"), {400}},
            {"asterisk on OPTIONS", request_line("OPTIONS * HTTP/1.1"), {200, 204, 404, 405}, after::either},
            {"two leading slashes are another path",
             request_line("GET //health/alive HTTP/1.1"),
             {404},
             after::stays_open},
            {"dots are not resolved", request_line("GET /x/../health/alive HTTP/1.1"), {404}, after::stays_open},
            {"trailing slash", request_line("GET /health/alive/ HTTP/1.1"), {404}, after::stays_open},
            {"parameter", request_line("GET /health/alive;x HTTP/1.1"), {404}, after::stays_open},
            {"encoded NUL", request_line("GET /health/alive%00 HTTP/1.1"), {404}, after::stays_open},
            {"upper case", request_line("GET /HEALTH/ALIVE HTTP/1.1"), {404}, after::stays_open},
            {"query", request_line("GET /health/alive?x=%00&y=//evil HTTP/1.1"), {200}, after::stays_open},
            {"empty query", request_line("GET /health/alive? HTTP/1.1"), {200}, after::stays_open},
        });
}

// H4
TEST_F(request_head, bytes_of_the_target) {
    torture(server(), {
                          {"empty", request_line("GET  HTTP/1.1"), {400}},
                          {"missing", request_line("GET HTTP/1.1"), {400}},
                          {"space within", request_line("GET /health/alive /x HTTP/1.1"), {400}},
                          {"NUL", request_line(std::string("GET /health/alive\0 HTTP/1.1", 27)), {400}},
                          {"tab", request_line("GET /health/alive\t HTTP/1.1"), {400}},
                          {"escape", request_line("GET /health/\x1b[31m HTTP/1.1"), {400}},
                          {"DEL", request_line("GET /health/alive\x7f HTTP/1.1"), {400}},
                          {"bare CR", request_line("GET /health/alive\r HTTP/1.1"), {400}},
                          {"high byte", request_line("GET /health/alive?\xff HTTP/1.1"), {400}},
                          {"UTF-8", request_line("GET /health/aliv\xc3\xa9 HTTP/1.1"), {400}},
                          {"backslash", request_line("GET /health\\alive HTTP/1.1"), {400}},
                          {"fragment", request_line("GET /health/alive#x HTTP/1.1"), {400}},
                          {"fragment in the query", request_line("GET /health/alive?x#y HTTP/1.1"), {400}},
                      });
}

TEST_F(request_head, request_line_and_version) {
    torture(server(),
            {
                {"HTTP/2.0", request_line("GET /health/alive HTTP/2.0"), {505}},
                {"HTTP/3.0", request_line("GET /health/alive HTTP/3.0"), {505}},
                {"HTTP/0.9", request_line("GET /health/alive HTTP/0.9"), {400, 505}},
                {"HTTP/1.2", request_line("GET /health/alive HTTP/1.2"), {200, 505}, after::either},
                {"the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 501, 505}},
                {"HTTP/0.9 simple request", "GET /health/alive\r\n\r\n", {400}},
                {"lower case", request_line("GET /health/alive http/1.1"), {400}},
                {"one digit", request_line("GET /health/alive HTTP/1"), {400}},
                {"no dot", request_line("GET /health/alive HTTP/11"), {400}},
                {"two digits", request_line("GET /health/alive HTTP/1.10"), {400}},
                {"letters", request_line("GET /health/alive HTTP/x.y"), {400}},
                {"another protocol", request_line("GET /health/alive RTSP/1.0"), {400}},
                {"text behind", request_line("GET /health/alive HTTP/1.1 x"), {400}},
                {"space behind", request_line("GET /health/alive HTTP/1.1 "), {400}},
                {"space before", request_line(" GET /health/alive HTTP/1.1"), {400}},
                {"two spaces", request_line("GET  /health/alive HTTP/1.1"), {400}},
                {"tab for a space", request_line("GET\t/health/alive HTTP/1.1"), {400}},
                {"a TLS hello", std::string("\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n", 15), {400}},
                {"binary", std::string("\0\xff\r\n\r\n", 6), {400}},
                {"empty lines before", "\r\nGET /health/alive HTTP/1.1\r\nHost: h\r\n\r\n", {200, 400}, after::either},
                {"only a method", "GET\r\n\r\n", {400}},
            });
}

// H8
TEST_F(request_head, methods) {
    torture(server(),
            {
                {"TRACE", request_line("TRACE /login HTTP/1.1"), {405}, after::either},
                {"TRACE on an unknown path", request_line("TRACE /nothing HTTP/1.1"), {404, 405}, after::either},
                {"CONNECT", request_line("CONNECT example.com:443 HTTP/1.1"), {405}, after::either},
                {"unknown", request_line("BREW /login HTTP/1.1"), {501}, after::either},
                {"unknown on an unknown path", request_line("BREW /nothing HTTP/1.1"), {501}, after::either},
                {"known elsewhere", request_line("PROPFIND /login HTTP/1.1"), {501}, after::either},
                {"lower case", request_line("get /health/alive HTTP/1.1"), {501}, after::either},
                {"mixed case", request_line("Get /health/alive HTTP/1.1"), {501}, after::either},
                {"longer", request_line("GETX /health/alive HTTP/1.1"), {501}, after::either},
                {"shorter", request_line("GE /health/alive HTTP/1.1"), {501}, after::either},
                {"very long", request_line(std::string(200, 'A') + " /health/alive HTTP/1.1"), {501}, after::either},
                {"no token", request_line("G<T /health/alive HTTP/1.1"), {400}},
                {"with a colon", request_line("GET: /health/alive HTTP/1.1"), {400}},
                {"high byte", request_line("G\xc9T /health/alive HTTP/1.1"), {400}},
                {"unknown, but the framing comes first",
                 "BREW /login HTTP/1.1\r\nHost: h\r\nContent-Length: +5\r\n\r\n",
                 {400}},
                {"wrong method, but the framing comes first",
                 "PUT /login HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: x\r\n\r\n",
                 {400, 411}},
                {"unknown path before the method", request_line("PUT /nothing HTTP/1.1"), {404}, after::stays_open},
            });
}

// H4
TEST_F(request_head, field_syntax) {
    torture(server(),
            {
                {"space before the colon", plain_get("X : y\r\n"), {400}},
                {"tab before the colon", plain_get("X\t: y\r\n"), {400}},
                {"folded with a space", plain_get("X: y\r\n z\r\n"), {400}},
                {"folded with a tab", plain_get("X: y\r\n\tz\r\n"), {400}},
                {"folded and empty", plain_get("X: y\r\n \r\n"), {400}},
                {"first line folded", "GET /health/alive HTTP/1.1\r\n Host: h\r\n\r\n", {400}},
                {"bare CR in a value", plain_get("X: y\rz\r\n"), {400}},
                {"bare CR in a name", plain_get("X\rY: z\r\n"), {400}},
                {"CR CR LF", plain_get("X: y\r\r\n"), {400}},
                {"bare LF in a value", plain_get("X: y\nZ: z\r\n"), {400}},
                {"only LF", "GET /health/alive HTTP/1.1\nHost: h\n\n", {400}},
                {"LF behind the request line", "GET /health/alive HTTP/1.1\nHost: h\r\n\r\n", {400}},
                {"LF as the blank line", "GET /health/alive HTTP/1.1\r\nHost: h\r\n\n", {400}},
                {"NUL in a value", plain_get(std::string("X: y\0z\r\n", 8)), {400}},
                {"NUL in a name", plain_get(std::string("X\0: y\r\n", 7)), {400}},
                {"control byte", plain_get("X: y\x01\r\n"), {400}},
                {"escape", plain_get("X: \x1b[31m\r\n"), {400}},
                {"DEL", plain_get("X: \x7f\r\n"), {400}},
                {"vertical tab", plain_get("X: \v\r\n"), {400}},
                {"no colon", plain_get("X\r\n"), {400}},
                {"no name", plain_get(": y\r\n"), {400}},
                {"space in a name", plain_get("X Y: z\r\n"), {400}},
                {"parenthesis in a name", plain_get("X(Y): z\r\n"), {400}},
                {"slash in a name", plain_get("X/Y: z\r\n"), {400}},
                {"high byte in a name", plain_get("X\xe4: z\r\n"), {400}},
                {"obsolete text in a value", plain_get("X: \xe4\xff\r\n"), {200}, after::stays_open},
                {"tab in a value", plain_get("X: a\tb\r\n"), {200}, after::stays_open},
                {"empty value", plain_get("X:\r\n"), {200}, after::stays_open},
                {"colons in a value", plain_get("X: a:b:c\r\n"), {200}, after::stays_open},
                {"every token character", plain_get("!#$%&'*+-.^_`|~09azAZ: y\r\n"), {200}, after::stays_open},
            });
}

// Every 405 says what would have worked.
TEST_F(request_head, allow_lists_the_methods) {
    EXPECT_EQ(server().ask({"PUT", "/login", {}, {}})["Allow"], "GET, HEAD, POST");
    EXPECT_EQ(server().ask({"POST", "/sessions/whoami", {}, {}})["Allow"], "GET, HEAD");
    EXPECT_EQ(server().ask(get("/logout"))["Allow"], "POST");
    EXPECT_EQ(server().ask({"POST", "/api/authz/auth-request", {}, {}})["Allow"], "GET, HEAD");
    EXPECT_EQ(server().ask({"TRACE", "/login", {}, {}}).count("Allow"), 1U);
    expect_problem(server().ask(get("/logout")), 405, "method_not_allowed");
    expect_problem(server().ask(get("/nothing")), 404, "not_found");
}

}  // namespace
}  // namespace latchkey::test
