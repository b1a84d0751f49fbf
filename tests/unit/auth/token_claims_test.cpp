#include "token_claims.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace latchkey {
namespace {

token_claims some_claims() {
    token_claims c;
    c.issuer = "https://auth.example.com";
    c.audience = "api";
    c.subject.bytes.fill(1);
    c.session.bytes.fill(2);
    c.id.bytes.fill(3);
    c.issued_at = c.not_before = wall_time{seconds{1'800'000'000}};
    c.expires_at = c.issued_at + seconds{300};
    c.authenticated = c.issued_at - seconds{5};
    c.email = "ada@example.com";
    c.name = "Ada \"\\ \u2028 \xf0\x9f\x94\x91";
    c.groups = {"a", "b.c"};
    return c;
}

TEST(TokenClaims, ReadsWhatItWrites) {
    const token_claims c = some_claims();
    const auto read = read_claims(write_claims(c));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->issuer, c.issuer);
    EXPECT_EQ(read->audience, c.audience);
    EXPECT_EQ(read->subject, c.subject);
    EXPECT_EQ(read->session, c.session);
    EXPECT_EQ(read->id, c.id);
    EXPECT_EQ(read->expires_at, c.expires_at);
    EXPECT_EQ(read->issued_at, c.issued_at);
    EXPECT_EQ(read->not_before, c.not_before);
    EXPECT_EQ(read->authenticated, c.authenticated);
    EXPECT_EQ(read->email, c.email);
    EXPECT_EQ(read->name, c.name);
    EXPECT_EQ(read->groups, c.groups);
}

TEST(TokenClaims, TellsWhatIsForTheUpstream) {
    token_claims c = some_claims();
    EXPECT_FALSE(read_claims(write_claims(c))->for_upstream);
    EXPECT_FALSE(nlohmann::json::parse(write_claims(c)).contains("token_use"));
    c.for_upstream = true;
    EXPECT_TRUE(read_claims(write_claims(c))->for_upstream);
    EXPECT_EQ(nlohmann::json::parse(write_claims(c))["token_use"], "upstream");
    c.for_upstream = false;
    EXPECT_TRUE(read_claims(write_claims(c, R"(,"token_use":"")"))->for_upstream);
    for (const char* odd : {R"(,"token_use":1)", R"(,"token_use":["upstream"])", R"(,"token_use":{})",
                            R"(,"token_use":"upstream","token_use":"upstream")"})
        EXPECT_FALSE(read_claims(write_claims(c, odd))) << odd;
}

// RFC 9068 section 2.2, RFC 8176.
TEST(TokenClaims, SaysWhatTheProfileAsksFor) {
    const auto json = nlohmann::json::parse(write_claims(some_claims(), R"(,"tenant":"x","level":3)"));
    for (const char* name :
         {"iss", "sub", "aud", "exp", "iat", "nbf", "jti", "sid", "auth_time", "amr", "email", "name", "groups"})
        EXPECT_TRUE(json.contains(name)) << name;
    EXPECT_EQ(json["amr"], nlohmann::json::array({"pwd"}));
    EXPECT_EQ(json["exp"].get<std::int64_t>() - json["iat"].get<std::int64_t>(), 300);
    EXPECT_EQ(json["tenant"], "x");
    EXPECT_EQ(json["level"], 3);
}

TEST(TokenClaims, WritesThoseOfTheConfiguration) {
    const std::vector<token_claim> all{{"tenant", std::string("n\"x")},
                                       {"level", std::int64_t{-3}},
                                       {"beta", true},
                                       {"roles", std::vector<std::string>{"a", "b"}},
                                       {"none", std::vector<std::string>{}}};
    const auto json = nlohmann::json::parse(write_claims(some_claims(), write_static_claims(all)));
    EXPECT_EQ(json["tenant"], "n\"x");
    EXPECT_EQ(json["level"], -3);
    EXPECT_EQ(json["beta"], true);
    EXPECT_EQ(json["roles"], nlohmann::json::array({"a", "b"}));
    EXPECT_EQ(json["none"], nlohmann::json::array());
    EXPECT_EQ(write_static_claims({}), "");
}

TEST(TokenClaims, PassesOverWhatItDoesNotKnow) {
    EXPECT_TRUE(read_claims(
        write_claims(some_claims(),
                     R"(,"a":null,"b":[1,-2,3.5,true,{"exp":1,"groups":[[]]}],"c":{"sid":"x","sub":[1]},"d":"exp")")));
}

// J3: a claim that is missing, there twice or of another type is no claim.
TEST(TokenClaims, RefusesAllElse) {
    const auto good = nlohmann::json::parse(write_claims(some_claims()));
    for (const auto& [name, value] : good.items()) {
        if (name == "amr")
            continue;
        auto without = good;
        without.erase(name);
        EXPECT_FALSE(read_claims(without.dump())) << name;
        for (const auto& wrong : {nlohmann::json(nullptr), nlohmann::json(true), nlohmann::json(-1),
                                  nlohmann::json(1.5), nlohmann::json(std::uint64_t{1} << 60), nlohmann::json::object(),
                                  nlohmann::json::array({1}), nlohmann::json::array({nlohmann::json::array()})}) {
            auto changed = good;
            changed[name] = wrong;
            EXPECT_FALSE(read_claims(changed.dump())) << name << wrong;
        }
        std::string twice = good.dump();
        twice.insert(1, '"' + name + "\":" + value.dump() + ',');
        EXPECT_FALSE(read_claims(twice)) << name;
    }
    for (const char* name : {"sub", "sid", "jti"}) {
        auto changed = good;
        changed[name] = "not an id";
        EXPECT_FALSE(read_claims(changed.dump())) << name;
    }
    const std::string text = good.dump();
    for (const std::string& wrong :
         {std::string(), std::string("{}"), std::string("[]"), std::string("3"), std::string("\"x\""), '[' + text + ']',
          text + text, text + '\0', text.substr(0, text.size() - 1), "\xff" + text, std::string(8'000, '['),
          std::string(8'000, '{')})
        EXPECT_FALSE(read_claims(wrong));
}

}  // namespace
}  // namespace latchkey
