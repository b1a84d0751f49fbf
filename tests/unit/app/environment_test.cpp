#include "load_config.hpp"
#include "temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Environment : public testing::Test {
protected:
    loaded_config load(const environment& variables, const std::string& text = "") {
        return load_config(directory_.write("c.toml", text), variables);
    }

    std::vector<std::string> faults_of(const environment& variables) {
        std::vector<std::string> out;
        for (const auto& fault : load(variables).faults)
            out.push_back(fault.text());
        return out;
    }

    temporary_directory directory_;
};

TEST_F(Environment, OverridesTheFile) {
    const auto loaded = load({{"LATCHKEY_SESSION_IDLE_TIMEOUT", "45m"}, {"HOME", "/root"}},
                             "[session]\nidle_timeout = '5m'\nmax_per_user = 3\n");
    ASSERT_THAT(loaded.faults, IsEmpty());
    EXPECT_EQ(loaded.values.session.idle_timeout, seconds{45 * 60});
    EXPECT_EQ(loaded.values.session.max_per_user, 3U);
}

TEST_F(Environment, CanSetEachType) {
    const auto loaded = load({{"LATCHKEY_SERVER_LISTEN", "127.0.0.1:1, [::1]:2"},
                              {"LATCHKEY_SERVER_TRUSTED_PROXIES", ""},
                              {"LATCHKEY_COOKIE_SECURE", "false"},
                              {"LATCHKEY_COOKIE_SAME_SITE", "Strict"},
                              {"LATCHKEY_PASSWORD_MEMORY", "32MiB"},
                              {"LATCHKEY_PASSWORD_ITERATIONS", "3"},
                              {"LATCHKEY_SERVER_DRAIN_TIMEOUT", "500ms"}});
    ASSERT_THAT(loaded.faults, IsEmpty());
    EXPECT_THAT(loaded.values.server.listen, ElementsAre("127.0.0.1:1", "[::1]:2"));
    EXPECT_THAT(loaded.values.server.trusted_proxies, IsEmpty());
    EXPECT_FALSE(loaded.values.cookie.secure);
    EXPECT_EQ(loaded.values.cookie.same_site, "Strict");
    EXPECT_EQ(loaded.values.password.memory, 32U << 20);
    EXPECT_EQ(loaded.values.password.iterations, 3U);
    EXPECT_EQ(loaded.values.server.drain_timeout, milliseconds{500});
}

// S2
TEST_F(Environment, FaultsNameTheVariable) {
    EXPECT_THAT(
        faults_of({{"LATCHKEY_SESSION_IDLE_TIMEOUT", "45"},
                   {"LATCHKEY_COOKIE_SECURE", "1"},
                   {"LATCHKEY_PASSWORD_ITERATIONS", "-1"},
                   {"LATCHKEY_LOG_LEVEL", "\xff"},
                   {"LATCHKEY_SERVER_LISTEN", "127.0.0.1:1,"},
                   {"LATCHKEY_SESSION_IDLE_TIMOUT", "1m"},
                   {"LATCHKEY_", "1m"},
                   {"LATCHKEY_log_level", "info"}}),
        ElementsAre("environment:LATCHKEY_SESSION_IDLE_TIMEOUT: session.idle_timeout: \"45\" is not a duration: "
                    "write a number and d, h, m, s or ms, such as \"30m\" or \"1h30m\"",
                    "environment:LATCHKEY_COOKIE_SECURE: cookie.secure: must be true or false, but is a string",
                    "environment:LATCHKEY_PASSWORD_ITERATIONS: password.iterations: must be a whole number, but "
                    "is a string",
                    "environment:LATCHKEY_LOG_LEVEL: log.level: is not UTF-8",
                    "environment:LATCHKEY_SERVER_LISTEN: server.listen: \"\" is not an address: write "
                    "\"127.0.0.1:9080\", \"[::1]:9080\" or \"unix:/path\"",
                    "environment:LATCHKEY_SESSION_IDLE_TIMOUT: unknown variable; did you mean "
                    "LATCHKEY_SESSION_IDLE_TIMEOUT?",
                    "environment:LATCHKEY_: unknown variable", "environment:LATCHKEY_log_level: unknown variable"));
}

TEST_F(Environment, ReplacesAFaultyValueOfTheFileButNotItsFault) {
    const auto loaded = load({{"LATCHKEY_LOG_LEVEL", "warn"}}, "[log]\nlevel = 'loud'\n");
    ASSERT_EQ(loaded.faults.size(), 1U);
    EXPECT_EQ(loaded.faults[0].place.line, 2U);
}

TEST_F(Environment, CombinationsPointAtTheVariable) {
    EXPECT_THAT(faults_of({{"LATCHKEY_SESSION_IDLE_TIMEOUT", "13h"}}),
                ElementsAre("environment:LATCHKEY_SESSION_IDLE_TIMEOUT: session.idle_timeout: idle_timeout (13h) is "
                            "longer than absolute_timeout (12h)"));
}

}  // namespace
}  // namespace latchkey
