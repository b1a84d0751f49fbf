#include "body_format.hpp"

#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

TEST(body_format, media_types) {
    EXPECT_EQ(format_of("application/json"), body_format::json);
    EXPECT_EQ(format_of("Application/JSON; charset=\"UTF-8\""), body_format::json);
    EXPECT_EQ(format_of("application/x-www-form-urlencoded;charset=utf-8"), body_format::form);
    for (const auto* type :
         {"", "text/plain", "application/jsonp", "application/json; charset=utf-16", "multipart/form-data"})
        EXPECT_EQ(format_of(type), body_format::unsupported) << type;
}

}  // namespace
}  // namespace latchkey::http
