// Holds config/latchkey.toml and the table of keys to each other.
#include "config_key.hpp"
#include "config_value.hpp"
#include "load_config.hpp"
#include "temporary_directory.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace latchkey {
namespace {

// S3: nothing in it lets anybody in, as it holds neither account nor secret.
TEST(SampleConfig, NamesEveryKeyWithItsDefault) {
    const auto loaded = load_config(SAMPLE_CONFIG, {});
    for (const auto& fault : loaded.faults)
        ADD_FAILURE() << fault.text();
    EXPECT_TRUE(loaded.warnings.empty());
    const config defaults;
    for (std::size_t i = 0; i < config_keys().size(); ++i) {
        const auto& key = config_keys()[i];
        // Rules and claims stand there as comments: an empty list could not be added to.
        if (key.type != key_type::rules && key.type != key_type::claims) {
            EXPECT_NE(loaded.places[i].line, 0U) << key.path() << " is missing";
        }
        EXPECT_EQ(to_toml(key, loaded.values), to_toml(key, defaults)) << key.path();
    }
}

TEST(SampleConfig, ShowsAccessRulesThatWork) {
    std::ifstream file(SAMPLE_CONFIG);
    std::string line;
    std::string rules;
    bool in_rule = false;
    while (std::getline(file, line)) {
        in_rule = line == "# [[access.rules]]" || (in_rule && line != "#" && line.starts_with('#'));
        if (in_rule)
            rules += line.substr(2) + '\n';
    }
    const temporary_directory directory;
    const auto loaded = load_config(directory.write("rules.toml", rules), {});
    for (const auto& fault : loaded.faults)
        ADD_FAILURE() << fault.text();
    EXPECT_TRUE(loaded.warnings.empty());
    ASSERT_EQ(loaded.values.access.rules.size(), 2U);
    const auto& everything = loaded.values.access.rules[0];
    for (const auto* list :
         {&everything.domains, &everything.paths, &everything.methods, &everything.groups, &everything.networks})
        EXPECT_FALSE(list->empty());
}

TEST(SampleConfig, TheExampleOfTheDocumentationWorks) {
    const auto root = std::filesystem::path(SAMPLE_CONFIG).parent_path().parent_path();
    std::ifstream file(root / "docs" / "access-rules.md");
    std::string line;
    std::string toml;
    while (std::getline(file, line) && line != "```toml") {
    }
    while (std::getline(file, line) && line != "```")
        toml += line + '\n';
    const temporary_directory directory;
    const auto loaded = load_config(directory.write("rules.toml", toml), {});
    for (const auto& fault : loaded.faults)
        ADD_FAILURE() << fault.text();
    EXPECT_TRUE(loaded.warnings.empty());
    EXPECT_EQ(loaded.values.access.rules.size(), 3U);
}

TEST(SampleConfig, ExplainsEveryKey) {
    std::ifstream file(SAMPLE_CONFIG);
    std::string line;
    std::string previous;
    while (std::getline(file, line)) {
        EXPECT_LE(line.size(), 120U) << line;
        // A key follows a comment, or a key that shares its comment.
        if (!line.empty() && line.front() != '#' && line.front() != '[') {
            EXPECT_FALSE(previous.empty()) << line << " has no comment";
        }
        previous = line;
    }
}

TEST(ConfigKeys, AreUniqueAndTheirDefaultsValid) {
    std::set<std::string> names;
    std::set<std::string> variables;
    for (const auto& key : config_keys()) {
        EXPECT_TRUE(names.insert(key.path()).second) << key.path();
        EXPECT_TRUE(variables.insert(key.variable()).second) << key.variable();
        EXPECT_EQ(find_config_key(key.section, key.name), &key);
    }
    EXPECT_EQ(find_config_key("session", "nothing"), nullptr);
}

}  // namespace
}  // namespace latchkey
