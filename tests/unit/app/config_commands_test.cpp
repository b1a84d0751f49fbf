#include "config_commands.hpp"

#include "config_key.hpp"
#include "temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace latchkey {
namespace {

using testing::HasSubstr;

class ConfigCommands : public testing::Test {
protected:
    std::string file(const std::string& text) { return directory_.write("c.toml", text); }

    temporary_directory directory_;
    std::ostringstream out_;
    std::ostringstream err_;
    console io_{out_, err_, 0, "/nowhere", {}};
};

TEST_F(ConfigCommands, CheckSaysOkAndWarns) {
    const auto path = file("[password]\nmemory = '1MiB'\n");
    EXPECT_EQ(check_config(io_, {path, false}), exit_done);
    EXPECT_EQ(out_.str(), "ok\n");
    EXPECT_EQ(err_.str(),
              "warning: " + path + ":2: password.memory: 1MiB is less than the recommended 19MiB: for tests only\n");
}

// S2
TEST_F(ConfigCommands, CheckPrintsEveryFaultAndExitsWith2) {
    const auto path = file("[log]\nlevel = 'loud'\nformat = 'xml'\n");
    EXPECT_EQ(check_config(io_, {path, false}), exit_usage);
    EXPECT_EQ(out_.str(), "");
    EXPECT_EQ(err_.str(), path + ":2: log.level: \"loud\" is not one of \"debug\", \"info\", \"warn\" or \"error\"\n" +
                              path + ":3: log.format: \"xml\" is not one of \"json\" or \"text\"\n" +
                              "latchkey: The configuration has 2 faults.\n");
}

TEST_F(ConfigCommands, CheckAsJson) {
    EXPECT_EQ(check_config(io_, {file("[log]\nlevel = 'loud'\n"), true}), exit_usage);
    const auto answer = nlohmann::json::parse(out_.str());
    EXPECT_EQ(answer["ok"], false);
    EXPECT_EQ(answer["faults"][0]["key"], "log.level");
    EXPECT_THAT(err_.str(), HasSubstr(R"({"code":"configuration_faults","title":"The configuration has 1 fault."})"));
}

TEST_F(ConfigCommands, PrintNamesEveryKeyAndWhereItCameFrom) {
    io_.variables = {{"LATCHKEY_LOG_LEVEL", "debug"}};
    const auto path = file("[log]\nformat = 'text'\n");
    EXPECT_EQ(print_config(io_, {path, true}), exit_done);
    const auto answer = nlohmann::json::parse(out_.str());
    EXPECT_EQ(answer["file"], path);
    ASSERT_EQ(answer["keys"].size(), config_keys().size());
    for (const auto& key : answer["keys"]) {
        const auto expected = key["key"] == "log.level"    ? "environment:LATCHKEY_LOG_LEVEL"
                              : key["key"] == "log.format" ? path + ":2"
                                                           : "default";
        EXPECT_EQ(key["from"], expected) << key;
    }
}

TEST_F(ConfigCommands, WhatPrintPrintsIsAConfigurationAgain) {
    EXPECT_EQ(print_config(
                  io_, {file("[server]\nlisten = ['127.0.0.1:1', '[::1]:2']\n[log]\nfile = 'a \"b\" \\ ü'\n"), false}),
              exit_done);
    const auto first = out_.str();
    EXPECT_THAT(first, HasSubstr("idle_timeout = \"30m\"  "));
    const auto again = load_config(directory_.write("again.toml", first), {});
    EXPECT_TRUE(again.faults.empty());
    EXPECT_EQ(again.values.server.listen.size(), 2U);
    EXPECT_EQ(again.values.log.file, "a \"b\" \\ ü");
}

TEST_F(ConfigCommands, PrintRefusesAFaultyConfiguration) {
    EXPECT_EQ(print_config(io_, {file("x = 1\n"), false}), exit_usage);
    EXPECT_EQ(out_.str(), "");
}

}  // namespace
}  // namespace latchkey
