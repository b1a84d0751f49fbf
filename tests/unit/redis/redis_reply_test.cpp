#include "redis_reply.hpp"

#include "redis_script.hpp"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

using namespace std::string_literals;  // texts with NUL in them

using kind = redis_reply::kind;

TEST(redis_reader, reads_every_kind) {
    redis_reader reader;
    bool broken = false;
    ASSERT_TRUE(reader.feed("+OK\r\n-ERR no\r\n:-7\r\n$3\r\na\0b\r\n$-1\r\n*-1\r\n*0\r\n"s));
    EXPECT_EQ(reader.next(broken)->text, "OK");
    const auto error = reader.next(broken);
    EXPECT_TRUE(error->is_error("ERR"));
    EXPECT_FALSE(error->is_error("ER")) << "the whole word";
    EXPECT_EQ(reader.next(broken)->integer, -7);
    EXPECT_EQ(reader.next(broken)->text, "a\0b"s);
    EXPECT_TRUE(reader.next(broken)->is_nil());
    EXPECT_TRUE(reader.next(broken)->is_nil());
    EXPECT_TRUE(reader.next(broken)->is_list());
    EXPECT_FALSE(reader.next(broken));
    EXPECT_FALSE(broken);
}

TEST(redis_reader, waits_for_the_last_byte) {
    const std::string whole = "*2\r\n*1\r\n:1\r\n$2\r\nhi\r\n";
    redis_reader reader;
    bool broken = false;
    for (std::size_t i = 0; i + 1 < whole.size(); ++i) {
        ASSERT_TRUE(reader.feed(whole.substr(i, 1)));
        EXPECT_FALSE(reader.next(broken));
        EXPECT_FALSE(broken);
    }
    ASSERT_TRUE(reader.feed(whole.substr(whole.size() - 1)));
    const auto reply = reader.next(broken);
    ASSERT_TRUE(reply && reply->is_list(2));
    EXPECT_EQ(reply->items[0].items[0].integer, 1);
    EXPECT_EQ(reply->items[1].text, "hi");
}

TEST(redis_reader, sees_what_is_not_redis) {
    for (const std::string& bytes :
         {"HTTP/1.1 400 Bad Request\r\n\r\n"s, "\0\0\0\r\n"s, ":12a\r\n"s, "$-5\r\n\r\n"s, "$x\r\n"s}) {
        redis_reader reader;
        bool broken = !reader.feed(bytes);
        if (!broken)
            (void)reader.next(broken);
        EXPECT_TRUE(broken) << bytes;
    }
}

TEST(redis_command, says_lengths_in_bytes) {
    EXPECT_EQ(redis_command({"SET", std::string_view("k\0\r\n", 4), ""}),
              "*3\r\n$3\r\nSET\r\n$4\r\nk\0\r\n\r\n$0\r\n\r\n"s);
}

// FIPS 180's digest of "abc".
TEST(redis_script, is_named_by_its_digest) {
    const redis_script script("abc");
    EXPECT_NE(script.by_digest({"a"}).find("a9993e364706816aba3e25717850c26c9cd0d89d"), std::string::npos);
    EXPECT_EQ(script.in_full({"a"}), redis_command({"EVAL", "abc", "0", "a"}));
}

}  // namespace
}  // namespace latchkey
