// The database file: how it is made, and what is said about one that cannot be used.
#include "sql_database.hpp"
#include "temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace latchkey {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

mode_t mode_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777;
}

// What the operator reads when the database cannot be opened; empty when it can.
std::string complaint(const std::string& url) {
    try {
        database_options options;
        options.url = url;
        const auto database = connect_database(options);
        soci::session sql(database->pool());
        sql << "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER)";
        return {};
    } catch (const std::runtime_error& e) {
        return e.what();
    }
}

// Runs `work` in a process without root's rights; what it returned.
std::string as_nobody(const std::function<std::string()>& work) {
    int pipe_ends[2];
    if (pipe(pipe_ends) != 0)
        return "pipe";
    const pid_t child = fork();
    if (child == 0) {
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(1);
        const std::string text = work();
        _exit(write(pipe_ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1);
    }
    close(pipe_ends[1]);
    std::string text;
    char buffer[4096];
    for (ssize_t n; (n = read(pipe_ends[0], buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(n));
    close(pipe_ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    return status == 0 ? text : "child failed";
}

class sqlite_file : public ::testing::Test {
protected:
    void write_file(const std::string& name, const std::string& content) {
        std::ofstream(directory / name, std::ios::binary) << content;
    }
    std::string url(const std::string& name) const { return "sqlite:" + (directory / name); }

    testing::temporary_directory directory;
};

// C4: nobody but the owner reads the file or what SQLite puts beside it, whatever the umask.
TEST_F(sqlite_file, is_the_owners_alone) {
    for (const mode_t mask : {0000U, 0022U, 0777U}) {
        const std::string name = "mask" + std::to_string(mask) + ".db";
        const mode_t before = umask(mask);
        database_options options;
        options.url = url(name);
        const auto database = connect_database(options);
        soci::session sql(database->pool());
        sql << "CREATE TABLE schema_version (version INTEGER)";
        umask(before);
        EXPECT_EQ(mode_of(directory / name), 0600U);
        EXPECT_EQ(mode_of(directory / (name + "-wal")), 0600U);
        EXPECT_EQ(mode_of(directory / (name + "-shm")), 0600U);
    }
}

TEST_F(sqlite_file, keeps_the_permissions_of_an_existing_file) {
    write_file("users.db", "");
    ASSERT_EQ(chmod((directory / "users.db").c_str(), 0640), 0);
    EXPECT_EQ(complaint(url("users.db")), "");
    EXPECT_EQ(mode_of(directory / "users.db"), 0640U);
}

// Commits are on the disk when they return, foreign keys hold, and a writer waits for another.
TEST_F(sqlite_file, is_opened_for_durable_commits) {
    database_options options;
    options.url = url("users.db");
    options.pool_size = 3;
    const auto database = connect_database(options);
    for (std::size_t i = 0; i < 3; ++i) {
        soci::session& sql = database->pool().at(i);
        std::string journal_mode;
        int synchronous = 0;
        int foreign_keys = 0;
        int busy_timeout = 0;
        sql << "PRAGMA journal_mode", soci::into(journal_mode);
        sql << "PRAGMA synchronous", soci::into(synchronous);
        sql << "PRAGMA foreign_keys", soci::into(foreign_keys);
        sql << "PRAGMA busy_timeout", soci::into(busy_timeout);
        EXPECT_EQ(journal_mode, "wal");
        EXPECT_EQ(synchronous, 2);  // FULL
        EXPECT_EQ(foreign_keys, 1);
        EXPECT_EQ(busy_timeout, 5000);
    }
}

TEST_F(sqlite_file, may_have_any_name_but_a_double_quote) {
    for (const std::string name :
         {"a b.db", "a=b timeout=0.db", "it's.db", "\xC3\xA4.db", "x%20y?mode=ro.db", ":memory:x"}) {
        EXPECT_EQ(complaint(url(name)), "") << name;
        EXPECT_EQ(mode_of(directory / name), 0600U) << name;
    }
    for (const std::string& path : {std::string(), std::string(":memory:"), directory / "a\"b.db"})
        EXPECT_THAT(complaint("sqlite:" + path), HasSubstr("database.url must name a file")) << path;
}

TEST_F(sqlite_file, relative_paths_start_at_the_working_directory) {
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(directory.path());
    EXPECT_EQ(complaint("sqlite:users.db"), "");
    EXPECT_EQ(complaint("sqlite:./other/../users.db"), "");
    std::filesystem::current_path(before);
    EXPECT_EQ(mode_of(directory / "users.db"), 0600U);
}

TEST_F(sqlite_file, refuses_other_urls_without_repeating_them) {
    for (const std::string other :
         {"", "latchkey.db", "mysql://u:s3cret@h/d", "postgresql://u:s3cret@h/d", "SQLITE:x", "sqlite"}) {
        const std::string text = complaint(other);
        EXPECT_THAT(text, HasSubstr("database.url "));
        EXPECT_THAT(text, ::testing::Not(HasSubstr("s3cret")));
    }
}

// D2: an empty file (to SQLite also one of a single byte) is a new database; anything else that is none is refused and
// left as it was.
TEST_F(sqlite_file, refuses_what_is_no_database) {
    write_file("empty.db", "");
    EXPECT_EQ(complaint(url("empty.db")), "");
    for (const std::string& content : {std::string("xy"), std::string(100'000, 'g'), std::string(5000, '\0')}) {
        write_file("bad.db", content);
        EXPECT_THAT(complaint(url("bad.db")), AllOf(HasSubstr("bad.db"), HasSubstr("it is not an SQLite database")));
        EXPECT_EQ(std::filesystem::file_size(directory / "bad.db"), content.size());
    }
}

// D2: wherever a database of many pages was cut off or overwritten, that is found at the start.
TEST_F(sqlite_file, refuses_a_damaged_database) {
    ASSERT_EQ(complaint(url("good.db")), "");
    {
        database_options options;
        options.url = url("good.db");
        const auto database = connect_database(options);
        soci::session sql(database->pool());
        sql << "CREATE TABLE filler (text TEXT PRIMARY KEY)";
        for (int i = 0; i < 300; ++i)
            sql << "INSERT INTO filler VALUES ('" + std::string(200, static_cast<char>('a' + i % 26)) +
                       std::to_string(i) + "')";
    }
    const auto size = std::filesystem::file_size(directory / "good.db");
    ASSERT_GT(size, 100'000U);
    for (const auto length : {std::uintmax_t{50}, size / 4, size / 2 + 1, size - 5000, size - 4096, size - 700}) {
        std::filesystem::copy_file(directory / "good.db", directory / "cut.db",
                                   std::filesystem::copy_options::overwrite_existing);
        std::filesystem::resize_file(directory / "cut.db", length);
        EXPECT_THAT(complaint(url("cut.db")), AllOf(HasSubstr("cut.db"), HasSubstr("cannot open"))) << length;
    }
    for (const auto position : {size / 3, size / 2, size - 4000}) {
        std::filesystem::copy_file(directory / "good.db", directory / "torn.db",
                                   std::filesystem::copy_options::overwrite_existing);
        std::fstream file(directory / "torn.db", std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(position / 4096 * 4096));
        file << std::string(2048, 'Z');
        file.close();
        EXPECT_THAT(complaint(url("torn.db")), HasSubstr("it is damaged")) << position;
    }
}

TEST_F(sqlite_file, refuses_another_programs_database) {
    {
        soci::session sql("sqlite3", "dbname=" + (directory / "other.db"));
        sql << "CREATE TABLE photos (id INTEGER)";
    }
    EXPECT_THAT(complaint(url("other.db")), HasSubstr("another program"));
}

TEST_F(sqlite_file, says_what_is_wrong_with_the_place) {
    EXPECT_THAT(complaint(url("missing/users.db")), AllOf(HasSubstr("missing/users.db"), HasSubstr("directory")));
    EXPECT_THAT(complaint("sqlite:/"), HasSubstr("not a regular file"));
    std::filesystem::create_directory(directory / "users.db");
    EXPECT_THAT(complaint(url("users.db")), HasSubstr("not a regular file"));
    ASSERT_EQ(mkfifo((directory / "fifo").c_str(), 0600), 0);
    EXPECT_THAT(complaint(url("fifo")), HasSubstr("not a regular file"));
    write_file("file", "");
    EXPECT_THAT(complaint(url("file/users.db")), HasSubstr("directory"));
}

TEST_F(sqlite_file, says_who_may_not_write_where) {
    ASSERT_EQ(chmod(directory.path().c_str(), 0755), 0);
    EXPECT_THAT(as_nobody([&] {
                    chmod(directory.path().c_str(), 0555);  // for a test that is not run by root
                    return complaint(url("users.db"));
                }),
                AllOf(HasSubstr("directory is not writable by user"), HasSubstr("Permission denied")));
    ASSERT_EQ(chmod(directory.path().c_str(), 0777), 0);
    write_file("users.db", "");
    ASSERT_EQ(chmod((directory / "users.db").c_str(), 0444), 0);
    EXPECT_THAT(as_nobody([&] { return complaint(url("users.db")); }), HasSubstr("not readable and writable by user"));
}

// Several processes that find no database at the same moment make one.
TEST_F(sqlite_file, many_processes_may_start_at_once) {
    for (int round = 0; round < 5; ++round) {
        const std::string target = url("users" + std::to_string(round) + ".db");
        std::vector<pid_t> children;
        for (int i = 0; i < 6; ++i) {
            const pid_t child = fork();
            if (child == 0) {
                const std::string text = complaint(target);
                if (!text.empty())
                    (void)!write(2, text.data(), text.size());
                _exit(text.empty() ? 0 : 1);
            }
            children.push_back(child);
        }
        for (const pid_t child : children) {
            int status = 0;
            ASSERT_EQ(waitpid(child, &status, 0), child);
            EXPECT_EQ(status, 0);
        }
    }
}

}  // namespace
}  // namespace latchkey
