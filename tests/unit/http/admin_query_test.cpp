#include "admin_query.hpp"

#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

TEST(admin_query, has_defaults) {
    std::string detail;
    const auto query = read_list_query("", detail);
    ASSERT_TRUE(query);
    EXPECT_EQ(query->cursor, "");
    EXPECT_EQ(query->email, "");
    EXPECT_EQ(query->limit, 100U);
}

TEST(admin_query, is_decoded) {
    std::string detail;
    const auto query = read_list_query("email=a%40b.example&x=y&limit=1000&cursor=u00", detail);
    ASSERT_TRUE(query);
    EXPECT_EQ(query->cursor, "u00");
    EXPECT_EQ(query->email, "a@b.example");
    EXPECT_EQ(query->limit, 1000U);
    EXPECT_EQ(read_list_query("limit=1", detail)->limit, 1U);
}

TEST(admin_query, refuses_what_is_no_limit) {
    for (const char* bad : {"0", "1001", "-1", "+1", "1.0", "0x10", "ten", "%20 1", "1%00", "99999999999999999999"}) {
        std::string detail;
        EXPECT_EQ(read_list_query(std::string("limit=") + bad, detail).error(), errc::invalid_request) << bad;
        EXPECT_EQ(detail.rfind("limit: ", 0), 0U) << detail;
    }
}

TEST(admin_query, refuses_what_is_doubtful) {
    for (const char* bad : {"cursor=a&cursor=a", "cursor=%", "cursor=%zz", "cursor=%ff"}) {
        std::string detail;
        EXPECT_EQ(read_list_query(bad, detail).error(), errc::invalid_request) << bad;
        EXPECT_EQ(detail.rfind("cursor: ", 0), 0U) << detail;
    }
}

}  // namespace
}  // namespace latchkey::http
