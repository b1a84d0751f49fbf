#include <latchkey/user.hpp>

#include <gtest/gtest.h>

#include <string>

namespace latchkey {
namespace {

constexpr std::string_view text = "00112233445566778899aabbccddeeff";

TEST(PublicId, ReadsAndWritesTheSameText) {
    const auto id = public_id::parse(text);
    ASSERT_TRUE(id);
    EXPECT_EQ(id->bytes.front(), 0x00);
    EXPECT_EQ(id->bytes[1], 0x11);
    EXPECT_EQ(id->bytes.back(), 0xff);
    EXPECT_EQ(id->str(), text);
    char out[33] = {};
    out[32] = '!';
    id->write(out);
    EXPECT_EQ(std::string_view(out, 32), text);
    EXPECT_EQ(out[32], '!');
}

TEST(PublicId, HasOneSpellingOnly) {
    for (const std::string_view wrong :
         {std::string_view{}, text.substr(1), std::string_view{"00112233445566778899AABBCCDDEEFF"},
          std::string_view{"00112233445566778899aabbccddeeff0"}, std::string_view{"0x112233445566778899aabbccddeeff"},
          std::string_view{"00112233445566778899aabbccddeefg"}, std::string_view{"0011223344556677 899aabbccddeeff"},
          std::string_view("0011223344556677889\0aabbccddeeff", 32)}) {
        const auto id = public_id::parse(wrong);
        ASSERT_FALSE(id) << wrong;
        EXPECT_EQ(id.error(), errc::not_found);
    }
}

TEST(PublicId, OrdersByBytes) {
    EXPECT_LT(public_id::parse("00112233445566778899aabbccddeefe").value(), public_id::parse(text).value());
}

}  // namespace
}  // namespace latchkey
