// One server to a database, or commands while there is none.
#include "database_lock.hpp"

#include "database.hpp"
#include "temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace latchkey {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class database_lock_test : public ::testing::Test {
protected:
    database_options at(const std::string& name) const { return {"sqlite:" + (directory / name), 1}; }
    std::string complaint(const database_options& options) {
        try {
            lock_for_server(options, milliseconds{0});
            return {};
        } catch (const std::runtime_error& e) {
            return e.what();
        }
    }

    testing::temporary_directory directory;
    const database_options here = at("latchkey.db");
};

TEST_F(database_lock_test, a_server_shuts_everybody_out) {
    {
        const auto server = lock_for_server(here);
        EXPECT_THAT(complaint(here), AllOf(HasSubstr("another latchkey"), HasSubstr("latchkey.db-server")));
        EXPECT_FALSE(lock_for_command(here));
        EXPECT_EQ(complaint(at("other.db")), "");
    }
    EXPECT_EQ(complaint(here), "");
    EXPECT_TRUE(lock_for_command(here));
}

TEST_F(database_lock_test, commands_share_it) {
    auto first = lock_for_command(here);
    const auto second = lock_for_command(here);
    ASSERT_TRUE(first && second);
    const auto moved = std::move(first);
    first.reset();
    EXPECT_THAT(complaint(here), HasSubstr("another latchkey"));
}

// A command that is about to end costs a server's start nothing.
TEST_F(database_lock_test, a_server_waits_for_commands) {
    std::optional<database_lock> command = lock_for_command(here);
    std::thread server([&] { EXPECT_NO_THROW(lock_for_server(here, milliseconds{60'000})); });
    command.reset();
    server.join();
}

// However a server ends, its lock goes with it.
TEST_F(database_lock_test, a_killed_server_holds_nothing) {
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
        const auto mine = lock_for_server(here);
        (void)!write(ready[1], "x", 1);
        pause();
        _exit(0);
    }
    char one;
    ASSERT_EQ(read(ready[0], &one, 1), 1);
    EXPECT_FALSE(lock_for_command(here));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    EXPECT_EQ(complaint(here), "");
    close(ready[0]);
    close(ready[1]);
}

TEST_F(database_lock_test, is_the_owners_alone_and_leaves_the_database_alone) {
    for (const mode_t mask : {0000U, 0022U, 0777U}) {
        const std::string name = "mask" + std::to_string(mask) + ".db";
        const mode_t before = umask(mask);
        const auto lock = lock_for_server(at(name));
        umask(before);
        struct stat status {};
        ASSERT_EQ(stat((directory / (name + "-server")).c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 07777, 0600U);
        EXPECT_FALSE(std::filesystem::exists(directory / name));
    }
}

TEST_F(database_lock_test, goes_beside_an_open_database) {
    const auto lock = lock_for_server(here);
    const auto database = open_database(here);
    EXPECT_FALSE(lock_for_command(here));
}

TEST_F(database_lock_test, faults_are_sentences) {
    EXPECT_THAT(complaint(at("missing/latchkey.db")), AllOf(HasSubstr("missing/latchkey.db"), HasSubstr("directory")));
    EXPECT_THAT(complaint({"sqlite:", 1}), HasSubstr("database.url must name a file"));
    std::filesystem::create_symlink("/dev/null", directory / "linked.db-server");
    EXPECT_THAT(complaint(at("linked.db")), HasSubstr("cannot lock"));
    EXPECT_THROW(lock_for_command(at("linked.db")), std::runtime_error);
    std::filesystem::create_directory(directory / "folder.db-server");
    EXPECT_THAT(complaint(at("folder.db")), HasSubstr("cannot lock"));
}

// What keeps sessions elsewhere works beside others of its kind, and not beside one that does not.
TEST_F(database_lock_test, servers_may_share) {
    {
        const auto one = lock_for_server(here, milliseconds{0}, server_sharing::with_servers);
        const auto other = lock_for_server(here, milliseconds{0}, server_sharing::with_servers);
        EXPECT_TRUE(lock_for_command(here));
        EXPECT_THROW(lock_for_server(here, milliseconds{0}), std::runtime_error);
    }
    const auto alone = lock_for_server(here, milliseconds{0});
    EXPECT_THROW(lock_for_server(here, milliseconds{0}, server_sharing::with_servers), std::runtime_error);
}

}  // namespace
}  // namespace latchkey
