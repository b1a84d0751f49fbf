#include "command_runner.hpp"

#include <gmock/gmock.h>

namespace latchkey {
namespace {

using testing::HasSubstr;
using json = nlohmann::json;

class ThrottleCommands : public command_runner {};

TEST_F(ThrottleCommands, NothingIsHeldAtFirst) {
    const auto as_json = run({"throttle", "list", "--json"});
    EXPECT_EQ(as_json.exit, 0) << as_json.err;
    EXPECT_EQ(json::parse(as_json.out), json::parse(R"({"throttles":[]})"));
    const auto as_text = run({"throttle", "list"});
    EXPECT_EQ(as_text.exit, 0);
    EXPECT_EQ(as_text.out, "");
    EXPECT_EQ(as_text.err, "Nothing is held against anybody.\n");
    EXPECT_EQ(json::parse(run({"throttle", "clear", "--all", "--json"}).out), json::parse(R"({"cleared":0})"));
    EXPECT_EQ(run({"throttle", "clear", "--client", "2001:db8:1:2::/64"}).out, "Forgot 0 throttles.\n");
    EXPECT_EQ(run({"throttle", "clear", "--account", "typed, but no address"}).exit, 0);
}

// Forgetting everything takes more than forgetting to say what.
TEST_F(ThrottleCommands, ClearWantsToKnowWhat) {
    EXPECT_EQ(run({"throttle", "clear"}).exit, 2);
    EXPECT_EQ(run({"throttle", "clear", "--all", "--account", "ada@example.com"}).exit, 2);
    EXPECT_EQ(run({"throttle", "clear", "--account", ""}).exit, 2);
    EXPECT_EQ(run({"throttle", "clear", "ada@example.com"}).exit, 2);
    EXPECT_EQ(run({"throttle"}).exit, 2);
}

TEST_F(ThrottleCommands, BadInputIsQuotedSafely) {
    for (const std::string client : {"x", "192.0.2.1:80", "192.0.2.0/24", "[::1]", "1.2.3", "2001:db8::/48"}) {
        EXPECT_EQ(run({"throttle", "list", "--client", client}).exit, 2) << client;
        EXPECT_EQ(run({"throttle", "clear", "--client", client}).exit, 2) << client;
    }
    for (const std::string id : {"x", "1F0C5BD2A6F34E0B8C1F9E7700D4A5B3", "../../etc/passwd"})
        EXPECT_EQ(run({"throttle", "clear", "--id", id}).exit, 2) << id;
    const auto hostile = run({"throttle", "list", "--client", "\xff\x1b[31m"});
    EXPECT_EQ(hostile.exit, 2);
    EXPECT_THAT(hostile.err, HasSubstr("\\xff\\x1b[31m"));
}

}  // namespace
}  // namespace latchkey
