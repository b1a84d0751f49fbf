// C4, P5: neither a live cookie nor a password stays in the server's memory.
//
// What a core file would hold: every private writable page of the running process is searched.
#include "latchkey_server.hpp"
#include "process_probe.hpp"
#include "sanitizer.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

#include <poll.h>

namespace latchkey::test {
namespace {

class memory : public testing::Test {
protected:
    void SetUp() override {
        if (under_sanitizer())
            GTEST_SKIP() << "sanitizers keep copies of their own";
        if (!count_in_memory(server_.process().pid(), "x"))
            GTEST_SKIP() << "this system does not let a process read its child's memory";
        // The fixture's own probe may still be open for a moment.
        files_ = open_files(server_.process().pid());
        for (int i = 0; i < 20; ++i) {
            ::poll(nullptr, 0, 5);
            files_ = std::min(files_, open_files(server_.process().pid()));
        }
    }
    // How often `secret` is in the server's memory once it has noticed the end of every connection but `open` ones.
    std::size_t hits(const std::string& secret, std::size_t open) {
        const auto pid = server_.process().pid();
        for (const deadline until; open_files(pid) > files_ + open && !until.passed();)
            ::poll(nullptr, 0, 5);
        EXPECT_EQ(open_files(pid), files_ + open);
        return *count_in_memory(pid, secret);
    }

    std::size_t files_ = 0;  // descriptors without any connection
    latchkey_server server_;
};

// That the search finds what is there: the email, which the server keeps for the user's sessions.
TEST_F(memory, the_search_finds_what_is_kept) {
    server_.login(alice());
    EXPECT_GT(*count_in_memory(server_.process().pid(), alice().email), 0U);
    EXPECT_EQ(hits("carol@example.com", 0), 0U);
}

TEST_F(memory, nothing_stays_after_logins_and_checks) {
    std::vector<std::string> cookies;
    auto kept = server_.connect();  // one connection that stays open, others that come and go
    for (int i = 0; i < 5; ++i) {
        cookies.push_back(cookie_of(kept.ask(login_request(alice()))));
        cookies.push_back(
            cookie_of(kept.ask(post_form("/login", {{"email", alice().email}, {"password", alice().password}}))));
        cookies.push_back(server_.login(alice()));
        cookies.push_back(cookie_of(server_.ask(
            post_form("/login", {{"email", alice().email}, {"password", alice().password}, {"remember_me", "on"}}))));
    }
    for (const auto& cookie : cookies) {
        const header_list headers = with_cookie(cookie, {{"X-Original-URL", "https://app.example.com/"}});
        for (const auto& request : {get("/sessions/whoami", headers), get("/api/authz/auth-request", headers),
                                    get("/account", headers), head("/sessions/whoami", headers)}) {
            EXPECT_EQ(kept.ask(request).status, 200);
            EXPECT_EQ(server_.ask(request).status, 200);
        }
        EXPECT_EQ(kept.ask(get("/login", headers)).status, 303);
    }
    for (const auto& cookie : cookies)
        EXPECT_EQ(hits(cookie, 1), 0U) << "a live cookie";
    EXPECT_EQ(hits(alice().password, 1), 0U);
    EXPECT_EQ(hits(percent_encode(alice().password), 1), 0U);
}

TEST_F(memory, nothing_stays_of_failures) {
    auto kept = server_.connect();
    const std::string canary = "canary-of-a-wrong-password", query = "canary-in-a-query";
    const header_list padding{{"X-Padding", std::string(6'000, 'p')}};  // leaves the connection's small buffer
    for (const auto& request :
         {post_json("/login", R"({"email":"alice@example.com","password":")" + canary + "\"}"),
          post_json("/login", R"({"email":"nobody@example.com","password":")" + canary + "\"}"),
          post_form("/login", {{"email", alice().email}, {"password", canary}}),
          post_json("/login", R"({"email":"alice@example.com","password":")" + canary + "\", !"),
          post_json("/login", R"({"password":")" + canary + R"(","password":"x","email":"y"})"),
          post_json("/login", R"({"email":"alice@example.com","password":")" + canary + "\"}", padding),
          post_form("/login", {{"password", canary}}),
          post_json("/login",
                    R"({"email":"alice@example.com","password":")" + canary + "\"}" + std::string(9'000, ' ')),
          post_json("/logout", R"({"password":")" + canary + "\"}"), post_form("/logout", {{"password", canary}}),
          get("/sessions/whoami", {{"Cookie", "__Host-session=" + query}}),
          get("/sessions/whoami", with_cookie(query, padding)), get("/login?password=" + query)})
        kept.ask(request);
    for (const auto& request : {post_json("/nothing", canary), http_request{"POST", "/login", {}, canary},
                                http_request{"PUT", "/login", {}, canary}, http_request{"GET", "/login", {}, canary}})
        server_.ask(request);
    {
        auto cut = server_.connect();  // half a body, then gone
        cut.send(
            "POST /login HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
            "{\"password\":\"" +
            canary);
    }
    EXPECT_EQ(kept.ask(get("/health/alive")).status, 200);
    EXPECT_EQ(hits(canary, 1), 0U);
    EXPECT_EQ(hits(query, 1), 0U);
}

// A body that is refused by its header arrives all the same: it is read to be thrown away.
TEST_F(memory, nothing_stays_of_refused_bodies) {
    const std::string canary = "canary-in-a-refused-body";
    for (const std::size_t padding : {0, 3'000, 6'000})  // what fits the small buffer of a connection, and what doesn't
        for (const std::string early : {"", "password="}) {
            auto client = server_.connect();
            client.send("POST /login HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\nX: " +
                        std::string(padding, 'p') + "\r\n\r\n" + early);
            EXPECT_EQ(client.read_response().status, 415);
            client.send(canary);
            client.finish_sending();
            EXPECT_EQ(client.read_to_end(), "");
        }
    EXPECT_EQ(hits(canary, 0), 0U);
}

// C4: nor on disk.
TEST_F(memory, nothing_reaches_the_disk) {
    const auto cookie = server_.login(alice());
    for (const auto& entry : std::filesystem::recursive_directory_iterator(server_.directory().path()))
        if (entry.is_regular_file()) {
            const auto content = read_whole_file(entry.path().string());
            EXPECT_EQ(content.find(cookie), std::string::npos) << entry.path();
            EXPECT_EQ(content.find(alice().password), std::string::npos) << entry.path();
        }
}

}  // namespace
}  // namespace latchkey::test
