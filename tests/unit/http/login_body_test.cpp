// L3: whatever a login body holds, it is read one way or refused.
#include "login_body.hpp"

#include <gtest/gtest.h>

#include <string>

namespace latchkey::http {
namespace {

using namespace std::string_literals;

TEST(login_body, json) {
    const auto fields =
        parse_login(R"({"email":"a@b.example","password":"p\u00e4ss","remember_me":true,"rd":"/x","more":[{}]})",
                    body_format::json);
    ASSERT_TRUE(fields);
    EXPECT_EQ(fields->email, "a@b.example");
    EXPECT_EQ(fields->password.reveal(), "p\xc3\xa4ss");
    EXPECT_TRUE(fields->remember_me);
    EXPECT_EQ(fields->rd, "/x");
    EXPECT_TRUE(parse_login(R"({"email":"","password":"","rd":null})", body_format::json));
}

TEST(login_body, refuses_json_that_could_mean_two_things) {
    std::string deep = R"({"email":"a","password":"b","x":)";
    deep += std::string(100'000, '[');
    for (const auto& text : {""s,
                             "null"s,
                             "[]"s,
                             "\"x\""s,
                             "{}"s,
                             "{"s,
                             R"({"email":"a"})"s,
                             R"({"password":"b"})"s,
                             R"({"email":1,"password":"b"})"s,
                             R"({"email":"a","password":null})"s,
                             R"({"email":"a","password":["b"]})"s,
                             R"({"email":{"a":"b"},"password":"b"})"s,
                             R"({"email":"a","password":"b","email":"c"})"s,
                             R"({"email":"a","password":"b","x":1,"x":1})"s,
                             R"({"email":"a","password":"b","remember_me":"yes"})"s,
                             R"({"email":"a","password":"b","remember_me":1})"s,
                             R"({"email":"a","password":"b","rd":1})"s,
                             R"({"email":"a","password":"b"} x)"s,
                             R"({"email":"a","password":"b",})"s,
                             "{\"email\":\"a\",\"password\":\"\xff\"}"s,
                             "{\"email\":\"a\",\"password\":\"b\0\"}"s,
                             R"([{"email":"a","password":"b"}])"s,
                             R"({"email":"a","password":"b","x":1e999})"s,
                             deep})
        EXPECT_FALSE(parse_login(text, body_format::json)) << text.substr(0, 80);
}

TEST(login_body, form) {
    const auto fields =
        parse_login("email=a%40b.example&password=p%C3%A4+s%26&remember_me=on&rd=%2Fx&other=1", body_format::form);
    ASSERT_TRUE(fields);
    EXPECT_EQ(fields->email, "a@b.example");
    EXPECT_EQ(fields->password.reveal(), "p\xc3\xa4 s&");
    EXPECT_TRUE(fields->remember_me);
    EXPECT_EQ(fields->rd, "/x");
    EXPECT_FALSE(parse_login("email=a&password=b&remember_me=off", body_format::form)->remember_me);
    EXPECT_EQ(parse_login("%65mail=a&password=b", body_format::form)->email, "a") << "names are encoded too";
}

TEST(login_body, refuses_bad_forms) {
    for (const auto& text :
         {""s, "email=a"s, "email=a&password=b&email=c"s, "email=a&password=%"s, "email=a&password=%4"s,
          "email=a&password=%zz"s, "email=a&password=%ff"s, "email=%ff&password=b"s, "email=a&%65mail=b&password=c"s,
          "email=a&password=b&" + std::string(16'000, '&')})
        EXPECT_FALSE(parse_login(text, body_format::form)) << text.substr(0, 80);
}

}  // namespace
}  // namespace latchkey::http
