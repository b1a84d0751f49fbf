// The same answer however the bytes arrive: split anywhere, many at once, or asked for with HEAD.
#include "expectations.hpp"
#include "latchkey_server.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <set>

namespace latchkey::test {
namespace {

class wire : public testing::Test {
protected:
    static void SetUpTestSuite() { server_ = std::make_unique<latchkey_server>(); }
    static void TearDownTestSuite() { server_.reset(); }
    static latchkey_server& server() { return *server_; }

    // Sends `bytes` in two halves, the second when the first has most likely been read.
    static http_response ask_split(const std::string& bytes, std::size_t at) {
        auto client = server().connect();
        client.send(std::string_view(bytes).substr(0, at));
        if (client.readable(std::chrono::milliseconds(1)))
            ADD_FAILURE() << "answered before the request was complete, split at " << at;
        client.send(std::string_view(bytes).substr(at));
        auto response = client.read_response();
        EXPECT_EQ(client.ask(get("/health/alive")).status, 200) << "split at " << at;
        return response;
    }

    static http_request a_check() {
        const header_list original{{"X-Original-URL", "https://app.example.com/"}};
        return get("/api/authz/auth-request", with_cookie(server().login(alice()), original));
    }

private:
    inline static std::unique_ptr<latchkey_server> server_;
};

// H9
TEST_F(wire, a_check_split_at_every_byte) {
    const auto bytes = get("/sessions/whoami", with_cookie(server().login(alice()))).wire();
    const auto whole = server().ask(get("/sessions/whoami", with_cookie(server().login(alice()))));
    for (std::size_t at = 1; at < bytes.size(); ++at) {
        const auto response = ask_split(bytes, at);
        ASSERT_EQ(response.status, 200) << "split at " << at << ": " << response.body;
        ASSERT_EQ(json_of(response)["user"], json_of(whole)["user"]) << "split at " << at;
    }
}

// H9
TEST_F(wire, a_login_split_at_every_byte) {
    const auto bytes = login_request(alice()).wire();
    for (std::size_t at = 1; at < bytes.size(); ++at) {
        const auto response = ask_split(bytes, at);
        ASSERT_EQ(response.status, 200) << "split at " << at << ": " << response.body;
        ASSERT_EQ(cookie_of(response).size(), 43U) << "split at " << at;
    }
}

// H9
TEST_F(wire, byte_by_byte) {
    const auto cookie = server().login(alice());
    auto client = server().connect();
    for (const auto& request : {login_request(bob()), get("/sessions/whoami", with_cookie(cookie)),
                                post_form("/login", {{"email", bob().email}, {"password", "wrong"}})}) {
        client.send_bytewise(request.wire());
        EXPECT_THAT((std::vector{200, 401}), testing::Contains(client.read_response().status));
    }
    EXPECT_EQ(client.ask(get("/health/alive")).status, 200);
}

// H9
TEST_F(wire, pipelined_requests_are_answered_in_order) {
    const auto cookie = server().login(alice());
    const std::vector<std::pair<http_request, int>> mixed{
        {get("/health/alive"), 200},
        {get("/sessions/whoami"), 401},
        {login_request(alice()), 200},
        {get("/sessions/whoami", with_cookie(cookie)), 200},
        {head("/login"), 200},
        {get("/nothing"), 404},
        {post_json("/login", R"({"email":"alice@example.com","password":"wrong"})"), 401},
        {get("/login"), 200},
        {{"PUT", "/login", {}, {}}, 405},
        {head("/sessions/whoami", with_cookie(cookie)), 200},
        {post_json("/logout", ""), 204},
        {get("/api/authz/auth-request", with_cookie(cookie, {{"X-Original-URL", "https://app.example.com/"}})), 200},
        {head("/nothing"), 404},
        {post_json("/login", "{"), 400},
        {post_form("/login", {{"email", bob().email}, {"password", bob().password}}), 303},
        {get("/api/authz/auth-request"), 401},
        {login_request(bob()), 200},
        {get("/health/ready"), 200},
        {post_json("/logout", "", with_cookie(cookie)), 204},
        {get("/sessions/whoami", with_cookie(cookie)), 401},
    };
    for (const bool bytewise : {false, true}) {
        const auto fresh = server().login(alice());
        std::string all;
        for (const auto& [request, status] : mixed) {
            auto text = request.wire();
            for (auto at = text.find(cookie); at != std::string::npos; at = text.find(cookie, at + 1))
                text.replace(at, cookie.size(), fresh);
            all += text;
        }
        auto client = server().connect();
        if (bytewise)
            client.send_bytewise(all);
        else
            client.send(all);
        int n = 0;
        for (const auto& [request, status] : mixed) {
            const auto response = client.read_response(request.method == "HEAD");
            EXPECT_EQ(response.status, status) << "request " << n << ": " << request.method << ' ' << request.target;
            expect_common_headers(response);
            ++n;
        }
        EXPECT_EQ(client.ask(get("/health/alive")).status, 200);
    }
}

// Many more requests than any buffer holds, sent before the first answer is read.
TEST_F(wire, a_long_pipeline) {
    auto client = server().connect();
    const auto one = get("/health/alive").wire();
    std::string all;
    constexpr int count = 2'000;
    for (int i = 0; i < count; ++i)
        all += one;
    client.send(all);
    client.finish_sending();
    for (int i = 0; i < count; ++i)
        ASSERT_EQ(client.read_response().status, 200) << "request " << i;
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_FALSE(client.was_reset());
}

// Checks are answered without a coroutine, and in one write where they come together; others are not. The client reads
// nothing before it has sent everything, so that the server meets a full socket in the midst of both.
TEST_F(wire, a_long_pipeline_of_checks_and_others) {
    const auto cookie = server().login(alice());
    const header_list original{{"X-Original-URL", "https://app.example.com/"}};
    const std::vector<std::pair<std::string, int>> turns{
        {get("/api/authz/auth-request", with_cookie(cookie, original)).wire(), 200},
        {get("/api/authz/auth-request", original).wire(), 401},
        {get("/sessions/whoami", with_cookie(cookie)).wire(), 200},
        {get("/api/authz/auth-request", with_cookie(cookie, original)).wire(), 200},
        {get("/oauth2/auth", with_cookie(cookie)).wire(), 202},
        {get("/nothing").wire(), 404},
    };
    std::string all;
    constexpr std::size_t count = 6'000;
    for (std::size_t i = 0; i < count; ++i)
        all += turns[i % turns.size()].first;
    auto client = server().connect({.from = {}, .receive_buffer = 4096});
    client.send(all);
    client.finish_sending();
    std::set<std::string> ids;
    for (std::size_t i = 0; i < count; ++i) {
        const auto response = client.read_response();
        ASSERT_EQ(response.status, turns[i % turns.size()].second) << "request " << i;
        ids.insert(response["X-Request-Id"]);
    }
    EXPECT_EQ(ids.size(), count);
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_FALSE(client.was_reset());
}

// Whoever says that no more will come is told the same right behind the answer, and not when the connection has been
// idle for long enough: the end may come with the request, or after it.
TEST_F(wire, the_end_of_the_requests_is_the_end_of_the_answers) {
    const auto check = a_check().wire();
    for (const bool apart : {false, true})
        for (const auto& request : {check, get("/health/alive").wire()}) {
            auto client = server().connect();
            client.send(request);
            if (apart) {
                EXPECT_EQ(client.read_response().status / 100, 2);
                client.finish_sending();
            } else {
                client.finish_sending();
                EXPECT_EQ(client.read_response().status / 100, 2);
            }
            EXPECT_EQ(client.read_to_end(), "");
            EXPECT_FALSE(client.was_reset());
        }
}

// H9
TEST_F(wire, an_authorization_check_split_at_every_byte) {
    const auto bytes = a_check().wire();
    for (std::size_t at = 1; at < bytes.size(); ++at)
        ASSERT_EQ(ask_split(bytes, at).status, 200) << "split at " << at;
}

TEST_F(wire, head_answers_like_get_without_the_body) {
    const auto cookie = server().login(alice());
    const header_list original{{"X-Original-URL", "https://app.example.com/"}};
    const std::vector<http_request> requests{
        get("/login"),
        get("/login?rd=/x"),
        get("/login", with_cookie(cookie)),
        get("/account", with_cookie(cookie)),
        get("/account"),
        get("/sessions/whoami"),
        get("/sessions/whoami", with_cookie(cookie)),
        get("/health/alive"),
        get("/health/ready"),
        get("/healthz"),
        get("/nothing"),
        get("/logout"),
        get("/api/authz/auth-request", original),
        get("/api/authz/auth-request", with_cookie(cookie, original)),
        get("/api/authz/auth-request", with_cookie(cookie)),
    };
    auto client = server().connect();
    for (auto request : requests) {
        SCOPED_TRACE(request.target);
        const auto full = client.ask(request);
        request.method = "HEAD";
        const auto bare = client.ask(request);
        EXPECT_EQ(bare.status, full.status);
        EXPECT_EQ(bare.body, "");
        auto full_headers = comparable_headers(full), bare_headers = comparable_headers(bare);
        EXPECT_EQ(bare_headers, full_headers);
    }
    EXPECT_EQ(client.ask(get("/health/alive")).status, 200) << "a body came after all";
}

// The contract's promise for every response; the set covers each kind once.
TEST_F(wire, every_answer_has_the_common_headers) {
    const auto cookie = server().login(alice());
    for (const auto& request : {get("/login"),
                                get("/login", with_cookie(cookie)),
                                get("/account", with_cookie(cookie)),
                                get("/account"),
                                login_request(bob()),
                                post_json("/login", "x"),
                                post_form("/login", {{"email", "x"}, {"password", "y"}}),
                                post_form("/login", {{"email", bob().email}, {"password", bob().password}}),
                                post_json("/logout", ""),
                                post_form("/logout", {{"a", "b"}}),
                                get("/sessions/whoami"),
                                get("/sessions/whoami", with_cookie(cookie)),
                                get("/api/authz/auth-request"),
                                get("/health/alive"),
                                get("/health/ready"),
                                get("/healthz"),
                                get("/nothing"),
                                get("/favicon.ico"),
                                http_request{"DELETE", "/login", {}, {}},
                                http_request{"BREW", "/login", {}, {}}}) {
        SCOPED_TRACE(request.method + ' ' + request.target);
        expect_common_headers(server().ask(request));
    }
    const auto style = server().ask(get("/assets/latchkey.css"));
    EXPECT_EQ(style.status, 200);
    EXPECT_EQ(style["Cache-Control"], "public, max-age=300");
    EXPECT_EQ(json_of(server().ask(get("/health/alive"))), (nlohmann::json{{"status", "ok"}}));
    EXPECT_EQ(json_of(server().ask(get("/healthz"))), (nlohmann::json{{"status", "ok"}}));
}

TEST_F(wire, request_ids_differ) {
    std::set<std::string> ids;
    auto client = server().connect();
    for (int i = 0; i < 200; ++i)
        ids.insert(client.ask(get("/health/alive"))["X-Request-Id"]);
    for (int i = 0; i < 50; ++i)
        ids.insert(server().ask(get("/health/alive"))["X-Request-Id"]);
    EXPECT_EQ(ids.size(), 250U);
}

}  // namespace
}  // namespace latchkey::test
