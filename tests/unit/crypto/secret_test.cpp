#include <latchkey/secret.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <type_traits>

namespace latchkey {
namespace {

template <class T>
concept printable = requires(std::ostream& out, const T& value) {
    out << value;
};

// P5: neither copied nor printed by accident.
static_assert(!std::is_copy_constructible_v<secret> && !std::is_copy_assignable_v<secret>);
static_assert(std::is_nothrow_move_constructible_v<secret> && std::is_nothrow_move_assignable_v<secret>);
static_assert(!printable<secret> && !std::is_convertible_v<secret, std::string> &&
              !std::is_convertible_v<secret, std::string_view> && !std::is_convertible_v<std::string_view, secret>);

TEST(Secret, KeepsExactBytes) {
    const std::string bytes("a\0b\xff\n", 5);
    const secret s(bytes);
    EXPECT_EQ(s.reveal(), bytes);
    EXPECT_EQ(s.size(), 5U);
    EXPECT_FALSE(s.empty());
    EXPECT_EQ(secret(std::string(100'000, 'x')).size(), 100'000U);
}

TEST(Secret, MayBeEmpty) {
    EXPECT_TRUE(secret().empty());
    EXPECT_TRUE(secret(std::string_view{}).empty());
    EXPECT_TRUE(secret::of_size(0).empty());
    EXPECT_EQ(secret().reveal(), "");
}

TEST(Secret, StartsWithZeros) {
    secret s = secret::of_size(3);
    EXPECT_EQ(s.reveal(), std::string_view("\0\0\0", 3));
    s.writable()[1] = 'x';
    EXPECT_EQ(s.reveal(), std::string_view("\0x\0", 3));
}

TEST(Secret, MovesWithoutLeavingAnything) {
    secret a(std::string_view{"first"});
    secret b(std::move(a));
    EXPECT_TRUE(a.empty());
    EXPECT_EQ(b.reveal(), "first");
    secret c(std::string_view{"second"});
    c = std::move(b);
    EXPECT_TRUE(b.empty());
    EXPECT_EQ(c.reveal(), "first");
    secret& alias = c;
    c = std::move(alias);
    EXPECT_EQ(c.reveal(), "first");
}

TEST(Secret, WipesForOthers) {
    std::string text = "hunter2";
    wipe(text);
    EXPECT_EQ(text, std::string(7, '\0'));
    wipe({});
}

// The line of flags that the kernel keeps for the mapping around `address`; empty where it tells none.
std::string mapping_flags(const void* address) {
    const auto wanted = reinterpret_cast<std::uintptr_t>(address);
    std::ifstream smaps("/proc/self/smaps");
    bool inside = false;
    for (std::string line; std::getline(smaps, line);) {
        std::uintptr_t begin = 0, end = 0;
        char dash = 0;
        std::istringstream range(line);
        if (range >> std::hex >> begin >> dash >> end && dash == '-')
            inside = begin <= wanted && wanted < end;
        if (inside && line.starts_with("VmFlags:"))
            return line + " ";
    }
    return {};
}

// C4, P5: a core file holds none of it.
TEST(Secret, StaysOutOfCoreDumps) {
    const secret s(std::string_view{"not for the core file"});
    const std::string flags = mapping_flags(s.reveal().data());
    if (flags.empty())
        GTEST_SKIP() << "this kernel tells no mapping flags";
    EXPECT_NE(flags.find(" dd "), std::string::npos) << flags;
}

}  // namespace
}  // namespace latchkey
