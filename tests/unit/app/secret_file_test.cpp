// S1: which files a secret may come from.
#include "secret_file.hpp"

#include "temporary_directory.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

namespace latchkey {
namespace {

const std::string good = "k3fG9xQ2mV7tR1yW8pL5nB4cZ6sD0hJa";  // 32 characters

class SecretFile : public testing::Test {
protected:
    std::string write(const std::string& content, mode_t mode = 0600) {
        const auto path = directory_.write("secret", content);
        chmod(path.c_str(), mode);
        return path;
    }

    std::string reason(const std::string& path) {
        const auto outcome = read_secret_file(path);
        return outcome ? "accepted" : outcome.error().reason;
    }

    temporary_directory directory_;
};

TEST_F(SecretFile, GivesTheContentLessOneNewline) {
    for (const auto* end : {"", "\n"}) {
        const auto outcome = read_secret_file(write(good + end));
        ASSERT_TRUE(outcome);
        EXPECT_EQ(outcome->reveal(), good);
    }
    EXPECT_EQ(read_secret_file(write(good + "\n\n"))->reveal(), good + "\n");
    EXPECT_EQ(reason(write(good, 0400)), "accepted");
}

TEST_F(SecretFile, RefusesAFileThatOthersReach) {
    for (const mode_t mode : {0640, 0604, 0620, 0602, 0610, 0601, 0644, 0666, 0777})
        EXPECT_EQ(reason(write(good, mode)), "can be reached by others than its owner: chmod 600 it")
            << std::oct << mode;
}

TEST_F(SecretFile, RefusesAnotherUsersFile) {
    const auto path = write(good);
    if (geteuid() != 0 || chown(path.c_str(), 12345, 12345) != 0)
        GTEST_SKIP() << "only root can give a file away";
    EXPECT_EQ(reason(path), "belongs to another user");
}

TEST_F(SecretFile, RefusesEmptyShortHugeAndExampleValues) {
    EXPECT_EQ(reason(write("")), "is empty");
    EXPECT_EQ(reason(write("\n")), "is empty");
    EXPECT_EQ(reason(write(good.substr(1) + "\n")), "holds fewer than 32 characters");
    EXPECT_EQ(reason(write(std::string(64 * 1024 + 1, 'a'))), "is larger than 64KiB");
    EXPECT_EQ(reason(write(std::string(40, 'x'))), "holds an example, not a secret of your own");
    EXPECT_EQ(reason(write("CHANGEME-CHANGEME-CHANGEME-CHANGEME")), "holds an example, not a secret of your own");
    EXPECT_EQ(reason(write("this-is-an-Insecure-secret-of-32-bytes")), "holds an example, not a secret of your own");
}

TEST_F(SecretFile, FollowsALinkToAFileAndNothingElse) {
    const auto path = write(good);
    ASSERT_EQ(symlink(path.c_str(), directory_.path("link").c_str()), 0);
    EXPECT_EQ(reason(directory_.path("link")), "accepted");
    EXPECT_EQ(reason(directory_.path(".")), "is not a regular file");
    ASSERT_EQ(mkfifo(directory_.path("fifo").c_str(), 0600), 0);
    EXPECT_EQ(reason(directory_.path("fifo")), "is not a regular file");
    EXPECT_EQ(reason(directory_.path("missing")), "cannot be read: No such file or directory");
    EXPECT_EQ(reason("/dev/null"), "is not a regular file");
}

}  // namespace
}  // namespace latchkey
