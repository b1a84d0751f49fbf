#include "mac.hpp"

#include <gtest/gtest.h>

#include <string>

namespace latchkey {
namespace {

secret key_of_bytes(char c, std::size_t size = mac::key_size) {
    return secret(std::string(size, c));
}

TEST(mac, depends_on_key_purpose_and_content) {
    const mac one(key_of_bytes('k'), "one");
    const auto tag = one.of({bytes_of("content")});
    EXPECT_EQ(tag, mac(key_of_bytes('k'), "one").of({bytes_of("content")}));
    EXPECT_NE(tag, mac(key_of_bytes('K'), "one").of({bytes_of("content")}));
    EXPECT_NE(tag, mac(key_of_bytes('k'), "two").of({bytes_of("content")}));
    EXPECT_NE(tag, one.of({bytes_of("contenu")}));
    EXPECT_NE(tag, one.of({}));
    EXPECT_EQ(tag, one.of({bytes_of("con"), bytes_of(""), bytes_of("tent")}));
}

TEST(mac, refuses_other_keys_than_of_32_bytes) {
    for (const std::size_t size : {0, 1, 31, 33, 64})
        EXPECT_THROW(mac(key_of_bytes('k', size), "x"), std::invalid_argument) << size;
}

// J5, libjwt CVE-2024-25189: by sodium_memcmp(), whose time does not tell where they differ.
TEST(mac, compares_whole_tags) {
    EXPECT_TRUE(is_same_tag(bytes_of("abc"), bytes_of("abc")));
    EXPECT_TRUE(is_same_tag({}, {}));
    for (const char* other : {"", "ab", "abcd", "abd", "xbc"})
        EXPECT_FALSE(is_same_tag(bytes_of("abc"), bytes_of(other))) << other;
}

}  // namespace
}  // namespace latchkey
