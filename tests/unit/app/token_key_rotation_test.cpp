// J7: a rotation may end anywhere, and every token that was good stays good.
#include "token_key_rotation.hpp"

#include "compact_jws.hpp"
#include "temporary_directory.hpp"
#include "token_key_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace latchkey {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class TokenKeyRotation : public ::testing::Test {
protected:
    TokenKeyRotation() {
        options_.key_file = directory_.path("key.pem");
        put(options_.key_file);
        put(next_key_file(options_));
    }

    static void put(const std::string& path, token_algorithm algorithm = token_algorithm::ed25519) {
        std::ofstream(path, std::ios::binary) << signing_key::generate(algorithm).write().reveal();
        ASSERT_EQ(chmod(path.c_str(), 0600), 0);
    }

    static void set_age(const std::string& path, seconds age) {
        const timespec then{std::time(nullptr) - age.count(), 0};
        const timespec times[]{then, then};
        ASSERT_EQ(utimensat(AT_FDCWD, path.c_str(), times, 0), 0) << path;
    }

    static time_point now() { return time_point{seconds{std::time(nullptr)}}; }

    std::shared_ptr<const token_keys> load() const {
        auto keys = load_token_keys(options_);
        if (!keys)
            throw std::runtime_error(keys.error().reason);
        return *keys;
    }

    static bool takes(const token_keys& keys, const std::string& token) {
        const auto jws = compact_jws::make(token);
        if (!jws)
            return false;
        const auto* key = keys.by_header(jws->header());
        return key && key->verify(jws->signing_input(), jws->signature());
    }

    // One step as a command of its own, as after a crash. Whether it was the last.
    bool step() {
        auto writer = key_file_writer::open(options_.key_file);
        EXPECT_TRUE(writer);
        const auto last = take_rotation_step(*writer, options_);
        EXPECT_TRUE(last) << last.error().title;
        return last && *last;
    }

    std::string obstacle() const {
        const auto keys = survey_token_keys(options_);
        return keys ? rotation_obstacle(*keys, now()) : keys.error().title;
    }

    bool is_interrupted() const { return survey_token_keys(options_)->is_interrupted(); }

    temporary_directory directory_;
    token_options options_;
};

// Stopped after each step, as a crash would: what the keys sign and verify, then and before.
TEST_F(TokenKeyRotation, EveryStepLeavesKeysThatTakeAllTokens) {
    for (const auto* algorithm : {"EdDSA", "ES256", "HS256"}) {
        options_.algorithm = algorithm;
        options_.key_file = directory_.path(std::string("key-") + algorithm);
        put(options_.key_file, *token_algorithm_named(algorithm));
        put(next_key_file(options_), *token_algorithm_named(algorithm));
        std::vector<std::string> good{*load()->sign("{\"n\":0}")};
        const std::string first(load()->current().id());
        const std::string published = load()->jwks();
        const std::string second(survey_token_keys(options_)->next->key.id());
        int steps = 0;
        for (bool last = false; !last; ++steps) {
            last = step();
            const auto keys = load();
            good.push_back(*keys->sign("{\"n\":1}"));
            for (const auto& token : good)
                EXPECT_TRUE(takes(*keys, token)) << "after step " << steps << " of " << algorithm;
            EXPECT_EQ(is_interrupted(), !last);
            if (!last) {
                EXPECT_THAT(obstacle(), IsEmpty()) << "what has begun is completed";
            }
        }
        EXPECT_EQ(steps, 3);
        const auto after = *survey_token_keys(options_);
        EXPECT_EQ(after.retiring->key.id(), first);
        EXPECT_EQ(after.current->key.id(), second);
        EXPECT_NE(after.next->key.id(), first);
        EXPECT_NE(after.next->key.id(), second);
        if (options_.algorithm != "HS256") {
            EXPECT_NE(load()->jwks(), published);
        }
    }
}

// A key signs only after it was published: the set before a step knows what the set after it signs with.
TEST_F(TokenKeyRotation, NoStepSignsWithAKeyThatWasNotPublishedBefore) {
    for (int i = 0; i < 9; ++i) {
        const auto before = load();
        step();
        EXPECT_TRUE(takes(*before, *load()->sign("{}"))) << i;
    }
}

TEST_F(TokenKeyRotation, FilesAreTheirOwnersAlone) {
    const auto mask = umask(0);
    while (!step()) {
    }
    umask(mask);
    for (const auto& path : {options_.key_file, next_key_file(options_), retiring_key_file(options_)}) {
        struct stat info {};
        ASSERT_EQ(stat(path.c_str(), &info), 0);
        EXPECT_EQ(info.st_mode & 07777, 0600U) << path;
        EXPECT_EQ(info.st_nlink, 1U);
    }
    EXPECT_NE(access((options_.key_file + ".new").c_str(), F_OK), 0);
}

