// Holds config/latchkey.toml and the table of keys to each other.
#include "config_key.hpp"
#include "config_value.hpp"
#include "load_config.hpp"

#include <gtest/gtest.h>

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
        EXPECT_NE(loaded.places[i].line, 0U) << key.path() << " is missing";
        EXPECT_EQ(to_toml(key, loaded.values), to_toml(key, defaults)) << key.path();
    }
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
