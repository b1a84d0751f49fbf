// S1, J1, J7: which files the keys of access tokens may come from.
#include "token_key_files.hpp"

#include "temporary_directory.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

namespace latchkey {
namespace {

class TokenKeyFiles : public ::testing::Test {
protected:
    TokenKeyFiles() { options_.key_file = directory_.write("key.pem", ""); }

    // Its name.
    std::string put(const std::string& path, token_algorithm algorithm = token_algorithm::ed25519, mode_t mode = 0600) {
        const auto key = signing_key::generate(algorithm);
        directory_.write(path.substr(path.rfind('/') + 1), std::string(key.write().reveal()));
        chmod(path.c_str(), mode);
        return std::string(key.id());
    }

    std::string reason() const {
        const auto keys = load_token_keys(options_);
        return keys ? "accepted" : keys.error().reason;
    }

    temporary_directory directory_;
    token_options options_;
};

TEST_F(TokenKeyFiles, OneIsEnough) {
    const auto name = put(options_.key_file);
    const auto keys = load_token_keys(options_);
    ASSERT_TRUE(keys) << keys.error().reason;
    EXPECT_EQ((*keys)->current().id(), name);
}

TEST_F(TokenKeyFiles, AllThreeArePublished) {
    const std::string names[]{put(options_.key_file), put(next_key_file(options_)), put(retiring_key_file(options_))};
    const auto keys = load_token_keys(options_);
    ASSERT_TRUE(keys) << keys.error().reason;
    EXPECT_EQ((*keys)->current().id(), names[0]);
    for (const auto& name : names)
        EXPECT_NE((*keys)->jwks().find(name), std::string::npos);
}

TEST_F(TokenKeyFiles, EachMustBeItsOwnersAlone) {
    for (const auto& path : {options_.key_file, next_key_file(options_), retiring_key_file(options_)}) {
        put(options_.key_file);
        put(path, token_algorithm::ed25519, 0640);
        EXPECT_NE(reason().find("chmod 600"), std::string::npos) << path << ": " << reason();
        EXPECT_NE(reason().find(path), std::string::npos);
        chmod(path.c_str(), 0600);
        EXPECT_EQ(reason(), "accepted");
    }
}

TEST_F(TokenKeyFiles, EachMustBeOfTheConfiguredAlgorithm) {
    for (const auto& path : {options_.key_file, next_key_file(options_), retiring_key_file(options_)}) {
        put(options_.key_file);
        put(path, token_algorithm::es256);
        EXPECT_NE(reason().find("holds a key for \"ES256\", and tokens.algorithm is \"EdDSA\""), std::string::npos)
            << reason();
        put(path);
    }
    options_.algorithm = "HS256";
    put(options_.key_file, token_algorithm::hs256);
    EXPECT_NE(reason().find(".next"), std::string::npos) << reason();
}

TEST_F(TokenKeyFiles, OneThatCannotBeUsedIsNotPassedOver) {
    put(options_.key_file);
    directory_.write("key.pem.retiring", std::string(40, 'x') + "\n");
    chmod(retiring_key_file(options_).c_str(), 0600);
    EXPECT_NE(reason(), "accepted");
    directory_.write("key.pem.retiring", "");
    EXPECT_NE(reason().find("is empty"), std::string::npos) << reason();
    unlink(retiring_key_file(options_).c_str());
    EXPECT_EQ(reason(), "accepted");
    // A link that leads nowhere is there.
    ASSERT_EQ(symlink("nowhere", next_key_file(options_).c_str()), 0);
    EXPECT_NE(reason(), "accepted");
}

TEST_F(TokenKeyFiles, TheCurrentOneMustBe) {
    unlink(options_.key_file.c_str());
    put(next_key_file(options_));
    EXPECT_NE(reason().find("latchkey key generate"), std::string::npos) << reason();
}

}  // namespace
}  // namespace latchkey
