// P5: where secrets are, and what is left of them there.
#include "locked_memory.hpp"

#include "sodium.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <thread>
#include <vector>

namespace latchkey {
namespace {

class locked_memory : public ::testing::Test {
protected:
    static void SetUpTestSuite() { ensure_sodium(); }
    static bool is_zero(const char* memory, std::size_t size) {
        return std::all_of(memory, memory + size, [](char c) { return c == 0; });
    }
};

// Below, at and above what is kept.
constexpr std::size_t sizes[] = {1, 43, 4079, 4080, 4081, 16 * 1024, 20'464, 20'465, 1'000'000};

TEST_F(locked_memory, begins_with_zeros_also_where_a_secret_was) {
    for (int round = 0; round < 3; ++round)
        for (const std::size_t size : sizes) {
            char* const memory = take_locked_memory(size);
            ASSERT_NE(memory, nullptr);
            EXPECT_TRUE(is_zero(memory, size)) << size;
            std::memset(memory, 'x', size);
            give_back_locked_memory(memory, size);
        }
}

TEST_F(locked_memory, what_was_given_back_is_wiped_at_once) {
    constexpr std::string_view password = "correct horse battery staple";
    char* const memory = take_locked_memory(password.size());
    std::memcpy(memory, password.data(), password.size());
    give_back_locked_memory(memory, password.size());
    // The next one of that kind, larger, has the old one's place.
    char* const next = take_locked_memory(4000);
    ASSERT_LE(next, memory);
    ASSERT_EQ(memory + password.size(), next + 4000);
    EXPECT_TRUE(is_zero(next, 4000));
    give_back_locked_memory(next, 4000);
}

TEST_F(locked_memory, many_at_a_time_are_apart) {
    std::vector<char*> all;
    for (int i = 0; i < 400; ++i) {
        all.push_back(take_locked_memory(3000));
        std::memset(all.back(), i, 3000);
    }
    for (int i = 0; i < 400; ++i)
        EXPECT_TRUE(std::all_of(all[static_cast<std::size_t>(i)], all[static_cast<std::size_t>(i)] + 3000,
                                [i](char c) { return c == static_cast<char>(i); }));
    for (char* memory : all)
        give_back_locked_memory(memory, 3000);
}

TEST_F(locked_memory, may_be_given_back_by_another_thread) {
    for (const std::size_t size : sizes) {
        char* const memory = take_locked_memory(size);
        std::memset(memory, 'x', size);
        std::thread([&] {
            give_back_locked_memory(memory, size);
            char* const next = take_locked_memory(size);
            EXPECT_TRUE(is_zero(next, size));
            give_back_locked_memory(next, size);
        }).join();
    }
}

// A byte too far ends the program rather than to show or spoil what belongs to somebody else.
TEST_F(locked_memory, behind_it_there_is_nothing) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    for (const std::size_t size : {std::size_t{43}, std::size_t{16 * 1024}, std::size_t{100'000}}) {
        char* const memory = take_locked_memory(size);
        volatile char* const behind = memory + size;
        EXPECT_DEATH(*behind = 'x', "") << size;
        give_back_locked_memory(memory, size);
    }
}

}  // namespace
}  // namespace latchkey
