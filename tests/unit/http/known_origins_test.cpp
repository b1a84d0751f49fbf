// F2: what is remembered of an origin is what reading it anew says.
#include "known_origins.hpp"

#include "target_host.hpp"
#include "web_url.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace latchkey::http {
namespace {

// As original_request does it.
void meet(known_origins& known, std::string_view text) {
    std::string scratch;
    const auto url = web_url::parse(text);
    ASSERT_TRUE(url) << text;
    const auto host = canonical_host(url->host(), scratch);
    ASSERT_TRUE(host) << text;
    if (host->data() == url->host().data())
        known.remember(text, {*host, url->path_and_query()});
}

TEST(known_origins, gives_views_into_what_is_asked) {
    known_origins known;
    EXPECT_FALSE(known.find("https://app.example.com:8443/"));
    meet(known, "https://app.example.com:8443/first");
    const std::string url = "https://app.example.com:8443/second?a=/b";
    const auto parts = known.find(url);
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->host, "app.example.com");
    EXPECT_EQ(parts->host.data(), url.data() + 8);
    EXPECT_EQ(parts->path_and_query, "/second?a=/b");
    EXPECT_EQ(parts->path_and_query.data() + parts->path_and_query.size(), url.data() + url.size());
}

TEST(known_origins, knows_the_same_bytes_only) {
    known_origins known;
    meet(known, "https://app.example.com/");
    for (const std::string_view url :
         {"", "/", "https:/", "https://", "https://a/", "http://app.example.com/", "https://app.example.com",
          "https://app.example.com?/", "https://App.example.com/", "HTTPS://app.example.com/",
          "https://app.example.com:443/", "https://app.example.com./", "https://app.example.com.evil/",
          "https://app.example.co/", "https://a@app.example.com/", "https://app.example.com@a/",
          " https://app.example.com/", "https://app.example.com\\/", "https://bpp.example.com/"})
        EXPECT_FALSE(known.find(url)) << url;
    EXPECT_TRUE(known.find("https://app.example.com/"));
}

TEST(known_origins, keeps_nothing_that_is_not_canonical_or_whole) {
    known_origins known;
    for (const std::string& url : {std::string("https://App.example.com/"), std::string("https://app.example.com"),
                                   std::string("https://app.example.com?/"), std::string("http://[::1]/"),
                                   "https://" + std::string(60, 'a') + "." + std::string(20, 'a') + "/"}) {
        meet(known, url);
        EXPECT_FALSE(known.find(url + "/")) << url;
    }
    meet(known, "http://a/");  // the shortest there is
    EXPECT_TRUE(known.find("http://a/b"));
}

TEST(known_origins, never_mixes_up_those_that_share_a_place) {
    known_origins known;
    std::size_t found = 0;
    for (int round = 0; round < 2; ++round)
        for (int i = 0; i < 1'000; ++i) {
            const std::string host = "site" + std::to_string(i % 40) + ".example.com";
            const std::string url = (i % 2 ? "https://" : "http://") + host + (i % 3 ? "/" : ":8080/") + "p";
            if (const auto parts = known.find(url)) {
                ++found;
                ASSERT_EQ(parts->host, host);
                ASSERT_EQ(parts->path_and_query, "/p");
            }
            meet(known, url);
            ASSERT_TRUE(known.find(url));
        }
    EXPECT_GT(found, 0U);
}

}  // namespace
}  // namespace latchkey::http
