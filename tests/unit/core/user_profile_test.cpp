#include <latchkey/user.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include <malloc.h>

namespace latchkey {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

user alice() {
    user u;
    u.id = public_id::parse("000102030405060708090a0b0c0d0e0f").value();
    u.email = "alice@example.com";
    u.name = "Alice Ähnlich";
    u.groups = {"admins", "staff"};
    u.version = 7;
    return u;
}

std::string headers_of(const profile_ptr& profile) {
    std::string lines;
    profile->append_identity_headers(lines);
    return lines;
}

// F3: every identity header.
TEST(Profile, CarriesAllIdentityHeaders) {
    const profile_ptr profile = make_profile(alice(), false);
    EXPECT_EQ(headers_of(profile),
              "Remote-User: 000102030405060708090a0b0c0d0e0f\r\n"
              "Remote-Email: alice@example.com\r\n"
              "Remote-Name: Alice Ähnlich\r\n"
              "Remote-Groups: admins,staff\r\n");
}

// F3: empty where there is no value, so that a proxy overwrites what the client sent.
TEST(Profile, CarriesEmptyHeadersToo) {
    user nameless = alice();
    nameless.name.clear();
    nameless.groups.clear();
    EXPECT_EQ(headers_of(make_profile(nameless, true)),
              "Remote-User: alice@example.com\r\n"
              "Remote-Email: alice@example.com\r\n"
              "Remote-Name: \r\n"
              "Remote-Groups: \r\n");
}

TEST(Profile, ShowsTheUser) {
    const user u = alice();
    for (const bool remote_user_is_email : {false, true}) {
        const profile_ptr profile = make_profile(u, remote_user_is_email);
        EXPECT_EQ(profile->id, u.id);
        EXPECT_EQ(profile->version, 7);
        EXPECT_EQ(profile->email(), u.email);
        EXPECT_EQ(profile->name(), u.name);
        EXPECT_THAT(profile->groups(), ElementsAre("admins", "staff"));
    }
}

TEST(Profile, ShowsWhatIsEmptyAsEmpty) {
    user u = alice();
    u.name.clear();
    u.groups.clear();
    for (const bool remote_user_is_email : {false, true}) {
        const profile_ptr profile = make_profile(u, remote_user_is_email);
        EXPECT_EQ(profile->email(), u.email);
        EXPECT_EQ(profile->name(), "");
        EXPECT_TRUE(profile->groups().empty());
        EXPECT_THAT(profile->groups(), ElementsAre());
    }
}

// The longest that the rules allow, and each of the values with what could be taken for the end of another.
TEST(Profile, ShowsTheLargestUser) {
    user u = alice();
    u.email = std::string(64, 'l') + '@' + std::string(185, 'd') + ".org";
    u.name = "Remote-Groups: admins, " + std::string(longest_user_name - 23, 'n');
    u.groups.clear();
    for (std::size_t i = 0; i < most_groups; ++i)
        u.groups.push_back(std::to_string(10 + i) + std::string(longest_group - 2, 'g'));
    for (const bool remote_user_is_email : {false, true}) {
        const profile_ptr profile = make_profile(u, remote_user_is_email);
        EXPECT_EQ(profile->email(), u.email);
        EXPECT_EQ(profile->name(), u.name);
        EXPECT_THAT(profile->groups(), ElementsAreArray(u.groups));
        EXPECT_TRUE(headers_of(profile).ends_with("g\r\n"));
    }
}

TEST(Profile, IsAnothersWhereAnythingDiffers) {
    const profile_ptr profile = make_profile(alice(), false);
    EXPECT_TRUE(*profile == *make_profile(alice(), false));
    EXPECT_FALSE(*profile == *make_profile(alice(), true));
    const auto differs = [&](auto change) {
        user other = alice();
        change(other);
        return !(*profile == *make_profile(other, false));
    };
    EXPECT_TRUE(differs([](user& u) { u.id.bytes[15] ^= 1; }));
    EXPECT_TRUE(differs([](user& u) { u.email = "alice@example.org"; }));
    EXPECT_TRUE(differs([](user& u) { u.name.clear(); }));
    EXPECT_TRUE(differs([](user& u) { u.groups.pop_back(); }));
    EXPECT_TRUE(differs([](user& u) { ++u.version; }));
    // Of the user, not of the id alone: with the email shown, the id stands nowhere in the lines.
    user twin = alice();
    twin.id.bytes[0] = 1;
    EXPECT_FALSE(*make_profile(alice(), true) == *make_profile(twin, true));
}

TEST(Profile, SaysWhoItIsBehindWhatIsThere) {
    std::string out = "X-User: ";
    make_profile(alice(), false)->append_remote_user(out);
    EXPECT_EQ(out, "X-User: 000102030405060708090a0b0c0d0e0f");
    make_profile(alice(), true)->append_remote_user(out);
    EXPECT_EQ(out, "X-User: 000102030405060708090a0b0c0d0e0falice@example.com");
    make_profile(alice(), false)->append_identity_headers(out);
    EXPECT_TRUE(out.starts_with("X-User: 000102030405060708090a0b0c0d0e0falice@example.comRemote-User: 0001"));
}

// More than the rules allow, and more than it has room for.
TEST(Profile, RefusesWhatIsTooLarge) {
    user u = alice();
    u.groups.assign(1024, std::string(64, 'g'));
    EXPECT_THROW(make_profile(u, false), std::length_error);
}

// Millions of them are in memory.
TEST(Profile, IsSmall) {
    user typical = alice();
    typical.email = "user1234567@example.com";
    typical.name = "Some Body";
    typical.groups = {"staff"};
    const profile_ptr profile = make_profile(typical, false);
    EXPECT_LE(malloc_usable_size(const_cast<user_profile*>(profile.get())), 88U);
}

}  // namespace
}  // namespace latchkey
