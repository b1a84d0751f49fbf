#include "zeroed_array.hpp"

#include "sanitizer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <limits>
#include <new>
#include <span>

#include <unistd.h>

namespace latchkey {
namespace {

struct place {
    std::uint64_t number = 0;
    bool taken = false;
    friend bool operator==(const place&, const place&) = default;
};

std::size_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    statm >> total >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

TEST(ZeroedArray, BeginsAsInitialValues) {
    const zeroed_array<place> places(1000);
    EXPECT_EQ(places.size(), 1000U);
    EXPECT_TRUE(
        std::ranges::all_of(std::span(places.data(), places.size()), [](const place& one) { return one == place{}; }));
}

TEST(ZeroedArray, KeepsWhatIsWritten) {
    zeroed_array<place> places(3);
    places[2] = {7, true};
    EXPECT_EQ(places[1], place{});
    EXPECT_EQ(places[2], (place{7, true}));
    EXPECT_EQ(&places[2], places.data() + 2);
}

TEST(ZeroedArray, MayBeEmpty) {
    EXPECT_EQ(zeroed_array<place>(0).size(), 0U);
}

// What it is for: 64 MiB, of which one page is written.
TEST(ZeroedArray, CostsWhatIsWrittenToIt) {
    constexpr std::size_t size = 64U << 20;
    const std::size_t before = resident_bytes();
    zeroed_array<std::uint64_t> numbers(size / sizeof(std::uint64_t));
    numbers[numbers.size() / 2] = 1;
    EXPECT_LT(resident_bytes() - before, size / 8);
}

TEST(ZeroedArray, SaysWhenThereIsNoMemory) {
    if (test::under_sanitizer())
        GTEST_SKIP() << "a sanitizer's calloc() ends the program instead";
    constexpr std::size_t too_many = std::numeric_limits<std::size_t>::max() / 2;
    EXPECT_THROW(zeroed_array<std::uint64_t>{too_many}, std::bad_alloc) << "more bytes than can be counted";
}

}  // namespace
}  // namespace latchkey
