// "10/15m" in the configuration, and everything that is not quite that.
#include "load_config.hpp"
#include "temporary_directory.hpp"

#include <gmock/gmock.h>

namespace latchkey {
namespace {

using ::testing::HasSubstr;

loaded_config load(const std::string& keys) {
    const temporary_directory directory;
    return load_config(directory.write("latchkey.toml", "[throttle]\n" + keys + "\n"), {});
}

TEST(throttle_budget, is_failures_in_a_time) {
    const auto loaded =
        load("per_pair = '3/1h30m'\nper_client = '1000000/30d'\nper_account = '1/1s'\ndevice_memory = '30d'");
    EXPECT_TRUE(loaded.faults.empty());
    EXPECT_EQ(loaded.values.throttle.per_pair, (throttle_budget{3, seconds{5400}}));
    EXPECT_EQ(loaded.values.throttle.per_client, (throttle_budget{1'000'000, seconds{30 * 86400}}));
    EXPECT_EQ(loaded.values.throttle.per_account, (throttle_budget{1, seconds{1}}));
    EXPECT_EQ(loaded.values.throttle.device_memory, seconds{30 * 86400});
}

TEST(throttle_budget, is_nothing_else) {
    for (const char* value : {"''",
                              "'10'",
                              "'/15m'",
                              "'10/'",
                              "'0/15m'",
                              "'1000001/15m'",
                              "'-1/15m'",
                              "'+1/15m'",
                              "'10 / 15m'",
                              "'10/15'",
                              "'10/0s'",
                              "'10/500ms'",
                              "'10/1500ms'",
                              "'10/31d'",
                              "'10/15m/2'",
                              "'ten/15m'",
                              "'99999999999999999999/1m'",
                              "'10/99999999999999999999d'",
                              "10",
                              "['10/15m']",
                              "true"}) {
        const auto loaded = load(std::string("per_pair = ") + value);
        ASSERT_EQ(loaded.faults.size(), 1U) << value;
        EXPECT_THAT(loaded.faults[0].text(), HasSubstr("throttle.per_pair")) << value;
        EXPECT_EQ(loaded.values.throttle.per_pair, throttle_options{}.per_pair) << value;
    }
    EXPECT_THAT(load("per_pair = '10'").faults[0].text(), HasSubstr("such as \"10/15m\""));
}

TEST(throttle_budget, comes_from_the_environment_too) {
    const temporary_directory directory;
    const auto loaded = load_config(directory.write("latchkey.toml", ""), {{"LATCHKEY_THROTTLE_PER_PAIR", "7/1m"}});
    EXPECT_TRUE(loaded.faults.empty());
    EXPECT_EQ(loaded.values.throttle.per_pair, (throttle_budget{7, seconds{60}}));
}

}  // namespace
}  // namespace latchkey
