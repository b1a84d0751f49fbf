#include "path_pattern.hpp"

#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

TEST(path_pattern, literals_match_themselves) {
    constexpr path_pattern pattern("/sessions");
    static_assert(pattern.is_literal());
    EXPECT_EQ(pattern.match("/sessions"), "");
    for (const auto* path : {"", "/", "/session", "/sessions/", "/Sessions", "/sessions/x", "sessions", "//sessions"})
        EXPECT_FALSE(pattern.match(path)) << path;
}

TEST(path_pattern, a_placeholder_is_one_whole_segment) {
    constexpr path_pattern last("/sessions/{id}");
    EXPECT_EQ(last.match("/sessions/a"), "a");
    EXPECT_EQ(last.match("/sessions/%2F"), "%2F");
    EXPECT_EQ(last.match("/sessions/.."), "..");
    EXPECT_EQ(last.match("/sessions/{id}"), "{id}");
    for (const auto* path : {"", "/", "/sessions", "/sessions/", "/sessions//", "/sessions/a/", "/sessions//a",
                             "/sessions/a/b", "/session/a", "sessions/a", "/sessionsa"})
        EXPECT_FALSE(last.match(path)) << path;
    const std::string longest(8'000, 'a');
    EXPECT_EQ(last.match("/sessions/" + longest), longest);

    constexpr path_pattern inner("/users/{id}/sessions");
    EXPECT_EQ(inner.match("/users/a/sessions"), "a");
    EXPECT_EQ(inner.match("/users/sessions/sessions"), "sessions");
    for (const auto* path : {"/users//sessions", "/users/sessions", "/users/a/sessions/", "/users/a/b/sessions",
                             "/users/a", "/users/asessions", "/users/a/session"})
        EXPECT_FALSE(inner.match(path)) << path;
}

TEST(path_pattern, a_prefix_is_everything_below) {
    constexpr path_pattern pattern("/api/x/*");
    static_assert(pattern.is_prefix() && !pattern.is_literal());
    EXPECT_EQ(pattern.match("/api/x/"), "/");
    EXPECT_EQ(pattern.match("/api/x/a"), "/a");
    EXPECT_EQ(pattern.match("/api/x/a/b/"), "/a/b/");
    EXPECT_EQ(pattern.match("/api/x//"), "//");
    EXPECT_EQ(pattern.match("/api/x/*"), "/*");
    EXPECT_EQ(pattern.match("/api/x/../y"), "/../y");
    for (const auto* path : {"", "/", "*", "/api/x", "/api/xy/a", "/api/X/a", "//api/x/a", "/api//x/a", "api/x/a"})
        EXPECT_FALSE(pattern.match(path)) << path;
    static_assert(!path_pattern("/api/{id}").is_prefix());
}

}  // namespace
}  // namespace latchkey::http
