#include "form_fields.hpp"

#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

TEST(form_fields, values_are_decoded) {
    EXPECT_EQ(*form_value("rd=%2Fa&x=1", "rd"), "/a");
    EXPECT_EQ(*form_value("x=1&%72d=a+b%26", "rd"), "a b&") << "names are encoded too";
    EXPECT_EQ(*form_value("rd=a=b", "rd"), "a=b");
    EXPECT_EQ(*form_value("rd", "rd"), "");
}

TEST(form_fields, missing_and_empty_are_told_apart) {
    EXPECT_EQ(*form_value("", "rd"), "");
    EXPECT_FALSE(*find_field("x=1", "rd"));
    EXPECT_FALSE(*find_field("", "rd"));
    EXPECT_TRUE(*find_field("rd=", "rd"));
    EXPECT_TRUE(*find_field("rd", "rd"));
}

TEST(form_fields, refuses_what_could_mean_two_things) {
    for (const auto* form : {"rd=a&rd=b", "rd=a&rd=a", "rd=a&%72d=a", "rd=%", "rd=%4", "rd=%zz", "rd=%ff", "rd=%c0%af"})
        EXPECT_FALSE(form_value(form, "rd")) << form;
    EXPECT_FALSE(form_value(std::string(max_form_fields, '&') + "rd=a", "rd"));
    EXPECT_TRUE(form_value(std::string(max_form_fields - 1, '&') + "rd=a", "rd"));
}

}  // namespace
}  // namespace latchkey::http
