// GET and DELETE /admin/throttles: which are meant, and how they are told.
#include "admin_routes.hpp"
#include "handler_fixture.hpp"

namespace latchkey::http {
namespace {

struct throttle_keeper final : testing::no_users {
    std::vector<throttle_entry> held;
    std::string asked;  // by the last call
    std::optional<errc> failure;

    void note(std::string what, const throttle_filter& which) {
        asked = std::move(what) + " id=" + std::string(which.id) + " account=" + std::string(which.account) +
                " client=" + (which.client ? which.client->str() : "none");
    }
    task<result<std::vector<throttle_entry>>> throttles(throttle_filter which, std::size_t limit) override {
        note("list " + std::to_string(limit), which);
        if (failure)
            co_return *failure;
        co_return held;
    }
    task<result<std::size_t>> clear_throttles(throttle_filter which, admin_call) override {
        note("clear", which);
        co_return std::size_t{3};
    }
};

class admin_throttles : public testing::handler_fixture {
protected:
    admin_throttles() {
        http::domain parts = domain_.get();
        services_with(parts);
        routes_ = admin_routes();
        for_programs_ = true;
    }
    void services_with(const http::domain& parts) {
        use_domain(
            {parts.sessions, parts.logins, keeper_, parts.reloads, parts.ready, parts.audit, parts.log, parts.time});
    }
    std::string asked_by(const std::string& line) {
        keeper_.asked.clear();
        last_ = ask(line);
        return keeper_.asked;
    }

    throttle_keeper keeper_;
    testing::answer last_;
};

TEST_F(admin_throttles, are_listed) {
    throttle_entry pair;
    pair.kind = throttle_kind::pair;
    pair.id = "00112233445566778899aabbccddeeff";
    pair.client.emplace();
    pair.client->network.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1};
    pair.account = "ada@example.com";
    pair.failures = 12;
    pair.last_failure = domain_.time.now() - seconds{10};
    pair.open_at = domain_.time.now() + seconds{90};
    throttle_entry quiet;
    quiet.kind = throttle_kind::account;
    quiet.account = "\xff\"";
    quiet.open_at = domain_.time.now() - seconds{5};
    keeper_.held = {pair, quiet};

    EXPECT_EQ(asked_by("GET /admin/throttles"), "list 100 id= account= client=none");
    EXPECT_EQ(last_.status, 200);
    const auto content = last_.json();
    EXPECT_TRUE(content["next_cursor"].is_null());
    ASSERT_EQ(content["throttles"].size(), 2U);
    EXPECT_EQ(content["throttles"][0], nlohmann::json::parse(R"({"id":"00112233445566778899aabbccddeeff","kind":"pair",
        "client":"192.0.2.1","account":"ada@example.com","failures":12,"last_failure_at":"2025-12-31T23:59:50Z",
        "open_at":"2026-01-01T00:01:30Z","wait_seconds":90})"));
    EXPECT_TRUE(content["throttles"][1]["client"].is_null());
    EXPECT_EQ(content["throttles"][1]["wait_seconds"], 0);
}

TEST_F(admin_throttles, are_filtered) {
    EXPECT_EQ(asked_by("GET /admin/throttles?account=Ada%40example.com&client=192.0.2.1&limit=7"),
              "list 7 id= account=Ada@example.com client=192.0.2.1");
    EXPECT_EQ(asked_by("GET /admin/throttles?client=2001%3Adb8%3A1%3A2%3A3%3A%3A9"),
              "list 100 id= account= client=2001:db8:1:2::/64");
    EXPECT_EQ(asked_by("GET /admin/throttles?client=2001:db8:1:2::/64"),
              "list 100 id= account= client=2001:db8:1:2::/64");
    EXPECT_EQ(asked_by("GET /admin/throttles?client=::ffff:192.0.2.1"), "list 100 id= account= client=192.0.2.1");
    EXPECT_EQ(asked_by("GET /admin/throttles?id=00112233445566778899aabbccddeeff"),
              "list 100 id=00112233445566778899aabbccddeeff account= client=none");
}

TEST_F(admin_throttles, are_cleared) {
    EXPECT_EQ(asked_by("DELETE /admin/throttles?all=true"), "clear id= account= client=none");
    EXPECT_EQ(last_.status, 200);
    EXPECT_EQ(last_.body, "{\"cleared\":3}\n");
    EXPECT_EQ(asked_by("DELETE /admin/throttles?client=192.0.2.1"), "clear id= account= client=192.0.2.1");
    EXPECT_EQ(asked_by("DELETE /admin/throttles?account=ada@example.com"),
              "clear id= account=ada@example.com client=none");
}

// Forgetting everything takes more than forgetting to say what.
TEST_F(admin_throttles, are_not_cleared_by_mistake) {
    for (const char* query : {"", "?", "?account=", "?all=false", "?all=1", "?all=true&account=a", "?all=true&all=true",
                              "?limit=3", "?acount=x"}) {
        EXPECT_EQ(asked_by(std::string("DELETE /admin/throttles") + query), "") << query;
        EXPECT_EQ(last_.status, 400) << query;
        EXPECT_EQ(last_.code(), "invalid_request") << query;
        EXPECT_TRUE(last_.json().contains("detail")) << query;
    }
}

TEST_F(admin_throttles, refuse_what_is_no_filter) {
    for (const char* query :
         {"id=x", "id=00112233445566778899AABBCCDDEEFF", "client=x", "client=192.0.2.1:80", "client=192.0.2.1/64",
          "client=192.0.2.0/24", "client=[2001:db8::1]", "client=2001:db8::/48", "client=/64", "client=%00", "limit=0",
          "limit=1001", "account=%ff", "account=a&account=b"}) {
        for (const char* line : {"GET /admin/throttles?", "DELETE /admin/throttles?"}) {
            EXPECT_EQ(asked_by(std::string(line) + query), "") << query;
            EXPECT_EQ(last_.status, 400) << query;
        }
    }
    keeper_.failure = errc::store_unavailable;
    asked_by("GET /admin/throttles");
    EXPECT_EQ(last_.status, 503);
}

}  // namespace
}  // namespace latchkey::http
