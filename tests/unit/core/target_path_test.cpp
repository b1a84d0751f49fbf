// What a path can mean, and what is refused because no honest client means it (requirements F2, F5).
#include "target_path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace latchkey {
namespace {

using testing::ElementsAre;

std::vector<std::string> readings(std::string_view raw) {
    std::string scratch = "something older";
    const auto path = target_path::parse(raw, scratch);
    if (!path)
        return {};
    return {path->readings().begin(), path->readings().end()};
}

bool is_refused(std::string_view raw) {
    return readings(raw).empty();
}

TEST(TargetPath, LeavesCanonicalPathsAlone) {
    for (const char* raw : {"/", "/a", "/a/", "/a/b.html", "/A/b", "/.well-known/x", "/...", "/.../x", "/..a", "/a..",
                            "/a.", "/a./b", "/~user/@x:y,z=1&w+!$'()*", "/-._"})
        EXPECT_THAT(readings(raw), ElementsAre(raw));
}

TEST(TargetPath, PointsIntoTheInputWhereThatIsCanonical) {
    const std::string raw = "/app/assets/logo.svg";
    std::string scratch;
    const auto path = target_path::parse(raw, scratch).value();
    EXPECT_EQ(path.literal().data(), raw.data());
    EXPECT_EQ(path.literal().size(), raw.size());
    EXPECT_TRUE(scratch.empty());
}

TEST(TargetPath, ReusesTheRoomItWasGiven) {
    std::string scratch;
    scratch.reserve(4'096);
    const char* room = scratch.data();
    for (int i = 0; i < 3; ++i) {
        const auto path = target_path::parse("/a%20b//c;d%2Fe", scratch);
        ASSERT_TRUE(path);
        EXPECT_EQ(scratch.data(), room);
    }
}

// F5
TEST(TargetPath, DecodesOnceAndJoinsSlashes) {
    EXPECT_THAT(readings("/%61%62"), ElementsAre("/ab"));
    EXPECT_THAT(readings("/a%20b"), ElementsAre("/a b"));
    EXPECT_THAT(readings("/%C3%a4"), ElementsAre("/\xc3\xa4"));
    EXPECT_THAT(readings("/%7e%41"), ElementsAre("/~A"));
    EXPECT_THAT(readings("/a//b///"), ElementsAre("/a/b/"));
    EXPECT_THAT(readings("/100%25"), ElementsAre("/100%"));
    EXPECT_THAT(readings("/100%25%20sure"), ElementsAre("/100% sure"));
}

// F2: what servers disagree about is read in every way.
TEST(TargetPath, ReadsEncodedSlashesInTwoWays) {
    EXPECT_THAT(readings("/a%2fb"), ElementsAre("/a%2Fb", "/a/b"));
    EXPECT_THAT(readings("/a%2Fb%2F"), ElementsAre("/a%2Fb%2F", "/a/b/"));
    EXPECT_THAT(readings("/a/%2fb"), ElementsAre("/a/%2Fb", "/a/b"));
    EXPECT_THAT(readings("/%2fevil/x"), ElementsAre("/%2Fevil/x", "/evil/x", "/x"));
}

TEST(TargetPath, ReadsDoubleEncodingInTwoWays) {
    EXPECT_THAT(readings("/a%252fb"), ElementsAre("/a%2fb", "/a/b"));
    EXPECT_THAT(readings("/%2561dmin"), ElementsAre("/%61dmin", "/admin"));
    EXPECT_THAT(readings("/5%25fat.txt"), ElementsAre("/5%fat.txt", "/5\xfat.txt"));
}

TEST(TargetPath, ReadsParametersInTwoWays) {
    EXPECT_THAT(readings("/a;b=c"), ElementsAre("/a;b=c", "/a"));
    EXPECT_THAT(readings("/a;b/c;d"), ElementsAre("/a;b/c;d", "/a/c"));
    EXPECT_THAT(readings("/a%3Bb/c"), ElementsAre("/a;b/c", "/a/c"));
    EXPECT_THAT(readings("/;x/a"), ElementsAre("/;x/a", "/a"));
    EXPECT_THAT(readings("/admin;/x"), ElementsAre("/admin;/x", "/admin/x"));
    EXPECT_THAT(readings("/a%253bb"), ElementsAre("/a%3bb", "/a;b", "/a"));
}

// GHSA-pxq7-h93f-9jrg: "/secret%23/public" was let through as public and served as "/secret".
TEST(TargetPath, ReadsEncodedFragmentsInTwoWays) {
    EXPECT_THAT(readings("/secret%23/public"), ElementsAre("/secret#/public", "/secret"));
    EXPECT_THAT(readings("/%23"), ElementsAre("/#", "/"));
    EXPECT_TRUE(is_refused("/secret#/public"));
    EXPECT_TRUE(is_refused("/#"));
}

// GHSA-7rh7-c77v-6434: a query never looks like a path, in whatever guise.
TEST(TargetPath, ReadsEncodedQueriesInTwoWays) {
    EXPECT_THAT(readings("/secret%3f/public"), ElementsAre("/secret?/public", "/secret"));
    EXPECT_THAT(readings("/secret%253F/public"), ElementsAre("/secret%3F/public", "/secret?/public", "/secret"));
    EXPECT_TRUE(is_refused("/secret?/public"));
}

// WHATWG URL parsers take "//host/x" for a host and the path "/x".
TEST(TargetPath, ReadsTwoSlashesAtTheStartInTwoWays) {
    EXPECT_THAT(readings("//public/admin"), ElementsAre("/public/admin", "/admin"));
    EXPECT_THAT(readings("///public/admin"), ElementsAre("/public/admin", "/admin"));
    EXPECT_THAT(readings("//public"), ElementsAre("/public", "/"));
    EXPECT_THAT(readings("//"), ElementsAre("/"));
    EXPECT_THAT(readings("////"), ElementsAre("/"));
}

// Where two things are read differently, all four combinations count.
TEST(TargetPath, ReadsTwoAmbiguitiesInFourWays) {
    EXPECT_THAT(readings("/admin;%2Fpublic"),
                ElementsAre("/admin;%2Fpublic", "/admin;/public", "/admin", "/admin/public"));
    EXPECT_THAT(readings("/a%2fb%23c"), ElementsAre("/a%2Fb#c", "/a/b#c", "/a%2Fb", "/a/b"));
    EXPECT_THAT(readings("//a;b/c"), ElementsAre("/a;b/c", "/a/c", "/c"));
}

TEST(TargetPath, RefusesMoreThanTwoAmbiguities) {
    EXPECT_TRUE(is_refused("/a%2fb;c%23d"));
    EXPECT_TRUE(is_refused("//a;b%2fc"));
    EXPECT_TRUE(is_refused("//a;b%2fc%3fd"));
}

// F2, F5
TEST(TargetPath, RefusesDotSegmentsInEveryReading) {
    for (const char* raw : {"/.",           "/..",
                            "/./",          "/../",
                            "/a/.",         "/a/..",
                            "/a/./b",       "/a/../b",
                            "/%2e",         "/%2e%2e",
                            "/a/%2e%2e/b",  "/a/.%2e/b",
                            "/a/%2E./b",    "/a/..%2fb",
                            "/a%2f..%2fb",  "/a%2f%2e%2e",
                            "/a/..;/b",     "/a/..;x=y/b",
                            "/a/.;/b",      "/a/..%3b/b",
                            "/a/%2e%2e;/b", "/a/%252e%252e/b",
                            "/a/..%252fb",  "/a%252f..%252fb",
                            "/a/%252e/b",   "/a/..%23/b",
                            "/a/..%3f",     "/a/.%253b/b",
                            "//..",         "//../a",
                            "/a//..",       "/a/;/..",
                            "/a/.%3B.",     "/a;x/../b"})
        EXPECT_TRUE(is_refused(raw)) << raw;
}

// CVE-2021-32637: a malformed URL must not slip through as no URL, or as another one.
TEST(TargetPath, RefusesMalformedPaths) {
    for (const std::string& raw : {std::string{},
                                   std::string{"a"},
                                   std::string{"*"},
                                   std::string{"a/b"},
                                   std::string{"http://a/b"},
                                   std::string{"/%"},
                                   std::string{"/%4"},
                                   std::string{"/%zz"},
                                   std::string{"/%4g"},
                                   std::string{"/%u0041"},
                                   std::string{"/a%"},
                                   std::string{"/a%2"},
                                   std::string{"/% 41"},
                                   std::string{"/a b"},
                                   std::string{"/a\tb"},
                                   std::string{"/a\nb"},
                                   std::string{"/a\r\nb"},
                                   std::string("/a\0b", 4),
                                   std::string{"/a\x7f"},
                                   std::string{"/a\\b"},
                                   std::string{"/\\a"},
                                   std::string{"/\xc3\xa4"},
                                   std::string{"/\xff"},
                                   std::string{"?a"},
                                   std::string{"#"},
                                   std::string{" /a"},
                                   std::string{"%2fa"}})
        EXPECT_TRUE(is_refused(raw)) << raw;
}

TEST(TargetPath, RefusesWhatDecodesToNonsense) {
    for (const char* raw : {"/%00",    "/a%00.html",    "/%0a",       "/%0d%0a",    "/%09",
                            "/%1f",    "/%7f",          "/%5c",       "/a%5Cb",     "/..%5c..%5cadmin",
                            "/%c0%af", "/%c0%ae%c0%ae", "/%e0%80%af", "/%ed%a0%80", "/%f8%88%80%80%80",
                            "/%ff",    "/%80",          "/%c3",       "/%c3%28",    "/%f4%90%80%80",
                            "/%2500",  "/%250d%250a",   "/a%255cb",   "/%257f"})
        EXPECT_TRUE(is_refused(raw)) << raw;
}

TEST(TargetPath, TakesLongPaths) {
    const std::string plain = "/" + std::string(8'191, 'a');
    EXPECT_THAT(readings(plain), ElementsAre(plain));
    std::string encoded, deep, slashes(8'192, '/'), dots = "/", semicolons = "/";
    for (int i = 0; i < 2'730; ++i)
        encoded += "%2F", deep += "/%61", dots += "...", semicolons += ";;;";
    EXPECT_THAT(readings("/" + encoded), ElementsAre("/" + encoded, "/"));
    EXPECT_THAT(readings("/" + encoded + "x"), ElementsAre("/" + encoded + "x", "/x", "/"));
    EXPECT_EQ(readings(deep).size(), 1U);
    EXPECT_THAT(readings(slashes), ElementsAre("/"));
    EXPECT_THAT(readings(dots), ElementsAre(dots));
    EXPECT_THAT(readings(semicolons), ElementsAre(semicolons, "/"));
}

// Whatever comes in: each reading is a path without what was promised to be gone, and canonical itself.
TEST(TargetPath, KeepsItsWordForRandomPaths) {
    constexpr unsigned seed = 4;
    std::mt19937 random(seed);
    const std::vector<std::string> pieces{"/",   "/",   "a",   "b",   ".",   "..",  "%2f", "%2F", "%252f", "%2e",
                                          "%25", ";",   "%3b", "%23", "%3f", "%61", "%c3", "%a4", "%00",   "\\",
                                          "#",   "%5c", "%",   "%2",  "ä",   "%20", "e",   "2",   "f",     "="};
    int taken = 0;
    std::string scratch;
    for (int i = 0; i < 200'000; ++i) {
        std::string raw = "/";
        for (auto left = random() % 9; left > 0; --left)
            raw += pieces[random() % pieces.size()];
        const auto path = target_path::parse(raw, scratch);
        if (!path)
            continue;
        ++taken;
        const auto all = path->readings();
        ASSERT_GE(all.size(), 1U) << raw;
        for (std::size_t k = 0; k < all.size(); ++k) {
            const std::string reading = std::string(all[k]) + '/';
            ASSERT_TRUE(reading.starts_with('/')) << "seed " << seed << ": " << raw;
            for (const char* gone : {"//", "/./", "/../", "/.;", "/..;", "\\"})
                ASSERT_EQ(
                    std::string_view(reading).substr(0, reading.size() - (all[k].ends_with('/') ? 1 : 0)).find(gone),
                    std::string::npos)
                    << "seed " << seed << ": " << raw << " reads " << reading;
            for (std::size_t j = 0; j < k; ++j)
                ASSERT_NE(all[j], all[k]) << raw;
        }
    }
    EXPECT_GT(taken, 20'000);
}

}  // namespace
}  // namespace latchkey
