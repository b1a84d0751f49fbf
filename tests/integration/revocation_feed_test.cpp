// The revocation feed over real sockets: nobody misses an end, and nobody costs more than a connection.
#include "bare_server.hpp"
#include "deadline.hpp"
#include "expectations.hpp"
#include "process_probe.hpp"
#include "program_shim.hpp"
#include "sanitizer.hpp"
#include "token_key.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <chrono>
#include <mutex>
#include <random>
#include <regex>
#include <set>
#include <stdexcept>
#include <thread>

namespace latchkey::test {
namespace {

using ::testing::HasSubstr;

// Reads events until its connection ends.
class follower {
public:
    follower(const latchkey_server& server, const std::string& last_id) : connection_(server.connect()) {
        std::string request = "GET /revocations HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n";
        if (!last_id.empty())
            request += "Last-Event-ID: " + last_id + "\r\n";
        connection_.send(request + "\r\n");
    }

    // The sid of the next event; "" at the end of the connection. Sets last_id().
    std::string next() {
        for (;;) {
            const auto end = text_.find("\n\n");
            if (end == text_.npos) {
                const auto more = connection_.read_some();
                if (more.empty())
                    return "";
                text_ += more;
                continue;
            }
            const std::string event = text_.substr(0, end);
            text_.erase(0, end + 2);
            static const std::regex revoked(
                R"re(event: revoked\nid: (\d+)\ndata: \{"sid":"([0-9a-f]{32})","exp":\d+\}$)re");
            std::smatch found;
            if (std::regex_search(event, found, revoked)) {
                id_ = found[1];
                return found[2];
            }
        }
    }
    const std::string& last_id() const noexcept { return id_; }
    raw_client& connection() { return connection_; }

private:
    raw_client connection_;
    std::string text_, id_;
};

class revocation_feed : public ::testing::Test {
protected:
    static server_setup setup_with(const std::string& key_file) {
        make_token_key(key_file);
        server_setup out;
        out.config["tokens.enabled"] = "true";
        out.config["tokens.key_file"] = '"' + key_file + '"';
        return out;
    }

    // Begins a session and ends it: its id.
    std::string end_one(raw_client& connection) {
        const auto entered = connection.ask(login_request(bob()));
        const auto cookie = cookie_of(entered);
        EXPECT_EQ(connection.ask({"POST", "/logout", with_cookie(cookie), {}}).status, 204);
        return json_of(entered)["session"]["id"];
    }

