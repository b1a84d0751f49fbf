// L3: one reader for all bodies. What is particular to logins is in login_body_test.cpp.
#include "body_fields.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace latchkey::http {
namespace {

using namespace std::string_literals;

// Two passwords, as POST /password takes them, and one of each optional kind.
struct sample {
    secret current, fresh;
    std::string note = "before";
    bool flag = false;

    bool read(std::string_view body, body_format format) {
        const std::array fields{body_field{"current_password", &current}, body_field{"new_password", &fresh},
                                body_field{"note", &note, false}, body_field{"flag", &flag, false}};
        return read_body(body, format, fields).has_value();
    }
    bool json(std::string_view body) { return read(body, body_format::json); }
    bool form(std::string_view body) { return read(body, body_format::form); }
};

TEST(body_fields, json) {
    sample s;
    ASSERT_TRUE(s.json(R"( {"new_password":"p\u00e4ss\u0000","x":{"current_password":[1,{"note":2}]},
                           "current_password":"","note":"\"","flag":true} )"));
    EXPECT_EQ(s.current.reveal(), "");
    EXPECT_EQ(s.fresh.reveal(), "p\xc3\xa4ss\0"s);
    EXPECT_EQ(s.note, "\"");
    EXPECT_TRUE(s.flag);
}

TEST(body_fields, form) {
    sample s;
    ASSERT_TRUE(s.form("new_password=p%C3%A4+s%26%00&current_password=&note=%22&flag=on&other=%zz"));
    EXPECT_EQ(s.current.reveal(), "");
    EXPECT_EQ(s.fresh.reveal(), "p\xc3\xa4 s&\0"s);
    EXPECT_EQ(s.note, "\"");
    EXPECT_TRUE(s.flag);
}

TEST(body_fields, what_is_optional_may_be_missing) {
    for (const auto* body : {R"({"current_password":"a","new_password":"b"})",
                             R"({"current_password":"a","new_password":"b","note":null})"}) {
        sample s;
        EXPECT_TRUE(s.json(body));
        EXPECT_EQ(s.note, "before");
        EXPECT_FALSE(s.flag);
    }
    sample s;
    EXPECT_TRUE(s.form("current_password=a&new_password=b"));
    EXPECT_EQ(s.note, "before");
}

TEST(body_fields, refuses_json) {
    const auto good = R"("current_password":"a","new_password":"b")"s;
    ASSERT_TRUE(sample().json("{" + good + "}"));
    for (const auto& body : {
             ""s,
             "null"s,
             "[]"s,
             "\"current_password\""s,
             "{}"s,
             "{" + good,
             "{" + good + "}{}",
             "{" + good + ",}",
             "[{" + good + "}]",
             "{\"x\":{" + good + "}}",
             R"({"current_password":"a"})"s,
             R"({"current_password":"a","new_password":null})"s,
             R"({"current_password":"a","new_password":1})"s,
             R"({"current_password":"a","new_password":1.5})"s,
             R"({"current_password":"a","new_password":-1})"s,
             R"({"current_password":"a","new_password":true})"s,
             R"({"current_password":"a","new_password":["b"]})"s,
             R"({"current_password":"a","new_password":{"b":"c"}})"s,
             "{" + good + R"(,"new_password":"b"})",
             "{" + good + R"(,"\u006eew_password":"b"})",
             "{" + good + R"(,"x":1,"x":1})",
             "{" + good + R"(,"flag":null})",
             "{" + good + R"(,"flag":"true"})",
             "{" + good + R"(,"flag":1})",
             "{" + good + R"(,"note":true})",
             "{" + good + R"(,"note":[]})",
             "{" + good + ",\"x\":" + std::string(100'000, '['),
             "{\"current_password\":\"a\",\"new_password\":\"\xff\"}"s,
             "{\"current_password\":\"a\",\"new_password\":\"b\0\"}"s,
             "{" + good + "}\0"s,
             "{" + good + "}\0{}"s,
             R"({"current_password":"a","new_password":"\ud800"})"s,
         })
        EXPECT_FALSE(sample().json(body)) << body.substr(0, 80);
}

TEST(body_fields, nesting_and_number_of_members_are_bounded) {
    const auto nested = [](std::size_t depth) {
        return R"({"current_password":"a","new_password":"b","x":)" + std::string(depth, '[') +
               std::string(depth, ']') + '}';
    };
    EXPECT_TRUE(sample().json(nested(7)));
    EXPECT_FALSE(sample().json(nested(8)));

    const auto with_members = [](int count) {
        auto body = R"({"current_password":"a","new_password":"b")"s;
        for (int i = 2; i < count; ++i)
            body += ",\"x" + std::to_string(i) + "\":0";
        return body + '}';
    };
    EXPECT_TRUE(sample().json(with_members(64)));
    EXPECT_FALSE(sample().json(with_members(65)));
}

TEST(body_fields, refuses_forms) {
    const auto good = "current_password=a&new_password=b"s;
    for (const auto& body :
         {""s, "current_password=a"s, good + "&new_password=b", good + "&%6eew_password=b", good + "&note=%",
          good + "&note=%ff", good + "&flag=on&flag=on", "current_password=a&new_password=%zz"s,
          good + std::string(16'000, '&'), "{\"current_password\":\"a\",\"new_password\":\"b\"}"s})
        EXPECT_FALSE(sample().form(body)) << body.substr(0, 80);
}

TEST(body_fields, other_formats_are_none) {
    EXPECT_FALSE(sample().read("current_password=a&new_password=b", body_format::unsupported));
}

}  // namespace
}  // namespace latchkey::http
