#include "load_config.hpp"

#include "temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include <unistd.h>

namespace latchkey {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class LoadConfig : public testing::Test {
protected:
    loaded_config load(const std::string& text) { return load_config(directory_.write("latchkey.toml", text), {}); }

    // The faults with the file's name shortened to "F".
    std::vector<std::string> faults_of(const std::string& text) {
        std::vector<std::string> out;
        const auto file = directory_.path("latchkey.toml");
        for (const auto& fault : load(text).faults) {
            auto line = fault.text();
            EXPECT_TRUE(line.starts_with(file)) << line;
            out.push_back("F" + line.substr(file.size()));
        }
        return out;
    }

    temporary_directory directory_;
};

TEST_F(LoadConfig, EmptyFileIsTheDefaults) {
    const auto loaded = load("");
    EXPECT_TRUE(loaded.faults.empty());
    EXPECT_TRUE(loaded.warnings.empty());
    EXPECT_EQ(loaded.values.session.idle_timeout, seconds{1800});
    EXPECT_EQ(loaded.places.front().text(), "default");
}

TEST_F(LoadConfig, ReadsEachType) {
    const auto loaded = load(R"(
[server]
listen = ["unix:/run/latchkey.sock", "[::1]:9080"]
io_threads = 3
drain_timeout = "1s500ms"
[cookie]
secure = false
[session]
idle_timeout = "1h30m"
[password]
memory = "64MiB"
[limits]
body_bytes = 4096
)");
    ASSERT_TRUE(loaded.faults.empty()) << loaded.faults.front().text();
    EXPECT_THAT(loaded.values.server.listen, ElementsAre("unix:/run/latchkey.sock", "[::1]:9080"));
    EXPECT_EQ(loaded.values.server.io_threads, 3U);
    EXPECT_EQ(loaded.values.server.drain_timeout, milliseconds{1500});
    EXPECT_FALSE(loaded.values.cookie.secure);
    EXPECT_EQ(loaded.values.session.idle_timeout, seconds{5400});
    EXPECT_EQ(loaded.values.password.memory, 64U << 20);
    EXPECT_EQ(loaded.values.limits.body_bytes, 4096U);
    EXPECT_EQ(loaded.places.front().text(), loaded.file + ":3");
}

// S2
TEST_F(LoadConfig, ReportsTenFaultsAtOnceWithTheirLines) {
    EXPECT_THAT(faults_of(R"([server]
listen = ["127.0.0.1:9080", "nowhere",
          "127.0.0.1:9080"]
public_url = "https://auth.example.com/"
trusted_proxies = ["10.1.0.0/8"]
[session]
idle_timout = "5m"
idle_timeout = 30
absolute_timeout = "30 minutes"
store = "disk"
[cookei]
name = "x"
[password]
min_length = 7
[log]
level = "verbose"
)"),
                ElementsAre("F:2: server.listen: \"nowhere\" has no port",
                            "F:3: server.listen: \"127.0.0.1:9080\" is listed twice",
                            "F:4: server.public_url: \"https://auth.example.com/\" must end after the host and port, "
                            "without even a slash",
                            "F:5: server.trusted_proxies: \"10.1.0.0/8\" has bits set behind its prefix; did you mean "
                            "\"10.0.0.0/8\"?",
                            "F:7: session.idle_timout: unknown key; did you mean idle_timeout?",
                            "F:8: session.idle_timeout: must be a duration such as \"30m\", but is a number",
                            "F:9: session.absolute_timeout: \"30 minutes\" is not a duration: write a number and d, h, "
                            "m, s or ms, such as \"30m\" or \"1h30m\"",
                            "F:10: session.store: \"disk\" is not a session store: write \"database\", \"redis\" or "
                            "\"memory\"",
                            "F:11: cookei: unknown section; did you mean cookie?",
                            "F:14: password.min_length: 7 is not between 8 and 64",
                            "F:16: log.level: \"verbose\" is not one of \"debug\", \"info\", \"warn\" or \"error\""));
}

// S2
TEST_F(LoadConfig, RefusesWrongTypes) {
    EXPECT_THAT(faults_of("server = 3\n"), ElementsAre("F:1: server: must be a section, written [server]"));
    EXPECT_THAT(faults_of("[[server]]\n"), ElementsAre("F:1: server: must be a section, written [server]"));
    EXPECT_THAT(faults_of("idle_timeout = '3m'\n"),
                ElementsAre("F:1: idle_timeout: unknown key; it belongs in section [session]"));
    EXPECT_THAT(faults_of("[server]\nidle_timeout = '3m'\n"),
                ElementsAre("F:2: server.idle_timeout: unknown key; it belongs in section [session]"));
    EXPECT_THAT(faults_of("[cookie]\nsecure = 'yes'\nname = 1\ndomain = []\n"),
                ElementsAre("F:2: cookie.secure: must be true or false, but is a string",
                            "F:3: cookie.name: must be a string, but is a number",
                            "F:4: cookie.domain: must be a string, but is a list"));
    EXPECT_THAT(
        faults_of("[server]\nlisten = 'a'\nio_threads = '2'\nallowed_origins = [1]\n[server.trusted_proxies]\n"),
        ElementsAre("F:2: server.listen: must be a list of strings, but is a string",
                    "F:3: server.io_threads: must be a whole number, but is a string",
                    "F:4: server.allowed_origins: entry 1 is not a string",
                    "F:5: server.trusted_proxies: must be a list of strings, but is a section"));
    EXPECT_THAT(faults_of("[limits]\nheader_bytes = 1.5\nheader_fields = 2026-01-01\nbody_bytes = -1\n"),
                ElementsAre("F:2: limits.header_bytes: must be a size such as \"16KiB\", but is a fraction",
                            "F:3: limits.header_fields: must be a whole number, but is a date or time",
                            "F:4: limits.body_bytes: -1 is negative"));
}

TEST_F(LoadConfig, RefusesWhatIsOutOfRange) {
    EXPECT_THAT(faults_of("[limits]\nheader_timeout = '0s'\nheader_bytes = '1MiB'\n"),
                ElementsAre("F:2: limits.header_timeout: 0s is not between 100ms and 10m",
                            "F:3: limits.header_bytes: 1MiB is not between 1KiB and 256KiB"));
    EXPECT_THAT(faults_of("[session]\nidle_timeout = '1s500ms'\n"),
                ElementsAre("F:2: session.idle_timeout: 1s500ms is not a whole number of seconds"));
    EXPECT_THAT(faults_of("[server]\nlisten = []\n"),
                ElementsAre("F:2: server.listen: must have between 1 and 64 entries"));
    EXPECT_THAT(faults_of("[password]\nmemory = '7KiB'\niterations = 0\n"),
                ElementsAre("F:2: password.memory: 7KiB is not between 8KiB and 1GiB",
                            "F:3: password.iterations: 0 is not between 1 and 64"));
    EXPECT_THAT(faults_of("[log]\nfile = \"a\\nb\"\n"),
                ElementsAre("F:2: log.file: \"a\\x0ab\" has a control character"));
}

TEST_F(LoadConfig, DoesNotQuoteADatabaseUrl) {
    EXPECT_THAT(faults_of("[database]\nurl = 'postgresql://latchkey:hunter2@db/latchkey'\n"),
                ElementsAre("F:2: database.url: holds a password: put that into a file, and its path into "
                            "database.password_file"));
}

TEST_F(LoadConfig, SyntaxErrorsHaveALine) {
    for (const auto* text : {"[server]\nlisten = \n", "[server]\n[server]\n", "[log]\nlevel = 'info'\nlevel = 'warn'\n",
                             "[log]\nlevel = 'info\n", "\n\x01\n", "[log\n"}) {
        const auto faults = faults_of(text);
        ASSERT_EQ(faults.size(), 1U) << text;
        EXPECT_THAT(faults.front(), testing::MatchesRegex("F:[123]: .+")) << text;
    }
}

TEST_F(LoadConfig, HostileFilesAreRefusedInOneLine) {
    EXPECT_THAT(faults_of("[log]\nfile = '\xff'\n"), ElementsAre("F: is not UTF-8 text"));
    EXPECT_THAT(faults_of(std::string(1024 * 1024 + 1, '\n')),
                ElementsAre("F: is larger than 1MiB: this is no configuration"));
    EXPECT_TRUE(load(std::string(1024 * 1024, '\n')).faults.empty());
    EXPECT_EQ(faults_of("x = " + std::string(100'000, '[')).size(), 1U);
    EXPECT_THAT(faults_of("[log]\n\"a\\nb\\u001b\" = 1\n"), ElementsAre("F:2: log.a\\x0ab\\x1b: unknown key"));
    std::string many;
    for (int i = 0; i < 50'000; ++i)
        many += "k" + std::to_string(i) + " = 1\n";
    EXPECT_EQ(faults_of(many).size(), 100U);
}

TEST_F(LoadConfig, UnreadableFilesSayWhy) {
    const auto missing = load_config(directory_.path("missing.toml"), {});
    ASSERT_EQ(missing.faults.size(), 1U);
    EXPECT_EQ(missing.faults[0].text(),
              directory_.path("missing.toml") + ": cannot be read: No such file or directory");
    const auto directory = load_config(directory_.path("."), {});
    ASSERT_EQ(directory.faults.size(), 1U);
    EXPECT_THAT(directory.faults[0].reason, HasSubstr("Is a directory"));
    EXPECT_EQ(load_config("", {}).faults.size(), 1U);
}

TEST_F(LoadConfig, FindsAFileInTheWorkingDirectory) {
    directory_.write("latchkey.toml", "[log]\nlevel = 'debug'\n");
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(directory_.path("."));
    const auto loaded = load_config(std::nullopt, {});
    std::filesystem::current_path(before);
    EXPECT_EQ(loaded.file, "latchkey.toml");
    EXPECT_EQ(loaded.values.log.level, "debug");
}

}  // namespace
}  // namespace latchkey
