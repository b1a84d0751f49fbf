// Requirement A4, at the descriptor: full, closed and stuck sinks lose lines and never hang.
#include "line_writer.hpp"

#include "test_pipe.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

#include <sys/resource.h>
#include <sys/socket.h>

namespace latchkey {
namespace {

constexpr milliseconds no_patience{0};

class line_writer_test : public testing::Test {
protected:
    void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }
};

// Standard output is this descriptor for as long as one of these lives.
class borrowed_stdout {
public:
    explicit borrowed_stdout(int descriptor) : saved_(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)) {
        ::dup2(descriptor, STDOUT_FILENO);
    }
    ~borrowed_stdout() {
        ::dup2(saved_, STDOUT_FILENO);
        ::close(saved_);
    }

private:
    int saved_;
};

std::string content_of(const std::filesystem::path& path) {
    std::ostringstream out;
    out << std::ifstream(path).rdbuf();
    return out.str();
}

class scratch_file {
public:
    scratch_file() : path_(testing::TempDir() + "latchkey-ops-" + std::to_string(::getpid()) + ".log") {
        std::filesystem::remove(path_);
    }
    ~scratch_file() { std::filesystem::remove(path_); }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

TEST_F(line_writer_test, appends_to_a_file_that_only_owner_and_group_can_read) {
    const scratch_file file;
    {
        auto writer = line_writer::file(file.path(), no_patience);
        EXPECT_TRUE(writer.write("one\n"));
    }
    auto writer = line_writer::file(file.path(), no_patience);
    EXPECT_TRUE(writer.write("two\n"));
    EXPECT_EQ(content_of(file.path()), "one\ntwo\n");
    using std::filesystem::perms;
    const auto mode = std::filesystem::status(file.path()).permissions();
    EXPECT_EQ(mode & (perms::others_all | perms::group_write | perms::owner_exec), perms::none);
}

TEST_F(line_writer_test, goes_on_at_the_start_when_the_file_was_truncated) {
    const scratch_file file;
    auto writer = line_writer::file(file.path(), no_patience);
    EXPECT_TRUE(writer.write("before rotation\n"));
    std::filesystem::resize_file(file.path(), 0);
    EXPECT_TRUE(writer.write("after\n"));
    EXPECT_EQ(content_of(file.path()), "after\n");
}

TEST_F(line_writer_test, names_the_file_that_cannot_be_opened) {
    try {
        line_writer::file("/nonexistent/latchkey.log", no_patience);
        FAIL();
    } catch (const std::system_error& e) {
        EXPECT_NE(std::string(e.what()).find("/nonexistent/latchkey.log"), std::string::npos);
    }
    EXPECT_THROW(line_writer::file("/", no_patience), std::system_error);
    EXPECT_THROW(line_writer::file("", no_patience), std::system_error);
}

// A4
TEST_F(line_writer_test, loses_lines_on_a_full_disk) {
    auto writer = line_writer::file("/dev/full", no_patience);
    EXPECT_FALSE(writer.write("one\n"));
    EXPECT_FALSE(writer.write("two\n"));
}

// A4
TEST_F(line_writer_test, loses_lines_while_nobody_reads_and_goes_on_after) {
    test_pipe pipe;
    auto writer = line_writer::file(pipe.path(), no_patience);
    pipe.fill();
    EXPECT_FALSE(writer.write("lost\n"));
    EXPECT_FALSE(writer.write("lost too\n"));
    pipe.drain();
    EXPECT_TRUE(writer.write("back\n"));
    EXPECT_EQ(pipe.drain(), "back\n");
}

// A4
TEST_F(line_writer_test, waits_for_a_stuck_reader_only_once) {
    test_pipe pipe;
    auto writer = line_writer::file(pipe.path(), milliseconds(50));
    pipe.fill();
    for (int i = 0; i < 10'000; ++i)  // with a wait each, this would take 500 s and run into the test's time-out
        ASSERT_FALSE(writer.write("lost\n"));
}

// A4
TEST_F(line_writer_test, hurry_ends_all_waits) {
    test_pipe pipe;
    auto writer = line_writer::file(pipe.path(), std::chrono::hours(24));
    pipe.fill();
    writer.hurry(no_patience);
    EXPECT_FALSE(writer.write("lost\n"));
}

// A4
TEST_F(line_writer_test, loses_lines_when_the_reader_is_gone) {
    test_pipe pipe;
    auto writer = line_writer::file(pipe.path(), milliseconds(50));
    pipe.close_reader();
    EXPECT_FALSE(writer.write("lost\n"));
    EXPECT_FALSE(writer.write("lost too\n"));
}

TEST_F(line_writer_test, starts_afresh_after_half_a_line) {
    const scratch_file file;
    auto writer = line_writer::file(file.path(), no_patience);
    const std::string half(4096, 'x');
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit small = before;
    small.rlim_cur = half.size();
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const bool whole = writer.write(half + "lost\n");
    const bool again = writer.write("lost\n");
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    EXPECT_FALSE(whole);
    EXPECT_FALSE(again);
    EXPECT_TRUE(writer.write("next\n"));
    EXPECT_TRUE(writer.write("last\n"));
    EXPECT_EQ(content_of(file.path()), half + "\nnext\nlast\n");
}

TEST_F(line_writer_test, writes_lines_longer_than_a_pipe_takes_at_once) {
    test_pipe pipe;
    auto writer = line_writer::file(pipe.path(), no_patience);
    const std::string line = std::string(3 * 4096 + 1, 'x') + "\n";
    EXPECT_TRUE(writer.write(line));
    EXPECT_EQ(pipe.drain(), line);
}

// A4: standard output's flags belong to other processes too, so it must not block even where it could.
TEST_F(line_writer_test, standard_output_that_is_a_full_pipe) {
    test_pipe pipe;
    ::fcntl(pipe.write_end(), F_SETFL, 0);
    const borrowed_stdout borrowed(pipe.write_end());
    auto writer = line_writer::standard_output(no_patience);
    EXPECT_TRUE(writer.write("one\n"));
    EXPECT_EQ(pipe.drain(), "one\n");
    EXPECT_EQ(::fcntl(pipe.write_end(), F_GETFL) & O_NONBLOCK, 0);

    ::fcntl(pipe.write_end(), F_SETFL, O_NONBLOCK);
    pipe.fill();
    ::fcntl(pipe.write_end(), F_SETFL, 0);
    EXPECT_FALSE(writer.write(std::string(10'000, 'x')));
}

TEST_F(line_writer_test, standard_output_that_is_a_file_keeps_its_place) {
    const scratch_file file;
    const int descriptor = ::open(file.path().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ASSERT_EQ(::write(descriptor, "first\n", 6), 6);
    {
        const borrowed_stdout borrowed(descriptor);
        auto writer = line_writer::standard_output(no_patience);
        EXPECT_TRUE(writer.write("second\n"));
    }
    ::close(descriptor);
    EXPECT_EQ(content_of(file.path()), "first\nsecond\n");
}

// A4: what a service started by systemd has.
TEST_F(line_writer_test, standard_output_that_is_a_socket) {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    {
        const borrowed_stdout borrowed(ends[1]);
        auto writer = line_writer::standard_output(no_patience);
        EXPECT_TRUE(writer.write("one\n"));
        char got[8] = {};
        EXPECT_EQ(::read(ends[0], got, sizeof got), 4);
        EXPECT_STREQ(got, "one\n");
        bool taken = true;
        for (int i = 0; taken && i < 10'000; ++i)
            taken = writer.write(std::string(4096, 'x'));
        EXPECT_FALSE(taken);
        ::close(ends[0]);
        EXPECT_FALSE(writer.write("two\n"));
    }
    ::close(ends[1]);
}

}  // namespace
}  // namespace latchkey
