// E1: what one client may hold of the connections, and that counting costs the same however many clients there are.
#include "client_connections.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <thread>

namespace latchkey::http {
namespace {

client_prefix v4(unsigned n) {
    client_address out;
    out.bytes[10] = out.bytes[11] = 0xff;
    for (std::size_t i = 0; i < 4; ++i)
        out.bytes[12 + i] = static_cast<std::uint8_t>(n >> (24 - 8 * i));
    return prefix_of(out);
}

client_prefix v6(std::uint8_t network, std::uint8_t host) {
    client_address out;
    out.bytes = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, network};
    out.bytes[15] = host;
    return prefix_of(out);
}

TEST(client_connections, the_bound_is_exact_and_room_is_found_again) {
    client_connections table;
    std::deque<client_connections::place> held;
    for (int i = 0; i < 10; ++i)
        ASSERT_TRUE(held.emplace_back(table.enter(v4(1), 10)));
    EXPECT_FALSE(table.enter(v4(1), 10));
    EXPECT_FALSE(table.enter(v4(1), 10)) << "a refusal leaves nothing behind";
    EXPECT_TRUE(table.enter(v4(1), 11)) << "a new limit counts at once";
    EXPECT_TRUE(table.enter(v4(2), 10)) << "somebody else";
    held.pop_front();
    held.push_back(table.enter(v4(1), 10));
    EXPECT_TRUE(held.back());
    EXPECT_FALSE(table.enter(v4(1), 10));
}

TEST(client_connections, an_ipv6_network_is_one_client) {
    client_connections table;
    const auto first = table.enter(v6(1, 1), 2), second = table.enter(v6(1, 2), 2);
    EXPECT_TRUE(first && second);
    EXPECT_FALSE(table.enter(v6(1, 3), 2));
    EXPECT_TRUE(table.enter(v6(2, 1), 2));
}

TEST(client_connections, places_move_with_their_connection) {
    client_connections table;
    auto first = table.enter(v4(1), 1);
    client_connections::place moved(std::move(first));
    EXPECT_FALSE(table.enter(v4(1), 1));
    moved = {};
    EXPECT_TRUE(table.enter(v4(1), 1));
}

// As many as limits.max_connections with a connection each, beside one that holds all it may.
TEST(client_connections, a_crowd_is_not_mistaken_for_one) {
    client_connections table;
    std::deque<client_connections::place> held;
    for (int i = 0; i < 1'024; ++i)
        held.push_back(table.enter(v4(0), 1'024));
    EXPECT_FALSE(table.enter(v4(0), 1'024));
    for (unsigned i = 1; i <= 16'384; ++i)
        EXPECT_TRUE(held.emplace_back(table.enter(v4(i), 16)));
    held.clear();
    for (unsigned i = 0; i < 100; ++i)
        EXPECT_TRUE(table.enter(v4(i), 1)) << "all counted out";
}

TEST(client_connections_concurrent, never_more_than_allowed) {
    client_connections table;
    std::atomic<int> inside = 0, most = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 20'000; ++i) {
                const auto place = table.enter(v4(7), 2);
                if (!place)
                    continue;
                const int now = ++inside;
                for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
                }
                if (i % 8 == 0)
                    std::this_thread::yield();  // stay, while others try
                --inside;
            }
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_LE(most, 2);
    EXPECT_GE(most, 1);
    const auto one = table.enter(v4(7), 2), other = table.enter(v4(7), 2);
    EXPECT_TRUE(one && other);
}

}  // namespace
}  // namespace latchkey::http
