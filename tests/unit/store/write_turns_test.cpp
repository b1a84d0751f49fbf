#include "write_turns.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <thread>
#include <vector>

namespace latchkey {
namespace {

TEST(write_turns, one_at_a_time) {
    write_turns turns;
    int counter = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 500; ++i) {
                const std::lock_guard<write_turns> mine(turns);
                ++counter;
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(counter, 2000);
}

// Who takes one turn after the other does not keep the other waiting for more than one.
TEST(write_turns, first_come_first_served) {
    write_turns turns;
    std::vector<int> order;
    turns.lock();
    const auto take = [&](int who) {
        const std::lock_guard<write_turns> mine(turns);
        order.push_back(who);
    };
    std::thread other([&] { take(2); });
    while (turns.waiting() == 0)
        std::this_thread::yield();
    turns.unlock();
    take(1);
    other.join();
    EXPECT_EQ(order, (std::vector<int>{2, 1}));
}

}  // namespace
}  // namespace latchkey
