#include "base64url.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace latchkey {
namespace {

std::optional<std::string> read(std::string_view text, std::size_t room = 64) {
    std::vector<std::uint8_t> out(room);
    const auto size = read_base64url(text, out);
    if (!size)
        return std::nullopt;
    return std::string(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(*size));
}

TEST(base64url, reads_what_it_writes) {
    std::vector<std::uint8_t> bytes;
    for (int n = 0; n < 64; ++n) {
        const secret text = write_base64url(bytes);
        EXPECT_EQ(text.size(), (bytes.size() * 4 + 2) / 3);
        EXPECT_EQ(read(text.reveal()), std::string(bytes.begin(), bytes.end()));
        bytes.push_back(static_cast<std::uint8_t>(n * 37 + 251));
    }
}

TEST(base64url, has_the_alphabet_of_urls) {
    const std::array<std::uint8_t, 3> bytes{0xfb, 0xff, 0xfe};
    EXPECT_EQ(write_base64url(bytes).reveal(), "-__-");
    EXPECT_FALSE(read("+//+"));
}

TEST(base64url, has_one_form) {
    EXPECT_EQ(read("YQ"), "a");
    for (const char* other : {"YQ==", "YQ=", "YR", "YZ", "Y", "YQ ", " YQ", "Y Q", "YQ\n", "YQZ", "Y\xff"})
        EXPECT_FALSE(read(other)) << other;
    EXPECT_FALSE(read(std::string_view("YQ\0", 3)));
    EXPECT_EQ(read(""), "");
}

// libsodium 1.0.18 reads what is beyond ASCII as '_'.
TEST(base64url, has_no_other_digits) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (int c = 0; c < 256; ++c)
        for (std::size_t at = 0; at < 4; ++at) {
            std::string text = "____";
            text[at] = static_cast<char>(c);
            std::array<std::uint8_t, 3> out{};
            EXPECT_EQ(read_base64url(text, out).has_value(), digits.find(text[at]) != digits.npos) << c << " at " << at;
        }
}

TEST(base64url, writes_no_further_than_there_is_room) {
    EXPECT_EQ(read("YWJj", 3), "abc");
    EXPECT_FALSE(read("YWJj", 2));
    EXPECT_FALSE(read(std::string(1'000'000, 'A'), 3));
}

}  // namespace
}  // namespace latchkey