TEST_F(TokenKeyRotation, HalfAFileThatWasLeftOverIsRemoved) {
    directory_.write("key.pem.new", "-----BEGIN PRIVATE");
    EXPECT_TRUE(load_token_keys(options_));
    while (!step()) {
    }
    EXPECT_NE(access((options_.key_file + ".new").c_str(), F_OK), 0);
    EXPECT_TRUE(load_token_keys(options_));
}

TEST_F(TokenKeyRotation, WaitsUntilVerifiersKnowTheNextKey) {
    EXPECT_THAT(obstacle(), HasSubstr("The next key was made"));
    set_age(next_key_file(options_), publication_time - seconds{10});
    EXPECT_THAT(obstacle(), HasSubstr("4m50s ago"));
    set_age(next_key_file(options_), publication_time);
    EXPECT_THAT(obstacle(), IsEmpty());
    set_age(next_key_file(options_), seconds{-3600});
    EXPECT_THAT(obstacle(), HasSubstr("in the future"));
    unlink(next_key_file(options_).c_str());
    EXPECT_THAT(obstacle(), HasSubstr("no next key"));
}

TEST_F(TokenKeyRotation, WaitsForTheTokensOfTheKeyThatRetiredBefore) {
    while (!step()) {
    }
    set_age(next_key_file(options_), publication_time);
    EXPECT_THAT(obstacle(), HasSubstr("retiring"));
    set_age(retiring_key_file(options_), longest_access_lifetime - seconds{10});
    EXPECT_THAT(obstacle(), HasSubstr("retiring"));
    set_age(retiring_key_file(options_), longest_access_lifetime);
    EXPECT_THAT(obstacle(), IsEmpty());
    const auto keys = *survey_token_keys(options_);
    const auto retired = keys.retiring->since;
    EXPECT_THAT(retirement_obstacle(keys, seconds{300}, retired + seconds{299}), HasSubstr("4m59s ago"));
    EXPECT_THAT(retirement_obstacle(keys, seconds{300}, retired + seconds{300}), IsEmpty());
}

// The time that counts is when it retired, not when it was made.
TEST_F(TokenKeyRotation, AKeyRetiresWhenItIsRotatedAway) {
    for (const auto& path : {options_.key_file, next_key_file(options_)})
        set_age(path, seconds{365 * 86'400});
    while (!step()) {
    }
    const auto keys = *survey_token_keys(options_);
    EXPECT_LT(now() - keys.retiring->since, seconds{60});
    EXPECT_LT(now() - keys.current->since, seconds{60});
}

TEST_F(TokenKeyRotation, WithoutANextKeyOneIsMadeFirst) {
    unlink(next_key_file(options_).c_str());
    const auto token = *load()->sign("{}");
    while (!step())
        EXPECT_TRUE(takes(*load(), token));
    EXPECT_TRUE(takes(*load(), token));
    EXPECT_TRUE(survey_token_keys(options_)->next);
}

TEST_F(TokenKeyRotation, ChangesNothingWhereAFileCannotBeUsed) {
    for (const auto& path : {options_.key_file, next_key_file(options_), retiring_key_file(options_)}) {
        put(options_.key_file);
        put(path, token_algorithm::es256);
        auto writer = *key_file_writer::open(options_.key_file);
        EXPECT_FALSE(take_rotation_step(writer, options_)) << path;
        put(path);
    }
    // A link would be replaced, and what it leads to be used on elsewhere.
    const auto elsewhere = directory_.path("elsewhere.pem");
    ASSERT_EQ(rename(options_.key_file.c_str(), elsewhere.c_str()), 0);
    ASSERT_EQ(symlink(elsewhere.c_str(), options_.key_file.c_str()), 0);
    const auto refused = survey_token_keys(options_);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().title, HasSubstr("not a regular file"));
    EXPECT_TRUE(load_token_keys(options_)) << "the server may read through it";
}

TEST_F(TokenKeyRotation, OneAtATime) {
    const auto one = key_file_writer::open(options_.key_file);
    ASSERT_TRUE(one);
    const auto other = key_file_writer::open(options_.key_file);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, "keys_in_use");
    EXPECT_EQ(other.error().exit, exit_refused);
}

TEST_F(TokenKeyRotation, CreatingNeverTakesThePlaceOfAnything) {
    auto writer = *key_file_writer::open(options_.key_file);
    const auto before = std::string(load()->current().id());
    const auto refused = writer.create(options_.key_file, secret("another"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "already_exists");
    EXPECT_EQ(load()->current().id(), before);
    const auto dangling = directory_.path("dangling");
    ASSERT_EQ(symlink("nowhere", dangling.c_str()), 0);
    EXPECT_FALSE(writer.create(dangling, secret("x")));
    EXPECT_FALSE(writer.replace(directory_.path("no/such/key"), secret("x")));
    EXPECT_NE(access((options_.key_file + ".new").c_str(), F_OK), 0);
}

}  // namespace
}  // namespace latchkey
