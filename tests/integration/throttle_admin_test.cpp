// Administrators see what is held against whom, and forget it: over HTTP, and by command with the server up or down.
#include "admin_calls.hpp"
#include "throttle_calls.hpp"

#include <gmock/gmock.h>

namespace latchkey::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const visitor office{"203.0.113.7", ""};
const visitor abroad{"2001:db8:1:2::3", ""};

class throttle_admin : public testing::Test {
protected:
    json list(const std::string& query = "") {
        return json_of(ask_admin(server_, "GET", "/admin/throttles" + query))["throttles"];
    }
    int clear(const std::string& query) {
        return json_of(ask_admin(server_, "DELETE", "/admin/throttles" + query)).value("cleared", -1);
    }
    int enter(const visitor& who, const test_user& user) {
        return server_.ask(guess(who, user.email, user.password)).status;
    }

    latchkey_server server_{throttled({{"per_pair", "3/1h"}, {"per_account", "3/1h"}, {"per_client", "3/1h"}})};
};

TEST_F(throttle_admin, shows_what_is_held) {
    EXPECT_EQ(list(), json::array());
    fail(server_, office, alice().email, 3);
    const auto all = list();
    ASSERT_EQ(all.size(), 3U) << all;
    std::map<std::string, json> by_kind;
    for (const auto& entry : all) {
        by_kind[entry["kind"]] = entry;
        EXPECT_EQ(entry["failures"], 3);
        EXPECT_GT(entry["wait_seconds"], 0);
        EXPECT_EQ(entry["id"].get<std::string>().size(), 32U);
    }
    EXPECT_EQ(by_kind["pair"]["client"], office.address);
    EXPECT_EQ(by_kind["client"]["client"], office.address);
    EXPECT_TRUE(by_kind["account"]["client"].is_null());
    EXPECT_EQ(by_kind["account"]["account"], alice().email);
    EXPECT_EQ(list("?account=Alice%40Example.com").size(), 2U);
    EXPECT_EQ(list("?client=" + office.address).size(), 2U);
    EXPECT_EQ(list("?limit=1").size(), 1U);
    EXPECT_EQ(list("?client=192.0.2.99"), json::array());
    auto found = list("?id=" + by_kind["pair"]["id"].get<std::string>());
    ASSERT_EQ(found.size(), 1U) << found;
    found[0]["wait_seconds"] = by_kind["pair"]["wait_seconds"];  // a second may have passed
    EXPECT_EQ(found[0], by_kind["pair"]);
}

TEST_F(throttle_admin, forgets_what_is_held) {
    fail(server_, office, alice().email, 3);
    EXPECT_EQ(enter(office, alice()), 429);
    EXPECT_EQ(ask_admin(server_, "DELETE", "/admin/throttles").status, 400);
    EXPECT_EQ(enter(office, alice()), 429);
    EXPECT_EQ(clear("?account=alice@example.com"), 2);
    EXPECT_EQ(enter(office, alice()), 429) << "the client's own is still there";
    EXPECT_EQ(clear("?client=" + office.address), 1);
    EXPECT_EQ(enter(office, alice()), 200);
    fail(server_, abroad, bob().email, 3);
    EXPECT_EQ(clear("?all=true"), 3);
    EXPECT_EQ(clear("?all=true"), 0);
    EXPECT_EQ(enter(abroad, bob()), 200);
    EXPECT_THAT(server_.output(), HasSubstr("\"throttle_cleared\""));  // A3
}

enum class server_is { up, down };

class throttle_command : public throttle_admin, public testing::WithParamInterface<server_is> {
protected:
    run_result run(std::vector<std::string> words) {
        words.insert(words.begin(), "throttle");
        if (GetParam() == server_is::down) {
            EXPECT_EQ(server_.stop(), 0);
        }
        auto done = server_.command(words);
        if (GetParam() == server_is::down)
            server_.start();
        EXPECT_EQ(done.status, 0) << done.errors;
        return done;
    }
};

INSTANTIATE_TEST_SUITE_P(server, throttle_command, testing::Values(server_is::up, server_is::down),
                         [](const auto& server) { return std::string(server.param == server_is::up ? "up" : "down"); });

TEST_P(throttle_command, lists) {
    fail(server_, abroad, alice().email, 3);
    const auto told = run({"list", "--json"}).output;
    const auto all = json::parse(told)["throttles"];
    EXPECT_EQ(all.size(), 3U) << told;
    const auto table = run({"list", "--account", "ALICE@example.com", "--client", "2001:db8:1:2::/64"}).output;
    EXPECT_THAT(table, HasSubstr("pair"));
    EXPECT_THAT(table, HasSubstr("2001:db8:1:2::/64"));
    EXPECT_THAT(table, HasSubstr("alice@example.com"));
    EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 2) << table;
}

TEST_P(throttle_command, clears) {
    fail(server_, office, alice().email, 3);
    EXPECT_EQ(json::parse(run({"clear", "--account", alice().email, "--json"}).output),
              json::parse(R"({"cleared":2})"));
    EXPECT_EQ(enter(abroad, alice()), 200);
    EXPECT_EQ(enter(office, alice()), 429);
    EXPECT_EQ(run({"clear", "--client", office.address}).output, "Forgot 1 throttle.\n");
    EXPECT_EQ(enter(office, alice()), 200);
    fail(server_, office, bob().email, 3);
    run({"clear", "--all"});
    EXPECT_EQ(enter(office, bob()), 200);
    EXPECT_EQ(run({"list"}).output, "");
}

}  // namespace
}  // namespace latchkey::test
