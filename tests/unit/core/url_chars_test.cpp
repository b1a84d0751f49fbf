// What is read sixteen bytes at a time is judged as if it were read one by one.
#include "url_chars.hpp"

#include <gtest/gtest.h>

#include <string>

namespace latchkey {
namespace {

TEST(UrlChars, AreRefusedAtEveryPlaceOfEveryLength) {
    EXPECT_TRUE(has_only_url_chars({}));
    for (std::size_t size = 1; size <= 40; ++size) {
        std::string text(size, 'a');
        ASSERT_TRUE(has_only_url_chars(text)) << size;
        for (std::size_t at = 0; at < size; ++at) {
            for (int byte = 0; byte < 256; ++byte) {
                const bool good = byte > ' ' && byte < 0x7f && byte != '\\' && byte != '#';
                text[at] = static_cast<char>(byte);
                ASSERT_EQ(has_only_url_chars(text), good) << size << ' ' << at << ' ' << byte;
            }
            text[at] = 'a';
        }
    }
}

// Whatever stands around the text is no part of it.
TEST(UrlChars, AreThoseOfTheTextAlone) {
    const std::string around(64, ' ');
    for (std::size_t size = 1; size <= 40; ++size) {
        std::string text = around;
        text.replace(10, size, size, 'a');
        EXPECT_TRUE(has_only_url_chars(std::string_view(text).substr(10, size)));
        EXPECT_FALSE(has_only_url_chars(std::string_view(text).substr(10, size + 1)));
        EXPECT_FALSE(has_only_url_chars(std::string_view(text).substr(9, size)));
    }
}

}  // namespace
}  // namespace latchkey
