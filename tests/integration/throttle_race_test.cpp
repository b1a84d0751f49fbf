// L5, CVE-2024-4629: guesses at the same time are no more guesses than one after the other.
#include "throttle_calls.hpp"

#include <algorithm>

namespace latchkey::test {
namespace {

constexpr int allowed = 10, guesses = 200, rounds = 10;

// How many of these, all under way at once, were answered by which status.
std::map<int, int> at_once(const latchkey_server& server, const std::vector<http_request>& requests) {
    std::vector<raw_client> clients;
    for (std::size_t i = 0; i < requests.size(); ++i)
        clients.push_back(server.connect());
    for (std::size_t i = 0; i < requests.size(); ++i)
        clients[i].send(requests[i].wire());
    std::map<int, int> statuses;
    for (auto& client : clients)
        ++statuses[client.read_response().status];
    return statuses;
}

// 401: the password was judged. 429: it was not.
const std::map<int, int> exactly{{401, allowed}, {429, guesses - allowed}};

TEST(throttle_race, lets_exactly_the_allowed_number_be_judged) {
    latchkey_server server(throttled({{"per_pair", std::to_string(allowed) + "/1h"}}));
    for (int round = 0; round < rounds; ++round) {
        const visitor who{"203.0.113." + std::to_string(round), ""};
        const std::string email = round % 2 ? alice().email : "nobody" + std::to_string(round) + "@example.com";
        std::vector<http_request> requests;
        for (int i = 0; i < guesses; ++i)
            requests.push_back(i % 2 ? guess(who, email, "guess-" + std::to_string(i))
                                     : form_guess(who, email, "guess-" + std::to_string(i)));
        EXPECT_EQ(at_once(server, requests), exactly) << round;
    }
}

TEST(throttle_race, is_no_wider_for_an_account_from_everywhere) {
    latchkey_server server(throttled({{"per_account", std::to_string(allowed) + "/1h"}}));
    std::vector<http_request> requests;
    for (int i = 0; i < guesses; ++i)
        requests.push_back(guess({"198.51.100." + std::to_string(i), ""}, alice().email, "guess"));
    EXPECT_EQ(at_once(server, requests), exactly);
}

TEST(throttle_race, is_no_wider_for_a_client_at_many_accounts) {
    latchkey_server server(throttled({{"per_client", std::to_string(allowed) + "/1h"}}));
    std::vector<http_request> requests;
    for (int i = 0; i < guesses; ++i)
        requests.push_back(guess({"198.51.100.1", ""}, "person" + std::to_string(i) + "@example.com", "guess"));
    EXPECT_EQ(at_once(server, requests), exactly);
}

// All ways at once, the session's ones included.
TEST(throttle_race, is_no_wider_on_several_ways) {
    latchkey_server server(throttled({{"per_pair", std::to_string(allowed) + "/1h"}}));
    const auto mine = server.login(alice());
    const visitor who{"203.0.113.7", ""};
    std::vector<http_request> requests;
    for (int i = 0; i < guesses; ++i) {
        auto again = reauthentication(mine, "guess");
        again.headers.emplace_back("X-Forwarded-For", who.address);
        requests.push_back(i % 2 ? guess(who, alice().email, "guess") : again);
    }
    EXPECT_EQ(at_once(server, requests), exactly);
    EXPECT_EQ(whoami(server, mine), 200);
}

}  // namespace
}  // namespace latchkey::test
