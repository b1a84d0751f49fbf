#include "password_input.hpp"

#include "owned_fd.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include <pty.h>
#include <termios.h>
#include <unistd.h>

namespace latchkey {
namespace {

class Pipe : public testing::Test {
protected:
    explicit Pipe() { EXPECT_EQ(pipe(ends_), 0); }
    ~Pipe() override {
        close(ends_[0]);
        finish();
    }
    void finish() {
        if (ends_[1] >= 0)
            close(std::exchange(ends_[1], -1));
    }
    void say(std::string_view text) { EXPECT_EQ(write(ends_[1], text.data(), text.size()), ssize_t(text.size())); }

    int ends_[2] = {-1, -1};
};

// P1
TEST_F(Pipe, APasswordIsOneLineByteForByte) {
    say(std::string_view(" p\xc3\xa4ss \0w\r\nnext\n", 16));
    EXPECT_EQ(read_password_line(ends_[0])->reveal(), std::string_view(" p\xc3\xa4ss \0w\r", 10));
    EXPECT_EQ(read_password_line(ends_[0])->reveal(), "next");
    say("no newline");
    finish();
    EXPECT_EQ(read_password_line(ends_[0])->reveal(), "no newline");
    EXPECT_EQ(read_password_line(ends_[0]).error().code, "no_password");
}

TEST_F(Pipe, LongestPasswordIs1024Bytes) {
    say(std::string(1024, 'x') + '\n' + std::string(1025, 'x') + '\n');
    EXPECT_EQ(read_password_line(ends_[0])->size(), 1024U);
    EXPECT_EQ(read_password_line(ends_[0]).error().code, "password_too_long");
    EXPECT_EQ(read_password_line(-1).error().code, "no_password");
}

// A terminal whose other side the test plays.
class Terminal : public testing::Test {
protected:
    Terminal() { EXPECT_EQ(openpty(&person_, &program_, path_, nullptr, nullptr), 0); }
    ~Terminal() override {
        close(person_);
        close(program_);
    }

    // Waits until the program has asked, then types.
    void answer(const std::string& prompt, const std::string& text) {
        while (seen_.find(prompt) == std::string::npos) {
            char byte = 0;
            if (read(person_, &byte, 1) != 1)
                return;
            seen_ += byte;
        }
        EXPECT_EQ(write(person_, text.data(), text.size()), ssize_t(text.size()));
    }

    bool echoes() {
        termios state{};
        tcgetattr(program_, &state);
        return (state.c_lflag & ECHO) != 0;
    }

    int person_ = -1;
    int program_ = -1;
    char path_[64] = {};
    std::string seen_;
};

TEST_F(Terminal, AsksTwiceWithoutEcho) {
    std::thread person([&] {
        answer("New password for ada@example.com: ", "seven crates\n");
        answer("again: ", "seven crates\n");
    });
    const auto password = ask_for_new_password(path_, "ada@example.com");
    person.join();
    ASSERT_TRUE(password);
    EXPECT_EQ(password->reveal(), "seven crates");
    EXPECT_TRUE(echoes());
    close(std::exchange(program_, -1));
    char rest[256];
    for (ssize_t got = 0; (got = read(person_, rest, sizeof rest)) > 0;)
        seen_.append(rest, static_cast<std::size_t>(got));
    EXPECT_EQ(seen_.find("crates"), std::string::npos) << seen_;
}

TEST_F(Terminal, RefusesTwoDifferentAnswersAndNone) {
    std::thread person([&] {
        answer("New password", "one\n");
        answer("again", "two\n");
    });
    EXPECT_EQ(ask_for_new_password(path_, "ada").error().code, "passwords_differ");
    person.join();
    seen_.clear();
    std::thread silent([&] { answer("New password", "\n"); });
    EXPECT_EQ(ask_for_new_password(path_, "ada").error().code, "no_password");
    silent.join();
    EXPECT_TRUE(echoes());
}

TEST_F(Terminal, OnlyYesIsYes) {
    for (const std::string reply : {"yes\n", "y\n", "\n", "YES\n", "yes please\n"}) {
        seen_.clear();
        std::thread person([&] { answer("\"yes\": ", reply); });
        EXPECT_EQ(*ask_yes_or_no(path_, "Sure?"), reply == "yes\n") << reply;
        person.join();
    }
}

TEST(NoTerminal, IsSaid) {
    EXPECT_EQ(ask_for_new_password("/nowhere/tty", "ada").error().code, "no_terminal");
    EXPECT_EQ(ask_for_new_password("/dev/null", "ada").error().code, "no_terminal");
    EXPECT_EQ(ask_yes_or_no("/nowhere/tty", "Sure?").error().code, "no_terminal");
}

}  // namespace
}  // namespace latchkey
