#include "admin_body.hpp"

#include <gmock/gmock.h>

namespace latchkey::http {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string fault_of_draft(std::string_view body) {
    const auto draft = read_user_draft(body);
    return draft ? "none" : draft.error().detail;
}

std::string fault_of_patch(std::string_view body) {
    const auto patch = read_user_patch(body);
    return patch ? "none" : patch.error().detail;
}

TEST(admin_body, a_draft_with_everything) {
    const auto draft = read_user_draft(
        R"( {"email":"Ada@Example.com","password":"pass\u00e4","name":"Ada L.","groups":["staff","admins"]} )");
    ASSERT_TRUE(draft) << draft.error().detail;
    EXPECT_EQ(draft->email.str(), "ada@example.com");
    EXPECT_EQ(draft->password.reveal(), "pass\xc3\xa4");
    EXPECT_EQ(draft->name, "Ada L.");
    EXPECT_THAT(draft->groups, ElementsAre("staff", "admins"));
}

TEST(admin_body, a_draft_with_as_little_as_possible) {
    const auto draft = read_user_draft(R"({"email":"ada@example.com"})");
    ASSERT_TRUE(draft);
    EXPECT_TRUE(draft->password.empty());
    EXPECT_EQ(draft->name, "");
    EXPECT_TRUE(draft->groups.empty());
}

TEST(admin_body, a_patch_holds_what_was_there_and_nothing_else) {
    const auto nothing = read_user_patch("{}");
    ASSERT_TRUE(nothing);
    EXPECT_FALSE(nothing->email || nothing->name || nothing->groups || nothing->disabled || nothing->password);

    const auto some = read_user_patch(R"({"groups":[],"disabled":false,"name":""})");
    ASSERT_TRUE(some);
    EXPECT_FALSE(some->email || some->password);
    EXPECT_EQ(some->name, "");
    EXPECT_EQ(some->disabled, false);
    ASSERT_TRUE(some->groups);
    EXPECT_TRUE(some->groups->empty());

    const auto others = read_user_patch(R"({"email":"new@example.com","password":"x"})");
    ASSERT_TRUE(others);
    EXPECT_EQ(others->email->str(), "new@example.com");
    EXPECT_EQ(others->password->reveal(), "x");
}

// L3
TEST(admin_body, faults_name_the_member) {
    EXPECT_EQ(fault_of_draft(R"({"password":"x"})"), "email: is missing");
    EXPECT_THAT(fault_of_draft(R"({"email":"nobody"})"), StartsWith("email: "));
    EXPECT_THAT(fault_of_draft(R"({"email":"a@b@c.example"})"), StartsWith("email: "));
    EXPECT_THAT(fault_of_draft(R"({"email":"a@b.example","name":"\n"})"), StartsWith("name: "));
    EXPECT_THAT(fault_of_draft(R"({"email":"a@b.example","groups":["a b"]})"), StartsWith("groups: "));
    EXPECT_THAT(fault_of_draft(R"({"email":"a@b.example","groups":[""]})"), StartsWith("groups: "));
    EXPECT_THAT(fault_of_draft(R"({"email":"a@b.example","password":""})"), StartsWith("password: "));
    EXPECT_EQ(fault_of_draft(R"({"email":"a@b.example","disabled":true})"), "disabled: no such member");
    EXPECT_EQ(fault_of_draft(R"({"email":"a@b.example","Name":"x"})"), "Name: no such member");
    EXPECT_EQ(fault_of_patch(R"({"name":"a","name":"a"})"), "name: given twice");
    EXPECT_EQ(fault_of_patch(R"({"groups":["a"],"groups":[]})"), "groups: given twice");
    const std::string huge = "{\"" + std::string(10'000, 'x') + "\":1}";
    EXPECT_LT(fault_of_patch(huge).size(), 100U);
}

TEST(admin_body, types_are_not_converted) {
    for (const char* value : {"null", "1", "-1", "1.5", "true", "[]", "{}", "[\"a\"]"}) {
        for (const char* member : {"email", "name", "password"})
            EXPECT_EQ(fault_of_patch("{\"" + std::string(member) + "\":" + value + "}"),
                      std::string(member) + ": must be a string")
                << value;
    }
    for (const char* value : {"null", "1", "\"true\"", "[true]", "{}"})
        EXPECT_EQ(fault_of_patch(std::string(R"({"disabled":)") + value + "}"), "disabled: must be true or false");
    for (const char* value : {"null", "1", "true", "\"a,b\"", "{}", "[1]", "[null]", "[[\"a\"]]", "[{}]", "[\"a\",[]]"})
        EXPECT_EQ(fault_of_patch(std::string(R"({"groups":)") + value + "}"), "groups: must be an array of strings");
}

TEST(admin_body, what_is_no_object_at_all) {
    for (const std::string& body :
         {std::string(), std::string("{"), std::string("nonsense"), std::string("{}{}"), std::string("{}\0", 3),
          std::string("{}\0x", 4), std::string("{}x"), std::string("{\"name\":\"\xff\"}"),
          std::string("{\"name\":\"a\0b\"}", 14), std::string("{\"name\" \"a\"}"), std::string("\xef\xbb\xbf")})
        EXPECT_THAT(fault_of_patch(body), StartsWith("the body is no JSON: see byte ")) << body;
    for (const char* body : {"[]", "1", "null", "\"x\"", "true", "[{}]"})
        EXPECT_THAT(fault_of_patch(body), HasSubstr("one JSON object")) << body;
    EXPECT_THAT(fault_of_patch(std::string(1'000'000, '[')), HasSubstr("one JSON object"));
    EXPECT_THAT(fault_of_patch("{\"groups\":" + std::string(1'000'000, '[')), StartsWith("groups: "));
    std::string many = "{\"groups\":[\"a\"";
    for (int i = 0; i < 64; ++i)
        many += ",\"" + std::to_string(i) + '"';
    EXPECT_THAT(fault_of_patch(many + "]}"), StartsWith("groups: at most 64"));
}

}  // namespace
}  // namespace latchkey::http
