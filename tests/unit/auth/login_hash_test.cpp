// Rehash on login: quietly, and never in the way (requirement P3).
#include "login_fixture.hpp"

namespace latchkey {
namespace {

using testing::trace;

class LoginRehash : public testing::login_fixture {
protected:
    const std::string& stored() { return users.users.at("old@example.com").password_hash; }
};

// P3
TEST_F(LoginRehash, ReplacesAnOldHash) {
    ASSERT_TRUE(login("old@example.com"));
    EXPECT_EQ(asked, (trace{"find", "verify", "hash", "replace", "find by id"}));
    EXPECT_EQ(stored(), "hash of right");
    asked.clear();
    ASSERT_TRUE(login("old@example.com"));
    EXPECT_EQ(asked, (trace{"find", "verify", "find by id"}));
    EXPECT_EQ(log.text(), "");
}

TEST_F(LoginRehash, HappensOnlyAfterARightPassword) {
    EXPECT_FALSE(login("old@example.com", "wrong"));
    users.users.at("old@example.com").profile.disabled = true;
    EXPECT_FALSE(login("old@example.com", "right"));
    EXPECT_EQ(stored(), "old hash of right");
}

TEST_F(LoginRehash, FailsWithoutTheLoginFailing) {
    hasher.hash_failure = errc::overloaded;
    EXPECT_TRUE(login("old@example.com"));
    hasher.hash_failure.reset();
    users.replace_failure = errc::store_unavailable;
    EXPECT_TRUE(login("old@example.com"));
    users.replace_throws = true;
    EXPECT_TRUE(login("old@example.com"));
    EXPECT_EQ(stored(), "old hash of right");

    std::size_t warnings = 0;
    const std::string text = log.text();
    for (auto at = text.find("password_rehash_failed user=0202"); at != std::string::npos;
         at = text.find("password_rehash_failed user=0202", at + 1))
        ++warnings;
    EXPECT_EQ(warnings, 3U) << text;
}

// A1
TEST_F(LoginRehash, TellsTheLogNoSecret) {
    users.replace_failure = errc::store_unavailable;
    (void)login("old@example.com");
    (void)login("foreign@example.com");
    EXPECT_EQ(log.text().find("right"), std::string::npos);
}

}  // namespace
}  // namespace latchkey
