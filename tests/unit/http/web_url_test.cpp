// F2, X2: one strict reading of somebody else's URL.
#include "web_url.hpp"

#include <gtest/gtest.h>

#include <string>

namespace latchkey::http {
namespace {

TEST(web_url, parts) {
    const std::string text = "HTTPS://App.Example.com:8443/p/q?r=s#";
    EXPECT_FALSE(web_url::parse(text)) << "a fragment never reaches a server";
    const std::string good = text.substr(0, text.size() - 1);
    const auto url = web_url::parse(good);
    ASSERT_TRUE(url);
    EXPECT_TRUE(url->is_https());
    EXPECT_EQ(url->host(), "App.Example.com");
    EXPECT_EQ(url->port(), 8443);
    EXPECT_EQ(url->path_and_query(), "/p/q?r=s");
    EXPECT_EQ(url->origin(), "https://app.example.com:8443");
}

TEST(web_url, default_ports_are_left_out_of_the_origin) {
    EXPECT_EQ(web_url::parse("http://a:80/")->origin(), "http://a");
    EXPECT_EQ(web_url::parse("https://a:443")->origin(), "https://a");
    EXPECT_EQ(web_url::parse("http://a:443")->origin(), "http://a:443");
    EXPECT_EQ(web_url::parse("http://[::1]:81")->origin(), "http://[::1]:81");
}

TEST(web_url, refuses_what_could_be_read_two_ways) {
    for (const auto* text : {"",
                             "/",
                             "a",
                             "//a",
                             "http:",
                             "http:/",
                             "http://",
                             "http:///",
                             "https:a",
                             "ftp://a",
                             "javascript:alert(1)",
                             "http://a b",
                             "http://a\\b",
                             "http://user@a",
                             "http://user:pass@a",
                             "http://a@b@c",
                             "http://a:0",
                             "http://a:x",
                             "http://a:65536",
                             "http://[::1",
                             "http://.a",
                             "http://\xc3\xa9",
                             "http://a/\x01",
                             "http://a/\t",
                             " http://a",
                             "http://a ",
                             "http://a#b",
                             "http://?",
                             "http://:80"})
        EXPECT_FALSE(web_url::parse(text)) << text;
}

TEST(web_url, local_paths) {
    for (const auto* text : {"/", "/a", "/a?b=c", "/a//b"})
        EXPECT_TRUE(is_local_path(text)) << text;
    for (const auto* text : {"", "a", "//a", "/\\a", "/a\\b", "/\ta", "\\/a", "/a b", "/a#b", "/\xe2\x80\xa8", "\t/a"})
        EXPECT_FALSE(is_local_path(text)) << text;
}

}  // namespace
}  // namespace latchkey::http
