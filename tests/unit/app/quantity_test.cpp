#include "quantity.hpp"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

std::int64_t milliseconds_of(std::string_view text) {
    const auto duration = parse_duration(text);
    return duration ? duration->count() : -1;
}

std::int64_t bytes_of(std::string_view text) {
    const auto size = parse_size(text);
    return size ? static_cast<std::int64_t>(*size) : -1;
}

TEST(Duration, ReadsEachUnitAndTheirSums) {
    EXPECT_EQ(milliseconds_of("500ms"), 500);
    EXPECT_EQ(milliseconds_of("30s"), 30'000);
    EXPECT_EQ(milliseconds_of("30m"), 30 * 60'000);
    EXPECT_EQ(milliseconds_of("12h"), 12 * 3'600'000);
    EXPECT_EQ(milliseconds_of("7d"), 7 * 86'400'000);
    EXPECT_EQ(milliseconds_of("1h30m"), 5'400'000);
    EXPECT_EQ(milliseconds_of("1d1h1m1s1ms"), 90'061'001);
    EXPECT_EQ(milliseconds_of("0s"), 0);
}

TEST(Duration, RefusesEverythingElse) {
    for (const std::string_view text : {"",
                                        " ",
                                        "30",
                                        "m",
                                        "30 m",
                                        " 30m",
                                        "30m ",
                                        "-30m",
                                        "+30m",
                                        "1.5h",
                                        "30M",
                                        "30min",
                                        "1m1h",
                                        "1m1m",
                                        "1e3s",
                                        "99999999999s",
                                        "99999999999999999999999d",
                                        "30m\n",
                                        "٣m",
                                        "30µs"})
        EXPECT_EQ(milliseconds_of(text), -1) << text;
    EXPECT_EQ(milliseconds_of(std::string_view("30m\0", 4)), -1);
    EXPECT_EQ(milliseconds_of(std::string(100'000, '1')), -1);
}

TEST(Duration, LargestValueDoesNotOverflow) {
    EXPECT_EQ(milliseconds_of("9999999999d"), 9'999'999'999 * 86'400'000);
}

TEST(Duration, PrintsWhatItReads) {
    for (const std::string_view text : {"0s", "1ms", "30s", "1m15s", "30m", "12h", "7d", "1d12h", "1d1h1m1s1ms"})
        EXPECT_EQ(format_duration(milliseconds{milliseconds_of(text)}), text);
    EXPECT_EQ(format_duration(milliseconds{75'000}), "1m15s");
    EXPECT_EQ(format_duration(milliseconds{86'400'000}), "1d");
}

TEST(Size, ReadsUnitsAndPlainBytes) {
    EXPECT_EQ(bytes_of("4096"), 4096);
    EXPECT_EQ(bytes_of("7B"), 7);
    EXPECT_EQ(bytes_of("16KiB"), 16 * 1024);
    EXPECT_EQ(bytes_of("19MiB"), 19 * 1024 * 1024);
    EXPECT_EQ(bytes_of("1GiB"), 1024 * 1024 * 1024);
}

TEST(Size, RefusesEverythingElse) {
    for (const std::string_view text : {"", "KiB", "16KB", "16kb", "16K", "16 KiB", "-1", "1.5MiB", "1KiB1B", "0x10",
                                        "99999999999", "16KiB ", "16TiB"})
        EXPECT_EQ(bytes_of(text), -1) << text;
}

TEST(Size, PrintsInTheLargestUnitThatDivides) {
    EXPECT_EQ(format_size(0), "0B");
    EXPECT_EQ(format_size(1000), "1000B");
    EXPECT_EQ(format_size(16 * 1024), "16KiB");
    EXPECT_EQ(format_size(19 * 1024 * 1024), "19MiB");
    EXPECT_EQ(format_size(1536), "1536B");
    EXPECT_EQ(format_size(1ULL << 30), "1GiB");
}

TEST(Count, IsDigitsAlone) {
    EXPECT_EQ(*parse_count("0"), 0U);
    EXPECT_EQ(*parse_count("100000"), 100'000U);
    for (const std::string_view text : {"", "-1", "+1", "1.0", "1 ", "0x1", "1_000", "99999999999999"})
        EXPECT_FALSE(parse_count(text)) << text;
}

}  // namespace
}  // namespace latchkey
