// [tokens.claims]: what it may hold, and S2: every fault with its line.
#include "token_claims_value.hpp"

#include "config_commands.hpp"
#include "load_config.hpp"
#include "temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace latchkey {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class TokenClaimsValue : public ::testing::Test {
protected:
    loaded_config load(const std::string& text) { return load_config(directory_.write("c.toml", text), {}); }

    // Without the name of the file.
    std::vector<std::string> faults_of(const std::string& claims) {
        std::vector<std::string> out;
        for (const auto& fault : load("[tokens.claims]\n" + claims).faults)
            out.push_back(std::to_string(fault.place.line) + ": " + fault.key + ": " + fault.reason);
        return out;
    }

    temporary_directory directory_;
};

constexpr auto all_types = R"([tokens.claims]
tenant = "ex\"ample\\"
"https://example.com/level" = -3
staff = true
roles = ["a", "b"]
none = []
)";

TEST_F(TokenClaimsValue, TakesEachType) {
    const auto loaded = load(all_types);
    ASSERT_THAT(loaded.faults, IsEmpty());
    std::map<std::string, decltype(token_claim::value)> found;
    for (const auto& claim : loaded.values.tokens.claims)
        found[claim.name] = claim.value;
    using list = std::vector<std::string>;
    EXPECT_EQ(found.size(), 5U);
    EXPECT_EQ(std::get<std::string>(found["tenant"]), "ex\"ample\\");
    EXPECT_EQ(std::get<std::int64_t>(found["https://example.com/level"]), -3);
    EXPECT_TRUE(std::get<bool>(found["staff"]));
    EXPECT_EQ(std::get<list>(found["roles"]), (list{"a", "b"}));
    EXPECT_EQ(std::get<list>(found["none"]), list{});
}

TEST_F(TokenClaimsValue, IsPrintedAndReadAgain) {
    const auto file = directory_.write("c.toml", all_types);
    std::ostringstream out, err;
    const console io{out, err, 0, "/nowhere", {}};
    ASSERT_EQ(print_config(io, {file, false}), exit_done) << err.str();
    const auto first = load(all_types);
    const auto again = load(out.str());
    ASSERT_THAT(again.faults, IsEmpty());
    EXPECT_EQ(again.values.tokens.claims, first.values.tokens.claims);

    out.str("");
    ASSERT_EQ(print_config(io, {directory_.write("c.toml", all_types), true}), exit_done);
    for (const auto& key : nlohmann::json::parse(out.str())["keys"])
        if (key["key"] == "tokens.claims") {
            EXPECT_EQ(key["value"], nlohmann::json::parse(R"({"tenant":"ex\"ample\\","https://example.com/level":-3,
                                                              "staff":true,"roles":["a","b"],"none":[]})"));
            EXPECT_EQ(key["live"], false);
        }
}

TEST_F(TokenClaimsValue, EveryFaultHasItsLine) {
    EXPECT_THAT(
        faults_of("a = 1.5\n"
                  "b = 2026-01-01\n"
                  "c = { d = 1 }\n"
                  "e = [\n'x',\n2]\n"
                  "f = \"\\u0007\"\n"
                  "g = 9007199254740992\n"
                  "h = [{a = 1}]\n"
                  "sub = 'root'\n"),
        ElementsAre(HasSubstr("2: tokens.claims.a: must be a text, a whole number, true or false, or a list of "
                              "texts, but is a fraction"),
                    StartsWith("3: tokens.claims.b: must be"), StartsWith("4: tokens.claims.c: must be"),
                    StartsWith("7: tokens.claims.e: entry 2 is not a text"), StartsWith("8: tokens.claims.f: "),
                    StartsWith("9: tokens.claims.g: 9007199254740992 is"), StartsWith("10: tokens.claims.h: must be"),
                    StartsWith("11: tokens.claims.sub: is a claim that tokens have of their own")));
}

TEST_F(TokenClaimsValue, NamesAreShortAndVisibleAndNotTheTokensOwn) {
    for (const auto* own :
         {"iss",   "sub",  "aud",    "exp", "iat",       "nbf",   "jti",       "sid",    "auth_time",  "amr",
          "email", "name", "groups", "typ", "client_id", "scope", "token_use", "active", "token_type", "username"})
        EXPECT_THAT(faults_of(std::string(own) + " = 1\n"), ElementsAre(HasSubstr("of their own"))) << own;
    EXPECT_THAT(faults_of(std::string(64, 'x') + " = 1\n"), IsEmpty());
    EXPECT_THAT(faults_of(std::string(65, 'x') + " = 1\n"), ElementsAre(HasSubstr("1 to 64")));
    for (const auto* name : {R"("")", R"("a b")", R"("a\nb")", R"("\u00e9")", R"('a"b')", R"('a\b')"})
        EXPECT_EQ(faults_of(std::string(name) + " = 1\n").size(), 1U) << name;
}

TEST_F(TokenClaimsValue, AreFewAndSmall) {
    std::string many;
    for (int i = 0; i < 32; ++i)
        many += 'c' + std::to_string(i) + " = 1\n";
    EXPECT_THAT(faults_of(many), IsEmpty());
    EXPECT_THAT(faults_of(many + "more = 1\n"), ElementsAre(HasSubstr("33 claims, more than 32")));
    EXPECT_THAT(faults_of("a = '" + std::string(2000, 'x') + "'\n"), IsEmpty());
    EXPECT_THAT(faults_of("a = '" + std::string(2048, 'x') + "'\n"), ElementsAre(HasSubstr("bytes of every token")));
    std::string list = "a = ['x'";
    for (int i = 0; i < 64; ++i)
        list += ",'x'";
    EXPECT_THAT(faults_of(list + "]\n"), ElementsAre(HasSubstr("at most 64")));
}

TEST_F(TokenClaimsValue, AreASection) {
    EXPECT_THAT(load("[tokens]\nclaims = {tenant = 'a'}\n").faults, IsEmpty());
    for (const auto* value : {"1", "'x'", "['x']", "[{a = 1}]", "true"}) {
        const auto loaded = load("[tokens]\nclaims = " + std::string(value) + "\n");
        ASSERT_EQ(loaded.faults.size(), 1U) << value;
        EXPECT_THAT(loaded.faults[0].text(),
                    HasSubstr(":2: tokens.claims: must be a section, written [tokens.claims]"));
    }
    const auto loaded = load_config(directory_.write("c.toml", ""), {{"LATCHKEY_TOKENS_CLAIMS", "a=1"}});
    ASSERT_EQ(loaded.faults.size(), 1U);
    EXPECT_THAT(loaded.faults[0].reason, HasSubstr("must be a section"));
}

}  // namespace
}  // namespace latchkey
