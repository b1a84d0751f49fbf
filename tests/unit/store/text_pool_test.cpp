#include "text_pool.hpp"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

TEST(text_pool, keeps_each_text_once_as_long_as_it_is_used) {
    text_pool pool;
    const auto a = pool.acquire("a");
    const auto b = pool.acquire("b");
    EXPECT_EQ(pool.acquire("a"), a);
    EXPECT_NE(a, b);
    EXPECT_EQ(pool.size(), 2U);
    pool.release(a);
    EXPECT_EQ(pool.read(a), "a");
    pool.release(a);
    EXPECT_EQ(pool.size(), 1U);
    EXPECT_EQ(pool.read(b), "b");
    pool.release(b);
    EXPECT_EQ(pool.size(), 0U);
}

TEST(text_pool, tells_texts_apart) {
    text_pool pool;
    const std::string texts[] = {"", std::string("\0", 1), std::string("a\0b", 3), "a", std::string(100'000, 'x')};
    for (const std::string& text : texts)
        EXPECT_EQ(pool.read(pool.acquire(text)), text);
    EXPECT_EQ(pool.size(), 5U);
}

TEST(text_pool, a_lease_that_is_not_kept_is_given_back) {
    text_pool pool;
    { text_pool::lease dropped(pool, "x"); }
    EXPECT_EQ(pool.size(), 0U);
    text_pool::id kept_id;
    {
        text_pool::lease kept(pool, "x");
        kept.keep();
        kept_id = kept.get();
    }
    EXPECT_EQ(pool.read(kept_id), "x");
}

}  // namespace
}  // namespace latchkey
