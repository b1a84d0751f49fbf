#include "wording.hpp"

#include <gtest/gtest.h>

#include <array>

namespace latchkey {
namespace {

constexpr auto words = std::to_array<std::string_view>({"idle_timeout", "absolute_timeout", "store"});

// A2
TEST(Quoted, KeepsHostileTextOnOneHarmlessLine) {
    EXPECT_EQ(in_quotes("plain"), "\"plain\"");
    EXPECT_EQ(in_quotes("a\"b\\c"), R"("a\"b\\c")");
    EXPECT_EQ(in_quotes("a\r\n\x1b[31m"), R"("a\x0d\x0a\x1b[31m")");
    EXPECT_EQ(in_quotes(std::string_view("\0\xff", 2)), R"("\x00\xff")");
}

TEST(Quoted, CutsWhatIsLong) {
    EXPECT_LT(in_quotes(std::string(1'000'000, 'x')).size(), 100U);
}

TEST(AnyOfThese, ReadsLikeASentence) {
    EXPECT_EQ(any_of_these(std::span(words).first(1)), "\"idle_timeout\"");
    EXPECT_EQ(any_of_these(words), R"("idle_timeout", "absolute_timeout" or "store")");
}

TEST(DidYouMean, ProposesWhatIsNear) {
    EXPECT_EQ(did_you_mean("idle_timout", words), "; did you mean idle_timeout?");
    EXPECT_EQ(did_you_mean("stor", words), "; did you mean store?");
    EXPECT_EQ(did_you_mean("Store", words), "; did you mean store?");
}

TEST(DidYouMean, IsSilentOtherwise) {
    EXPECT_EQ(did_you_mean("", words), "");
    EXPECT_EQ(did_you_mean("colour", words), "");
    EXPECT_EQ(did_you_mean(std::string(1'000'000, 's'), words), "");
}

}  // namespace
}  // namespace latchkey
