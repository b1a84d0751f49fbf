#include <latchkey/email.hpp>

#include <gtest/gtest.h>

#include <string>

namespace latchkey {
namespace {

std::string canonical(std::string_view text) {
    const auto parsed = email_address::parse(text);
    return parsed ? parsed->str() : "";
}

// L3: one mailbox, one identity.
TEST(Email, FoldsBothPartsToLowerCase) {
    EXPECT_EQ(canonical("Alice.Smith@Example.COM"), "alice.smith@example.com");
    EXPECT_EQ(email_address::parse("ALICE@EXAMPLE.COM").value(), email_address::parse("alice@example.com").value());
}

TEST(Email, TakesWhatMailServersTake) {
    for (const char* text : {"a@b", "o'brien+tag@example.co.uk", "a..b.@docomo.example", "!#$%&'*+-/=?^_`{|}~@x.org",
                             "x@xn--bcher-kva.example", "1@2.3", "root@localhost"})
        EXPECT_EQ(canonical(text), text);
}

// L3: no second spelling, nothing that another program would read as two addresses.
TEST(Email, RefusesEverythingElse) {
    const std::string nul("a\0b@example.com", 15);
    const std::string latin1 = "\xe4@example.com";
    const std::string utf8 = "\xc3\xa4@example.com";
    for (const std::string& text : {std::string{},
                                    std::string{"@"},
                                    std::string{"a@"},
                                    std::string{"@b"},
                                    std::string{"ab"},
                                    std::string{"a@b@c"},
                                    std::string{"a@@b"},
                                    std::string{"\"a@b\"@c"},
                                    std::string{"\"a\"@b"},
                                    std::string{" a@b"},
                                    std::string{"a@b "},
                                    std::string{"a b@c"},
                                    std::string{"a,b@c"},
                                    std::string{"<a@b>"},
                                    std::string{"a@b.c."},
                                    std::string{"a@.b"},
                                    std::string{"a@b..c"},
                                    std::string{"a@-b"},
                                    std::string{"a@b-"},
                                    std::string{"a@[::1]"},
                                    std::string{"a@b_c"},
                                    std::string{"a@b\r\nBcc: c"},
                                    std::string{"a\r\n@b"},
                                    std::string{"a@b\n"},
                                    std::string{"a\t@b"},
                                    std::string{"a\\@b"},
                                    std::string{"a\x7f@b"},
                                    nul,
                                    latin1,
                                    utf8,
                                    std::string{"a@b\xc3\xbc"
                                                "cher.example"},
                                    std::string{"a@b/../c"},
                                    std::string{"a@b?c"}}) {
        const auto parsed = email_address::parse(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error(), errc::invalid_email);
    }
}

TEST(Email, HoldsItsLimitsExactly) {
    const std::string label(63, 'a');
    const std::string domain = label + "." + label + "." + label;  // 191
    const std::string local(254 - 1 - domain.size(), 'x');
    EXPECT_TRUE(email_address::parse(local + "@" + domain));
    EXPECT_FALSE(email_address::parse(local + "x@" + domain));
    EXPECT_FALSE(email_address::parse("x@" + label + "a"));
    EXPECT_FALSE(email_address::parse(std::string(1 << 20, 'a') + "@b"));
}

}  // namespace
}  // namespace latchkey
