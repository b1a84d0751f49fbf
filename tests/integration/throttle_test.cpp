// How often somebody may try: one budget for every way in, the same for accounts that do not exist, until time has
// passed.
#include "admin_calls.hpp"
#include "throttle_calls.hpp"

#include <gmock/gmock.h>

#include <poll.h>
#include <sqlite3.h>

namespace latchkey::test {
namespace {

using testing::HasSubstr;

const visitor home{"203.0.113.7", ""};
const visitor elsewhere{"203.0.113.8", ""};

// What answers differ in for no reason of the account's.
header_list telling_headers(const http_response& response) {
    auto headers = comparable_headers(response);
    std::erase_if(headers, [](const auto& h) { return iequals(h.first, "Retry-After"); });  // a second may have passed
    return headers;
}

http_request with_home(http_request request) {
    request.headers.emplace_back("X-Forwarded-For", home.address);
    return request;
}

// L4, CVE-2026-9798: no way in has a budget of its own.
TEST(throttle, is_one_for_every_way_in) {
    latchkey_server server(throttled({{"per_pair", "8/1h"}}));
    const auto mine = server.login(alice());
    fail(server, home, alice().email, 2);
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(server.ask(form_guess(home, alice().email, "wrong")).status, 401);
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(server.ask(with_home(reauthentication(mine, "wrong"))).status, 401);
    EXPECT_EQ(server.ask(with_home(password_change(mine, "wrong", "wrong-as-well"))).status, 401) << "two attempts";

    expect_throttled(server.ask(guess(home, alice().email, alice().password)));
    expect_throttled(server.ask(with_home(reauthentication(mine, alice().password))));
    expect_throttled(server.ask(with_home(password_change(mine, alice().password, "another-Lamp-post"))));
    const auto page = server.ask(form_guess(home, alice().email, alice().password));
    EXPECT_EQ(page.status, 429);
    EXPECT_GT(std::stoi("0" + page["Retry-After"]), 0);
    EXPECT_THAT(page.body, HasSubstr("There were too many attempts."));
    EXPECT_THAT(page.body, testing::Not(HasSubstr("aria-invalid")));
    const auto account = server.ask(with_home(post_form("/account/password",
                                                        {{"current_password", alice().password},
                                                         {"new_password", "another-Lamp-post"},
                                                         {"repeat_password", "another-Lamp-post"}},
                                                        with_cookie(mine))));
    EXPECT_EQ(account.status, 429);
    EXPECT_THAT(account.body, HasSubstr("There were too many attempts."));

    EXPECT_EQ(whoami(server, mine), 200) << "L7: the session lives on";
    EXPECT_EQ(server.ask(guess(elsewhere, alice().email, alice().password)).status, 200);
    EXPECT_EQ(server.ask(guess(home, bob().email, bob().password)).status, 200);
}

// L4: a change that has to look at both passwords makes two attempts of it.
TEST(throttle, refuses_the_second_password_of_a_change) {
    latchkey_server server(throttled({{"per_pair", "3/1h"}}));
    const auto mine = server.login(alice());
    fail(server, home, alice().email, 2);
    expect_throttled(server.ask(with_home(password_change(mine, "wrong", "wrong-as-well"))));
    EXPECT_EQ(whoami(server, mine), 200);
}

// L6: whoever is asked for, known, disabled or nobody at all, the answers are the same ones at the same time.
TEST(throttle, tells_nothing_of_accounts) {
    latchkey_server server(throttled({{"per_pair", "3/1h"}}));
    const auto in_form = [&](const std::string& email) { return server.ask(form_guess(home, email, "wrong")); };
    std::vector<std::vector<http_response>> answers;
    for (const std::string email :
         {"alice@example.com", "nobody@example.com", "mallory@example.com", "bob@example.com"}) {
        auto& got = answers.emplace_back();
        for (int i = 0; i < 5; ++i)
            got.push_back(
                server.ask(guess(home, email, i == 4 && email == alice().email ? alice().password : "wrong")));
        got.push_back(in_form(email));
    }
    for (const auto& got : answers)
        for (std::size_t i = 0; i < got.size(); ++i) {
            EXPECT_EQ(got[i].status, i < 3 ? 401 : 429) << i;
            EXPECT_EQ(telling_headers(got[i]).size(), telling_headers(answers[0][i]).size());
            if (i < 5) {
                EXPECT_EQ(telling_headers(got[i]), telling_headers(answers[0][i]));
                EXPECT_EQ(comparable_body(got[i]), comparable_body(answers[0][i]));
            }
        }
}

// CVE-2025-24806, CVE-2026-47203: spellings of one mailbox are one account. What is no address is nobody's, and
// counted.
TEST(throttle, knows_an_account_by_all_its_spellings) {
    latchkey_server server(throttled({{"per_pair", "4/1h"}}));
    for (const char* spelling : {"alice@example.com", "ALICE@example.com", "Alice@Example.COM", "aLICE@eXAMPLE.com"})
        fail(server, home, spelling, 1);
    for (const char* spelling : {"alice@example.com", "AlIcE@example.com", "alice@EXAMPLE.com"})
        expect_throttled(server.ask(guess(home, spelling, alice().password)));
    // None of these is looked up as hers, so none is another go at her password.
    for (const char* spelling :
         {" alice@example.com", "alice@example.com ", "alice@example.com.", "alice@ex\xc3\xa4mple.com"}) {
        EXPECT_EQ(server.ask(guess(home, spelling, alice().password)).status, 401) << spelling;
        fail(server, home, spelling, 3);
        expect_throttled(server.ask(guess(home, spelling, alice().password)));
    }
}

// CVE-2026-45364: an IPv6 subscriber has one address, however many there are in the /64; IPv4 is IPv4 in any clothes.
TEST(throttle, knows_a_client_by_its_network) {
    latchkey_server server(throttled({{"per_pair", "4/1h"}}));
    for (const char* address :
         {"2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2:3:4:5:6", "2001:DB8:1:2::1"})
        fail(server, {address, ""}, alice().email, 1);
    expect_throttled(server.ask(guess({"2001:db8:1:2::abcd", ""}, alice().email, alice().password)));
    EXPECT_EQ(server.ask(guess({"2001:db8:1:3::1", ""}, alice().email, alice().password)).status, 200);
    fail(server, {"198.51.100.1", ""}, bob().email, 2);
    fail(server, {"::ffff:198.51.100.1", ""}, bob().email, 2);
    expect_throttled(server.ask(guess({"198.51.100.1", ""}, bob().email, bob().password)));
}

// F1: the address of somebody who is no proxy is not what they say it is. Here the peer is the proxy; X-Forwarded-For
// is read from the right, so that what the client put there counts for nothing.
TEST(throttle, does_not_believe_the_client) {
    latchkey_server server(throttled({{"per_pair", "3/1h"}}));
    for (int i = 0; i < 3; ++i)
        fail(server, {"10.9.8." + std::to_string(i) + ", " + home.address, ""}, alice().email, 1);
    expect_throttled(server.ask(guess({"10.9.8.99, " + home.address, ""}, alice().email, alice().password)));
}

// One client, many accounts: then it is refused before its body is read, on a connection that goes on.
TEST(throttle, refuses_a_client_before_it_reads) {
    latchkey_server server(throttled({{"per_client", "5/1h"}}));
    for (int i = 0; i < 5; ++i)
        fail(server, home, "person" + std::to_string(i) + "@example.com", 1);
    auto client = server.connect();
    for (int i = 0; i < 3; ++i) {
        const auto refused = client.ask(guess(home, alice().email, alice().password));
        expect_throttled(refused);
        EXPECT_EQ(refused.count("Connection"), 0U) << "the body had come along";
    }
    EXPECT_EQ(client.ask(form_guess(home, alice().email, alice().password)).status, 429);
    EXPECT_EQ(client.ask(guess(elsewhere, alice().email, alice().password)).status, 200) << "the same connection";

    const std::string head = "POST /login HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: " + home.address +
                             "\r\nContent-Type: application/json\r\nContent-Length: 60\r\n";
    for (const char* more : {"", "Expect: 100-continue\r\n"}) {
        auto slow = server.connect();
        slow.send(head + more + "\r\n{\"email\":");
        const auto refused = slow.read_response();
        EXPECT_EQ(refused.status, 429) << more;
        EXPECT_EQ(refused["Connection"], "close") << "H7: nobody reads that body";
    }
    // Other routes, and other sites' pages, are refused as ever.
    EXPECT_EQ(server.ask(get("/login", home.headers())).status, 200);
    EXPECT_EQ(server.ask(post_json("/login", "{}", home.headers({{"Origin", "https://evil.test"}}))).status, 403);
    const auto said = [](const std::string& lines) { return lines.find("\"throttled\"") != std::string::npos; };
    EXPECT_TRUE(server.process().wait_for_output(said)) << server.output();
}

TEST(throttle, counts_no_refused_attempt) {
    latchkey_server server(throttled({{"per_pair", "3/1h"}}));
    fail(server, home, alice().email, 3);
    const int wait = std::stoi(server.ask(guess(home, alice().email, "wrong"))["Retry-After"]);
    for (int i = 0; i < 50; ++i)
        EXPECT_LE(std::stoi(server.ask(guess(home, alice().email, "wrong"))["Retry-After"]), wait);
}

TEST(throttle, ends_by_itself) {
    // Each failure beyond the third waits longer than the one before, so that even a slow machine gets there.
    latchkey_server server(throttled({{"per_pair", "3/6s"}}));
    int status = 0;
    for (const deadline until; status != 429 && !until.passed();)
        status = server.ask(guess(home, alice().email, "wrong")).status;
    ASSERT_EQ(status, 429);
    for (const deadline until; status == 429 && !until.passed();) {
        ::poll(nullptr, 0, 50);
        status = server.ask(guess(home, alice().email, alice().password)).status;
    }
    EXPECT_EQ(status, 200);
}

TEST(throttle, success_forgets) {
    latchkey_server server(throttled({{"per_pair", "3/1h"}}));
    for (int i = 0; i < 5; ++i) {
        fail(server, home, alice().email, 2);
        EXPECT_EQ(server.ask(guess(home, alice().email, alice().password)).status, 200);
    }
}

std::int64_t saved_throttles(const latchkey_server& server) {
    sqlite3* database = nullptr;
    const std::string file = server.directory() / "latchkey.db";
    EXPECT_EQ(sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
    sqlite3_stmt* statement = nullptr;
    std::int64_t count = -1;
    if (sqlite3_prepare_v2(database, "SELECT count(*) FROM throttle", -1, &statement, nullptr) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return count;
}

TEST(throttle, survives_a_restart) {
    latchkey_server server(throttled({{"per_pair", "3/1h"}}));
    fail(server, home, alice().email, 3);
    EXPECT_EQ(server.stop(), 0);
    server.start();
    expect_throttled(server.ask(guess(home, alice().email, alice().password)));
    EXPECT_EQ(server.ask(guess(elsewhere, alice().email, alice().password)).status, 200);
}

TEST(throttle, survives_a_crash_once_it_is_saved) {
    latchkey_server server(throttled({{"per_pair", "3/1h"}}));
    fail(server, home, alice().email, 3);
    for (const deadline until; saved_throttles(server) < 3 && !until.passed();)
        ::poll(nullptr, 0, 20);
    ASSERT_GE(saved_throttles(server), 3) << "the pair, the client and the account";
    server.kill();
    server.start();
    expect_throttled(server.ask(guess(home, alice().email, alice().password)));
}

}  // namespace
}  // namespace latchkey::test
