#include "brief_mutex.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

namespace latchkey {
namespace {

template <class Work>
void on_threads(int count, Work work) {
    std::vector<std::thread> all;
    for (int i = 0; i < count; ++i)
        all.emplace_back(work);
    for (auto& one : all)
        one.join();
}

TEST(brief_mutex, lets_one_in_at_a_time) {
    brief_mutex mutex;
    std::uint64_t count = 0;
    on_threads(4, [&] {
        for (int i = 0; i < 100'000; ++i) {
            const mutex_lock lock(mutex);
            ++count;
        }
    });
    EXPECT_EQ(count, 400'000U);
}

// Whoever holds it gives the others the time to come and to fall asleep. Were one not woken, the test would not end.
TEST(brief_mutex, wakes_all_who_wait) {
    brief_mutex mutex;
    int inside = 0, most = 0;
    on_threads(6, [&] {
        for (int i = 0; i < 300; ++i) {
            const mutex_lock lock(mutex);
            most = std::max(most, ++inside);
            for (int turn = 0; turn < 40; ++turn)
                std::this_thread::yield();
            --inside;
        }
    });
    EXPECT_EQ(most, 1);
}

}  // namespace
}  // namespace latchkey
