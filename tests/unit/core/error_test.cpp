#include <latchkey/error.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace latchkey {
namespace {

TEST(Error, GivesEveryCodeAMessageOfItsOwn) {
    std::set<std::string> messages;
    const int last = static_cast<int>(errc::token_too_large);
    for (int code = 1; code <= last; ++code)
        messages.insert(latchkey_category().message(code));
    EXPECT_EQ(messages.size(), static_cast<std::size_t>(last));
    EXPECT_EQ(messages.count("unknown error"), 0U);
    EXPECT_EQ(latchkey_category().message(last + 1), "unknown error");
}

TEST(Error, TravelsAsAnErrorCode) {
    const result<int> failed = errc::overloaded;
    ASSERT_TRUE(failed.has_error());
    EXPECT_EQ(failed.error(), errc::overloaded);
    EXPECT_NE(failed.error(), errc::store_unavailable);
    EXPECT_STREQ(failed.error().category().name(), "latchkey");
}

}  // namespace
}  // namespace latchkey
