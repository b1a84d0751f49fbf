// Where a request ends: Transfer-Encoding, Content-Length, unread bodies, Expect.
#include "torture.hpp"

namespace latchkey::test {
namespace {

using framing = torture_test;

// H1, H5
TEST_F(framing, transfer_encoding_is_never_accepted) {
    const std::string chunks = "5\r\n{   }\r\n0\r\n\r\n";
    torture(
        server(),
        {
            {"CL then TE", login_post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", chunks), {400}},
            {"TE then CL", login_post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", chunks), {400}},
            {"TE with CL 0", login_post("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", chunks), {400}},
            {"chunked", login_post("Transfer-Encoding: chunked\r\n", chunks), {411}},
            {"chunked on GET", plain_get("Transfer-Encoding: chunked\r\n") + "0\r\n\r\n", {411}},
            {"Chunked", login_post("Transfer-Encoding: CHUNKED\r\n", chunks), {411}},
            {"te: lower-case name", login_post("transfer-encoding: chunked\r\n", chunks), {411}},
            {"chunk extensions",
             login_post("Transfer-Encoding: chunked\r\n", "5;a=b;c=\"d\"\r\n{   }\r\n0\r\n\r\n"),
             {411}},
            {"trailers",
             login_post("Transfer-Encoding: chunked\r\nTrailer: Cookie\r\n",
                        "5\r\n{   }\r\n0\r\nCookie: __Host-session=x\r\n\r\n"),
             {411}},
            {"endless trailers",
             login_post("Transfer-Encoding: chunked\r\n", "0\r\n" + std::string(3000, 'a') + ": b\r\n\r\n"),
             {411}},
            {"huge chunk size", login_post("Transfer-Encoding: chunked\r\n", "ffffffffffffffffff\r\n"), {411}},
            {"negative chunk size", login_post("Transfer-Encoding: chunked\r\n", "-1\r\n"), {411}},
            {"unknown coding", login_post("Transfer-Encoding: gzip\r\n", "x"), {400, 411}},
            {"identity", login_post("Transfer-Encoding: identity\r\n", "x"), {400, 411}},
            {"x-chunked", login_post("Transfer-Encoding: xchunked\r\n", chunks), {400, 411}},
            {"gzip, chunked", login_post("Transfer-Encoding: gzip, chunked\r\n", chunks), {400, 411}},
            {"chunked, gzip", login_post("Transfer-Encoding: chunked, gzip\r\n", chunks), {400}},
            {"chunked twice in one", login_post("Transfer-Encoding: chunked, chunked\r\n", chunks), {400}},
            {"chunked in two fields",
             login_post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", chunks),
             {400}},
            {"chunked and identity",
             login_post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", chunks),
             {400}},
            {"parameter", login_post("Transfer-Encoding: chunked;q=1\r\n", chunks), {400}},
            {"leading comma", login_post("Transfer-Encoding: ,chunked\r\n", chunks), {400, 411}},
            {"trailing comma", login_post("Transfer-Encoding: chunked,\r\n", chunks), {400, 411}},
            {"quoted", login_post("Transfer-Encoding: \"chunked\"\r\n", chunks), {400, 411}},
            {"empty", login_post("Transfer-Encoding:\r\n", chunks), {400, 411}},
            {"vertical tab before", login_post("Transfer-Encoding: \vchunked\r\n", chunks), {400}},
            {"high byte", login_post("Transfer-Encoding: chunked\xff\r\n", chunks), {400, 411}},
            {"space before the colon", login_post("Transfer-Encoding : chunked\r\n", chunks), {400}},
            {"folded", login_post("Transfer-Encoding:\r\n chunked\r\n", chunks), {400}},
            {"folded second half", login_post("Transfer-Encoding: chunked\r\n , identity\r\n", chunks), {400}},
            {"hidden behind a bare CR", plain_get("X: y\rTransfer-Encoding: chunked\r\n"), {400}},
            {"hidden behind a bare LF", plain_get("X: y\nTransfer-Encoding: chunked\r\n"), {400}},
            {"NUL in the name", login_post(std::string("Transfer-Encoding\0: chunked\r\n", 29), chunks), {400}},
            {"on HTTP/1.0", "POST /login HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, {400}},
            {"on HTTP/1.0 with keep-alive",
             "POST /login HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks,
             {400}},
            {"underscored name means nothing", plain_get("Transfer_Encoding: chunked\r\n"), {200}, after::stays_open},
        });
}

// H2
TEST_F(framing, content_length_is_plain_digits_once) {
    const std::string body = "{   }";
    const auto length = [&](const std::string& value) { return login_post("Content-Length:" + value + "\r\n", body); };
    torture(server(),
            {
                {"plus", length(" +5"), {400}},
                {"minus", length(" -5"), {400}},
                {"minus zero", length(" -0"), {400}},
                {"5,6", length(" 5,6"), {400}},
                {"5,5", length(" 5,5"), {400}},
                {"5, 5", length(" 5, 5"), {400}},
                {"two, equal", login_post("Content-Length: 5\r\nContent-Length: 5\r\n", body), {400}},
                {"two, different", login_post("Content-Length: 5\r\nContent-Length: 6\r\n", body), {400}},
                {"two zeros", plain_get("Content-Length: 0\r\nContent-Length: 0\r\n"), {400}},
                {"two on GET", plain_get("Content-Length: 0\r\nContent-Length: 44\r\n"), {400}},
                {"empty", length(""), {400}},
                {"white space", length("   "), {400}},
                {"hex", length(" 0x5"), {400}},
                {"hex digits", length(" 5a"), {400}},
                {"space within", length(" 5 5"), {400}},
                {"semicolon", length(" 5;"), {400}},
                {"quoted", length(" \"5\""), {400}},
                {"fraction", length(" 5.0"), {400}},
                {"exponent", length(" 5e0"), {400}},
                {"full-width digit", length(" \xef\xbc\x95"), {400}},
                {"vertical tab", length(" \v5"), {400}},
                {"NUL", login_post(std::string("Content-Length: 5\0\r\n", 20), body), {400}},
                {"2^63", length(" 9223372036854775808"), {400}},
                {"2^64", length(" 18446744073709551616"), {400}},
                {"2^64 + 5", length(" 18446744073709551621"), {400}},
                {"many digits", length(' ' + std::string(300, '9')), {400}},
                {"17 digits with leading zeros", length(" 00000000000000005"), {400}},
                {"space before the colon", login_post("Content-Length : 5\r\n", body), {400}},
                {"folded", login_post("Content-Length:\r\n 5\r\n", body), {400}},
                {"bad on HTTP/1.0", "POST /login HTTP/1.0\r\nHost: h\r\nContent-Length: 5x\r\n\r\n{   }", {400}},
                {"huge but well formed", length(" 9999999999999999"), {413}},
                {"16 digits with leading zeros", length(" 0000000000000005"), {400}, after::stays_open},
                {"white space around", length(" \t5 \t"), {400}, after::stays_open},
                {"no white space", length("5"), {400}, after::stays_open},
                {"lower-case name", login_post("content-length: 5\r\n", body), {400}, after::stays_open},
                {"underscored name means nothing", plain_get("Content_Length: 44\r\n"), {200}, after::stays_open},
            });
}

// H7: what nobody reads ends the connection, so that a body is never taken for a request.
TEST_F(framing, an_unread_body_closes_the_connection) {
    const auto unread = [](const std::string& line, const std::string& more = {}) {
        return line + " HTTP/1.1\r\nHost: h\r\n" + more + "Content-Length: " + std::to_string(smuggled.size()) +
               "\r\n\r\n" + std::string(smuggled);
    };
    torture(server(), {
                          {"GET with a body", unread("GET /health/alive"), {200}},
                          {"HEAD with a body", unread("HEAD /health/alive"), {200}},
                          {"authorization check with a body", unread("GET /api/authz/auth-request"), {401}},
                          {"unknown path", unread("POST /nothing", "Content-Type: application/json\r\n"), {404}},
                          {"wrong method", unread("PUT /login", "Content-Type: application/json\r\n"), {405}},
                          {"unknown method", unread("BREW /login"), {501}},
                          {"TRACE with a body", unread("TRACE /login"), {405}},
                          {"wrong type", unread("POST /login", "Content-Type: text/plain\r\n"), {415}},
                          {"no type", unread("POST /login"), {415}},
                          {"cross-site",
                           unread("POST /login", "Content-Type: application/json\r\nSec-Fetch-Site: cross-site\r\n"),
                           {403}},
                          {"GET with a length and no body yet", plain_get("Content-Length: 5\r\n"), {200}},
                          {"HTTP/1.0 closes anyway", "GET /health/alive HTTP/1.0\r\nHost: h\r\n\r\n", {200}},
                          {"Connection: close", plain_get("Connection: close\r\n"), {200}},
                          {"Connection: a, CLOSE", plain_get("Connection: x-y, CLOSE\r\n"), {200}},
                          {"HTTP/1.0 with keep-alive",
                           "GET /health/alive HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n",
                           {200},
                           after::either},
                          {"GET with Content-Length 0", plain_get("Content-Length: 0\r\n"), {200}, after::stays_open},
                          {"404 without a body", plain_get("", "/nothing"), {404}, after::stays_open},
                          {"405 without a body", "DELETE /login HTTP/1.1\r\nHost: h\r\n\r\n", {405}, after::stays_open},
                      });
}

// H7
TEST_F(framing, continue_is_sent_only_for_an_accepted_request) {
    const auto announce = [](const std::string& line, const std::string& more) {
        return line + " HTTP/1.1\r\nHost: h\r\n" + more + "\r\n";
    };
    const std::string json = "Content-Type: application/json\r\n", expect = "Expect: 100-continue\r\n";
    torture(
        server(),
        {
            {"unknown path", announce("POST /nothing", json + expect + "Content-Length: 5\r\n"), {404}},
            {"wrong method", announce("PUT /login", json + expect + "Content-Length: 5\r\n"), {405}},
            {"unknown method", announce("BREW /login", json + expect + "Content-Length: 5\r\n"), {501}},
            {"wrong type",
             announce("POST /login", "Content-Type: text/plain\r\nContent-Length: 5\r\n" + expect),
             {415}},
            {"cross-site",
             announce("POST /login", json + expect + "Origin: https://evil.test\r\nContent-Length: 5\r\n"),
             {403}},
            {"too large", announce("POST /login", json + expect + "Content-Length: 2049\r\n"), {413}},
            {"bad length", announce("POST /login", json + expect + "Content-Length: +5\r\n"), {400}},
            {"chunked", announce("POST /login", json + expect + "Transfer-Encoding: chunked\r\n"), {411}},
            {"another expectation", announce("POST /login", json + "Expect: 200-ok\r\nContent-Length: 5\r\n"), {417}},
            {"more than one expectation",
             announce("POST /login", json + "Expect: 100-continue, x\r\nContent-Length: 5\r\n"),
             {417}},
        });

    for (const char* spelling : {"100-continue", "100-CONTINUE"}) {
        auto client = server().connect();
        const auto body = login_body(alice());
        client.send(announce("POST /login", json + "Expect: " + spelling +
                                                "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n"));
        const auto interim = client.read_response();
        EXPECT_EQ(interim.status, 100);
        client.send(body);
        EXPECT_EQ(client.read_response().status, 200);
        EXPECT_EQ(client.ask(get("/health/alive")).status, 200);
    }
}

// RFC 9110 section 10.1.1: an HTTP/1.0 client would not understand it.
TEST_F(framing, continue_is_not_sent_to_http_1_0) {
    auto client = server().connect();
    const auto body = login_body(alice());
    client.send(
        "POST /login HTTP/1.0\r\nHost: h\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
        "Content-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
    EXPECT_EQ(client.read_response().status, 200);
}

// The answer to a body that is too large reaches a client that is still sending it.
TEST_F(framing, a_refusal_arrives_while_the_body_is_being_sent) {
    for (const std::size_t size : {100'000, 2'000'000}) {
        SCOPED_TRACE(size);
        auto client = server().connect();
        client.send(login_post("Content-Length: " + std::to_string(size) + "\r\n"));
        client.send(std::string(size, ' '));
        EXPECT_EQ(client.read_response().status, 413);
        EXPECT_EQ(client.read_to_end(), "");
        if (size < 200'000) {
            EXPECT_FALSE(client.was_reset());
        }
    }
}

// A client that gives up within a request is never answered as if the request were whole.
TEST_F(framing, a_cut_off_request_is_not_run) {
    const auto whole = login_request(alice()).wire();
    for (const auto cut :
         {std::size_t{1}, std::size_t{20}, whole.find("\r\n\r\n") + 2, whole.find("\r\n\r\n") + 4, whole.size() - 1}) {
        SCOPED_TRACE(cut);
        auto client = server().connect();
        client.send(std::string_view(whole).substr(0, cut));
        client.finish_sending();
        const auto answer = client.read_to_end();
        EXPECT_EQ(answer.find("Set-Cookie"), std::string::npos);
        EXPECT_TRUE(answer.empty() || answer.starts_with("HTTP/1.1 400") || answer.starts_with("HTTP/1.1 408"))
            << answer;
    }
}

}  // namespace
}  // namespace latchkey::test
