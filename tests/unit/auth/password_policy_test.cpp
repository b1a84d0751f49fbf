#include "password_policy.hpp"

#include <gtest/gtest.h>

#include <string>

namespace latchkey {
namespace {

using enum password_verdict;

password_verdict judge(std::string_view password, std::size_t min_length = 12,
                       std::string_view email = "alice.smith@example.com") {
    return judge_password(password, email_address::parse(email).value(), min_length);
}

TEST(PasswordPolicy, TakesAnyLongText) {
    for (const char* good : {"correct horse battery staple", "            ", "aaaabbbbccccx", "пароль на сегодня",
                             "\xf0\x9f\x94\x91 unter der Matte", "no digits needed", "tab\tand\nnewline too"})
        EXPECT_EQ(judge(good), acceptable) << good;
    EXPECT_EQ(judge(std::string_view("null\0byte is kept", 17)), acceptable);
}

// P1: code points count, not bytes.
TEST(PasswordPolicy, CountsCodePoints) {
    EXPECT_EQ(judge("zq4!vnw8#pl"), too_short);    // 11
    EXPECT_EQ(judge("zq4!vnw8#plt"), acceptable);  // 12
    EXPECT_EQ(judge("ääöüßÄÖÜéèê"), too_short);    // 11 in 22 bytes
    EXPECT_EQ(judge("ääöüßÄÖÜéèêñ"), acceptable);
    EXPECT_EQ(judge("zq4!vnw8", 8), acceptable);
    EXPECT_EQ(judge("zq4!vnw", 8), too_short);
    EXPECT_EQ(judge(""), too_short);
}

// P1: 1,024 bytes pass, one more does not.
TEST(PasswordPolicy, BoundsTheLengthInBytes) {
    EXPECT_EQ(judge(std::string(1024, 'x')), acceptable);
    EXPECT_EQ(judge(std::string(1025, 'x')), too_long);
    EXPECT_EQ(judge(std::string(1 << 20, '\xff')), too_long);
}

TEST(PasswordPolicy, RefusesWhatIsNoText) {
    EXPECT_EQ(judge("twelve bytes \xff"), not_utf8);
    EXPECT_EQ(judge(std::string(20, '\x80')), not_utf8);
    EXPECT_EQ(judge("surrogate \xed\xa0\x80 inside"), not_utf8);
}

// P2
TEST(PasswordPolicy, RefusesCommonPasswords) {
    EXPECT_EQ(judge("1q2w3e4r5t6y"), common);
    EXPECT_EQ(judge("QWERTY123456"), common);
    EXPECT_EQ(judge("password", 8), common);
    EXPECT_EQ(judge("PassWord", 8), common);
}

// P2: the user's own address, in part or whole, with little else.
TEST(PasswordPolicy, RefusesTheOwnEmail) {
    EXPECT_EQ(judge("alice.smith@example.com"), own_email);
    EXPECT_EQ(judge("Alice.Smith@EXAMPLE.com"), own_email);
    EXPECT_EQ(judge("alice.smith", 8), own_email);
    EXPECT_EQ(judge("Alice.Smith1"), own_email);
    EXPECT_EQ(judge("!alice.smith2026"), own_email);
    EXPECT_EQ(judge("alice.smithalice.smith"), own_email);
    EXPECT_EQ(judge("alice.smith has a cat"), acceptable);
    EXPECT_EQ(judge("bob.jones@example.com"), acceptable);
    // Two letters of a local part are in many a good password.
    EXPECT_EQ(judge("jojojojojojo", 8, "jo@example.com"), acceptable);
    EXPECT_EQ(judge("jo@example.com", 8, "jo@example.com"), own_email);
}

// P2
TEST(PasswordPolicy, RefusesTheServicesName) {
    EXPECT_EQ(judge("latchkey", 8), service_name);
    EXPECT_EQ(judge("Latchkey2026"), service_name);
    EXPECT_EQ(judge("latchkeylatchkey"), service_name);
    EXPECT_EQ(judge("my-LATCHKEY!!"), service_name);
    EXPECT_EQ(judge("latchkey is under the mat"), acceptable);
}

TEST(PasswordPolicy, NamesTheReasonWithoutTheSecret) {
    EXPECT_EQ(reason(acceptable), "");
    EXPECT_FALSE(to_error(acceptable));
    for (const auto verdict : {too_long, not_utf8, too_short, common, own_email, service_name})
        EXPECT_TRUE(reason(verdict).ends_with("."));
    EXPECT_EQ(to_error(too_long), errc::password_too_long);
    EXPECT_EQ(to_error(not_utf8), errc::invalid_request);
    EXPECT_EQ(to_error(too_short), errc::password_too_short);
    EXPECT_EQ(to_error(common), errc::password_common);
    EXPECT_EQ(to_error(own_email), errc::password_personal);
    EXPECT_EQ(to_error(service_name), errc::password_personal);
}

}  // namespace
}  // namespace latchkey