    temp_dir keys_;
};

TEST_F(revocation_feed, tells_each_end_after_its_answer) {
    const latchkey_server server(setup_with(keys_ / "key.pem"));
    auto connection = server.connect();
    const auto before = end_one(connection);
    follower one(server, "");
    EXPECT_EQ(one.next(), before);
    const auto after = end_one(connection);
    EXPECT_EQ(one.next(), after);
    follower late(server, one.last_id());
    const auto last = end_one(connection);
    EXPECT_EQ(late.next(), last);
    EXPECT_EQ(one.next(), last);
    // An id of another run, or of nobody: everything.
    for (const std::string id : {"1", "99999999999999999", "x", "-1"}) {
        follower strange(server, id);
        EXPECT_EQ(strange.next(), before);
    }
}

// What was ended before a crash is still told after it.
TEST_F(revocation_feed, outlives_a_crash) {
    auto setup = setup_with(keys_ / "key.pem");
    setup.start = false;
    const latchkey_server home(setup);
    bare_server server(home);
    server.start();
    std::string ended, id;
    {
        auto connection = home.connect();
        ended = end_one(connection);
        follower one(home, "");
        EXPECT_EQ(one.next(), ended);
        id = one.last_id();
        server.kill();
        EXPECT_EQ(one.next(), "");
    }
    server.start();
    follower again(home, id);
    EXPECT_EQ(again.next(), ended);  // an id of another run: everything
    EXPECT_GT(again.last_id(), id);
    EXPECT_EQ(server.stop(), 0);
}

// Twenty followers that come and go while sessions end: each has every end, in order, none twice within a connection.
TEST_F(revocation_feed, nobody_misses_an_end) {
    const latchkey_server server(setup_with(keys_ / "key.pem"));
    const int ends = under_sanitizer() ? 100 : 1'000;
    std::vector<std::set<std::string>> heard(20);
    std::atomic<int> disorders{0};
    std::atomic<bool> all_ended{false};
    std::string last;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < heard.size(); ++i)
        threads.emplace_back([&, i] {
            std::mt19937 random(static_cast<unsigned>(i));
            std::string id;
            while (heard[i].size() < static_cast<std::size_t>(ends)) {
                follower one(server, id);
                for (auto n = 1 + random() % 60; n > 0 && heard[i].size() < static_cast<std::size_t>(ends); --n) {
                    const auto sid = one.next();
                    if (sid.empty() || !heard[i].insert(sid).second || one.last_id() <= id)
                        disorders.fetch_add(1);
                    id = one.last_id();
                }
            }
        });
    std::vector<std::thread> enders;
    std::mutex mutex;
    std::set<std::string> ended;
    for (int t = 0; t < 2; ++t)
        enders.emplace_back([&] {
            auto connection = server.connect();
            for (int i = 0; i < ends / 2; ++i) {
                auto sid = end_one(connection);
                const std::lock_guard lock(mutex);
                ended.insert(std::move(sid));
            }
        });
    for (auto& thread : enders)
        thread.join();
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(disorders, 0);
    for (const auto& one : heard)
        EXPECT_EQ(one, ended);
}

TEST_F(revocation_feed, has_room_for_so_many) {
    const latchkey_server server(setup_with(keys_ / "key.pem"));
    std::vector<follower> all;
    for (int i = 0; i < 256; ++i) {
        all.emplace_back(server, "");
        EXPECT_THAT(all.back().connection().read_some(), HasSubstr("200 OK"));
    }
    const http_request one_more{"GET", "/revocations", {{"Accept", "text/event-stream"}}, {}};
    // The last may still be about to be counted, as its head was sent first. Then one more gets in: an answer without
    // end.
    http_response refused;
    for (const deadline until; refused.status != 503 && !until.passed();) {
        try {
            refused = server.ask(one_more);
        } catch (const std::runtime_error&) {
        }
    }
    expect_problem(refused, 503, "too_many_followers");
    EXPECT_EQ(server.ask(get("/revocations")).status, 200);  // the list is there for everybody
    // Who leaves makes room, soon.
    all.clear();
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    int status = 0;
    while (status != 200 && std::chrono::steady_clock::now() < until) {
        auto connection = server.connect();
        connection.send(one_more.wire());
        const auto head = connection.read_some();
        status = head.size() > 12 ? std::stoi(head.substr(9, 3)) : 0;
    }
    EXPECT_EQ(status, 200);
}

// Ten seconds of silence, and a comment says that the feed is alive. The seconds pass without being waited for.
TEST_F(revocation_feed, is_never_silent_for_long) {
    if (const auto reason = program_shim::unusable(); !reason.empty())
        GTEST_SKIP() << reason;
    auto setup = setup_with(keys_ / "key.pem");
    setup.start = false;
    const latchkey_server home(setup);
    program_shim shim(home.directory() / "latchkey.db");
    bare_server server(home, shim.environment());
    server.start();
    auto listener = home.connect();
    listener.send("GET /revocations HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n");
    std::string heard;
    while (!heard.ends_with("retry: 1000\n\n"))
        heard += listener.read_some();
    for (int i = 0; i < 3; ++i) {
        shim.pass_deadlines(std::chrono::seconds(8));
        EXPECT_FALSE(listener.readable(std::chrono::milliseconds(600))) << "sooner than promised";
        shim.pass_deadlines(std::chrono::seconds(3));
        ASSERT_TRUE(listener.readable(std::chrono::seconds(5))) << "it would have come by itself by now";
        EXPECT_EQ(listener.read_some(), ":\n\n");
    }
    auto connection = home.connect();
    const auto sid = end_one(connection);
    EXPECT_THAT(listener.read_some(), HasSubstr(sid));
    EXPECT_EQ(server.stop(), 0);
}

// Who does not read costs a connection and one piece of the feed, or no copy of the list at all, and is cut off.
TEST_F(revocation_feed, holds_nothing_for_who_does_not_read) {
    if (under_sanitizer())
        GTEST_SKIP() << "sanitizers keep memory of their own";
    auto setup = setup_with(keys_ / "key.pem");
    setup.config["limits.write_timeout"] = "\"2s\"";
    setup.config["log.level"] = "\"error\"";
    latchkey_server server(setup);
    constexpr int ends = 3'000;  // 320 KiB as a feed, 190 KiB as a list: more than a connection takes unread
    std::vector<std::thread> enders;
    for (int t = 0; t < 4; ++t)
        enders.emplace_back([&] {
            auto connection = server.connect();
            for (int i = 0; i < ends / 4; ++i)
                end_one(connection);
        });
    for (auto& thread : enders)
        thread.join();
    const auto warm = server.ask(get("/revocations"));
    EXPECT_GT(warm.body.size(), 150'000U);

    constexpr std::size_t readers = 100, allowed_each = 64 * 1024;
    for (const std::string accept : {"text/event-stream", "application/json"}) {
        SCOPED_TRACE(accept);
        const auto before = resident_memory(server.process().pid());
        std::vector<raw_client> all;
        for (std::size_t i = 0; i < readers; ++i) {
            all.push_back(server.connect({.from = {}, .receive_buffer = 4'096}));
            all.back().send("GET /revocations HTTP/1.1\r\nHost: x\r\nAccept: " + accept + "\r\n\r\n");
        }
        for (auto& one : all)
            EXPECT_TRUE(one.readable(std::chrono::seconds(10)));
        EXPECT_EQ(server.ask(get("/health/alive")).status, 200);
        const auto during = resident_memory(server.process().pid());
        EXPECT_LT(during, before + readers * allowed_each);
        for (auto& one : all)
            EXPECT_TRUE(one.wait_for_hangup());
        EXPECT_EQ(server.ask(get("/revocations")).body, warm.body);
    }
}

// A feed is for listening: whoever sends something is let go.
TEST_F(revocation_feed, is_for_listeners) {
    const latchkey_server server(setup_with(keys_ / "key.pem"));
    follower talker(server, "");
    EXPECT_THAT(talker.connection().read_some(), HasSubstr("200 OK"));
    talker.connection().send("GET /revocations HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(talker.next(), "");
}

TEST_F(revocation_feed, does_not_hold_up_the_end) {
    latchkey_server server(setup_with(keys_ / "key.pem"));
    std::vector<follower> all;
    for (int i = 0; i < 10; ++i) {
        all.emplace_back(server, "");
        EXPECT_THAT(all.back().connection().read_some(), HasSubstr("200 OK"));
    }
    EXPECT_EQ(server.stop(), 0);
    EXPECT_THAT(server.output(), HasSubstr("\"connections_left\":0"));
    for (auto& one : all)
        EXPECT_EQ(one.next(), "");
}

}  // namespace
}  // namespace latchkey::test
