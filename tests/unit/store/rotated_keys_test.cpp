#include "rotated_keys.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace latchkey {
namespace {

session_key nth(std::uint64_t n) {
    session_key k;
    const std::uint64_t mixed = n * 0x9E3779B97F4A7C15U;
    const std::uint64_t well_mixed = mixed ^ (mixed >> 32);
    std::memcpy(k.bytes.data(), &well_mixed, sizeof well_mixed);
    return k;
}
rotated_keys::origin session_number(std::uint8_t n) {
    rotated_keys::origin of;
    of.session.bytes[0] = n;
    return of;
}
constexpr stamp start = 1'000'000;
const stamp grace = saturated(rotation_grace);

TEST(rotated_keys, are_known_for_the_grace) {
    rotated_keys keys;
    EXPECT_FALSE(keys.find(nth(1), start));
    keys.remember(nth(1), session_number(1), start);
    keys.remember(nth(2), session_number(2), start + 10);
    EXPECT_EQ(keys.find(nth(1), start + grace - 1)->of.session, session_number(1).session);
    EXPECT_FALSE(keys.find(nth(1), start + grace));
    EXPECT_TRUE(keys.find(nth(2), start + grace));
    keys.forget_expired(start + grace);
    EXPECT_FALSE(keys.find(nth(1), start));
    EXPECT_TRUE(keys.find(nth(2), start));
}

// An attempt that failed is followed by another one with the same key.
TEST(rotated_keys, may_be_told_twice) {
    rotated_keys keys;
    keys.remember(nth(1), session_number(1), start);
    keys.remember(nth(1), session_number(1), start + 30);
    EXPECT_TRUE(keys.find(nth(1), start + grace));
    EXPECT_FALSE(keys.find(nth(1), start + 30 + grace));
    keys.forget_expired(start + 30 + grace);
    EXPECT_FALSE(keys.find(nth(1), start));
}

TEST(rotated_keys, are_bounded_and_forget_the_oldest) {
    rotated_keys keys;
    for (std::uint64_t n = 0; n < rotated_keys::most + 100; ++n)
        keys.remember(nth(n), session_number(1), start);
    EXPECT_FALSE(keys.find(nth(99), start));
    EXPECT_TRUE(keys.find(nth(100), start));
    EXPECT_TRUE(keys.find(nth(rotated_keys::most + 99), start));
}

}  // namespace
}  // namespace latchkey
