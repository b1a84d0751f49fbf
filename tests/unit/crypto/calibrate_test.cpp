#include "calibrate.hpp"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

constexpr std::size_t mebibyte = 1024 * 1024;
const argon2_parameters floor_parameters{19 * mebibyte, 2};

// A machine that passes over `mib_per_ms` MiB of memory in a millisecond.
hash_timer machine(double mib_per_ms) {
    return [mib_per_ms](const argon2_parameters& p) {
        const double ms = static_cast<double>(p.memory) / mebibyte * p.iterations / mib_per_ms;
        return std::chrono::nanoseconds(static_cast<std::int64_t>(ms * 1e6));
    };
}

// P3: never below 19 MiB and two passes, however slow the machine.
TEST(Calibrate, NeverGoesBelowTheFloor) {
    const auto found = calibrate(milliseconds{1}, machine(0.1));
    EXPECT_EQ(found.recommended.parameters, floor_parameters);
    EXPECT_EQ(found.measured.size(), 1U);
    EXPECT_EQ(calibrate(milliseconds{0}, machine(1)).recommended.parameters, floor_parameters);
    EXPECT_EQ(calibrate(milliseconds{-5}, machine(1)).recommended.parameters, floor_parameters);
}

TEST(Calibrate, TakesMemoryFirstAndPassesAfter) {
    // 2 MiB a millisecond: 64 MiB with two passes take 64 ms, with three 96 ms; 128 MiB would take 128 ms.
    const auto found = calibrate(milliseconds{100}, machine(2));
    EXPECT_EQ(found.recommended.parameters, (argon2_parameters{64 * mebibyte, 3}));
    EXPECT_LE(found.recommended.duration, milliseconds{100});
}

TEST(Calibrate, FindsAnEndOnAnyMachine) {
    const auto fast = calibrate(milliseconds{1000}, [](const auto&) { return std::chrono::nanoseconds{1}; });
    EXPECT_EQ(fast.recommended.parameters, (argon2_parameters{256 * mebibyte, 10}));
    const auto huge = calibrate(milliseconds::max() / 1'000'000, machine(2));
    EXPECT_EQ(huge.recommended.parameters, (argon2_parameters{256 * mebibyte, 10}));
}

TEST(Calibrate, RecommendsOneOfWhatItMeasured) {
    const auto found = calibrate(milliseconds{100}, machine(2));
    bool listed = false;
    for (const auto& one : found.measured) {
        listed = listed || one.parameters == found.recommended.parameters;
        EXPECT_TRUE(is_usable(one.parameters));
    }
    EXPECT_TRUE(listed);
}

TEST(Calibrate, TellsHashesPerSecond) {
    EXPECT_DOUBLE_EQ((measured_parameters{{}, milliseconds{20}}.hashes_per_second()), 50.0);
}

TEST(Calibrate, TimesARealHash) {
    EXPECT_GT(time_one_hash({64 * 1024, 1}).count(), 0);
}

}  // namespace
}  // namespace latchkey
