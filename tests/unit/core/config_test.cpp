#include <latchkey/config.hpp>

#include <gtest/gtest.h>

namespace latchkey {
namespace {

// C1: the prefix makes browsers hold the cookie to what it promises.
TEST(Config, NamesTheCookieAfterWhatItsPrefixPromises) {
    config c;
    EXPECT_EQ(c.cookie_name(), "__Host-session");
    c.cookie.domain = "example.com";
    EXPECT_EQ(c.cookie_name(), "__Secure-session");
    c.cookie.secure = false;
    EXPECT_EQ(c.cookie_name(), "session");
    c.cookie.name = "sid";
    EXPECT_EQ(c.cookie_name(), "sid");
}

}  // namespace
}  // namespace latchkey
