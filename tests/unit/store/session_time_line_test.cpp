// T3: by how much stored times are moved when the wall clock was set, in theory; session_loading_test.cpp does it.
#include "session_time_line.hpp"

#include "journal_fixture.hpp"

namespace latchkey::testing {
namespace {

constexpr std::int64_t day_seconds = 86'400;
constexpr std::int64_t year_seconds = 365 * day_seconds;
constexpr std::int64_t boot = 1'767'000'000;  // what the wall clock said when the machine came up

std::int64_t moved(const stored_time_line& stored, const time_line& current, std::int64_t now) {
    return displacement(stored, current, time_point{seconds{now}});
}

TEST(displacement, is_exact_within_a_boot) {
    const stored_time_line stored{{"b", boot}, boot + 5000, {}};
    EXPECT_EQ(moved(stored, {"b", boot}, boot + 9000), 0);
    EXPECT_EQ(moved(stored, {"b", boot - year_seconds}, boot + 9000 - year_seconds), -year_seconds);
    EXPECT_EQ(moved(stored, {"b", boot + day_seconds}, boot + 9000 + day_seconds), day_seconds);
    // However little time went by, and whatever the last second was.
    EXPECT_EQ(moved({{"b", boot}, boot + 9000 + year_seconds, {}}, {"b", boot - day_seconds}, boot + 1 - day_seconds),
              -day_seconds);
}

TEST(displacement, after_a_reboot_ages_never_shrink) {
    const stored_time_line stored{{"b", boot}, boot + 5000, {}};
    EXPECT_EQ(moved(stored, {"c", boot + 6000}, boot + 7000), 0);
    EXPECT_EQ(moved(stored, {"c", boot + year_seconds}, boot + year_seconds + 10),
              0);  // forward: it may have been off for so long
    EXPECT_EQ(moved(stored, {"c", boot - year_seconds}, boot - year_seconds + 10), 10 - year_seconds - 5000);
    EXPECT_EQ(moved(stored, {"c", 0}, 30), 30 - boot - 5000);  // a machine without a battery for its clock
}

TEST(displacement, an_unknown_boot_is_another_one) {
    EXPECT_EQ(moved({{"", boot}, boot, {}}, {"", boot + day_seconds}, boot + day_seconds), 0);
    EXPECT_EQ(moved({{"", boot}, boot, {}}, {"", boot - day_seconds}, boot - day_seconds), -day_seconds);
}

TEST(displacement, small_ones_are_nothing) {
    for (const std::int64_t by : {-2, -1, 1, 2})
        EXPECT_EQ(moved({{"b", boot}, boot, {}}, {"b", boot + by}, boot + 100), 0);
    for (const std::int64_t by : {-3, 3})
        EXPECT_EQ(moved({{"b", boot}, boot, {}}, {"b", boot + by}, boot + 100), by);
    EXPECT_EQ(moved({{"b", boot}, boot, {}}, {"c", boot}, boot - 2), 0);
}

TEST(idle_limits, are_bounded) {
    session_options options;
    options.idle_timeout = seconds::max();
    options.remembered_idle_timeout = seconds{-5};
    const idle_limits limits = idle_limits_of(options);
    EXPECT_GT(limits.ordinary, 1'000 * year_seconds);
    EXPECT_LT(limits.ordinary, std::int64_t{1} << 40);
    EXPECT_EQ(limits.remembered, 0);
    EXPECT_EQ(stricter({1, 20}, {2, 10}), (idle_limits{1, 10}));
}

class session_time_line : public journal_fixture {};

TEST_F(session_time_line, is_kept_in_one_row) {
    auto sql = outside();
    for (const std::int64_t n : {1, 2}) {
        write_time_line(sql, {{"b'", boot + n}, boot + 10 * n, {n, 2 * n}});
        const auto kept = read_time_line(sql);
        ASSERT_TRUE(kept);
        EXPECT_EQ(kept->line.boot, "b'");
        EXPECT_EQ(kept->line.origin, boot + n);
        EXPECT_EQ(kept->last_second, boot + 10 * n);
        EXPECT_EQ(kept->limits, (idle_limits{n, 2 * n}));
        EXPECT_EQ(number("SELECT count(*) FROM session_time_line"), 1);
    }
}

TEST_F(session_time_line, that_cannot_be_right_is_none) {
    auto sql = outside();
    for (const char* damage : {"origin = 9223372036854775807", "origin = -9223372036854775807", "last_second = 1e18",
                               "idle_timeout = -1", "remembered_idle_timeout = -1"}) {
        write_time_line(sql, {{"b", boot}, boot, {1, 1}});
        ASSERT_TRUE(read_time_line(sql));
        sql << "UPDATE session_time_line SET " + std::string(damage);
        EXPECT_FALSE(read_time_line(sql)) << damage;
    }
    sql << "DELETE FROM session_time_line";
    EXPECT_FALSE(read_time_line(sql));
}

}  // namespace
}  // namespace latchkey::testing
