// `latchkey access explain`, as a shell runs it.
#include "command_runner.hpp"

#include <gmock/gmock.h>

#include <fstream>

namespace latchkey {
namespace {

using testing::HasSubstr;
using testing::Not;
using json = nlohmann::json;

class AccessCommands : public command_runner {
protected:
    AccessCommands() {
        std::ofstream(config_, std::ios::app) << R"(
[access]
default = "deny"
[[access.rules]]
domains = ["*.example.com"]
paths = ["/public/*"]
policy = "allow"
[[access.rules]]
paths = ["/admin/*"]
groups = ["admins"]
policy = "authenticated"
[[access.rules]]
networks = ["10.0.0.0/8"]
methods = ["POST"]
policy = "deny"
[[access.rules]]
domains = ["wiki.example.com"]
policy = "authenticated"
)";
        EXPECT_EQ(run({"user", "add", "--email", "ada@example.com", "--groups", "staff", "--generate"}).exit, 0);
    }

    command_outcome explain(const std::string& url, std::vector<std::string> more = {}) {
        std::vector<std::string> arguments{"access", "explain", "--user", "ada@example.com", "--url", url};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run(arguments);
    }
    command_outcome explain_anonymous(const std::string& url, std::vector<std::string> more = {}) {
        std::vector<std::string> arguments{"access", "explain", "--anonymous", "--url", url};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run(arguments);
    }
    // The line where the n-th rule of the configuration begins.
    std::string rule(int n) {
        std::ifstream file(config_);
        std::string line;
        for (int at = 1; std::getline(file, line); ++at)
            if (line == "[[access.rules]]" && --n == 0)
                return config_ + ':' + std::to_string(at);
        return "none";
    }
};

TEST_F(AccessCommands, AllowedIs0) {
    const auto got = explain("https://wiki.example.com/page");
    EXPECT_EQ(got.exit, 0) << got.err;
    EXPECT_THAT(got.out,
                HasSubstr("GET https://wiki.example.com/page\nby ada@example.com, in \"staff\", from an unknown "
                          "address\n\nAllowed: rule 4 (" +
                          rule(4) + ") decides. It lets everybody pass who is signed in.\n"));
    EXPECT_THAT(got.out, HasSubstr("  rule 1 (" + rule(1) + ") is for paths \"/public/*\"\n"));
    EXPECT_THAT(got.out, HasSubstr("  rule 3 (" + rule(3) +
                                   ") is for methods \"POST\", and for clients in \"10.0.0.0/8\" (say where from "
                                   "with --ip)\n"));
    EXPECT_EQ(explain_anonymous("https://x.example.com/public/").exit, 0);
}

TEST_F(AccessCommands, RefusedIs1) {
    const auto group = explain("https://wiki.example.com/admin/x");
    EXPECT_EQ(group.exit, 1);
    EXPECT_THAT(group.out, HasSubstr("Refused: rule 2 (" + rule(2) +
                                     ") decides. It wants one of the groups \"admins\", and ada@example.com is in "
                                     "\"staff\".\n"));
    EXPECT_EQ(group.err, "");

    const auto login = explain_anonymous("https://wiki.example.com/admin/x");
    EXPECT_EQ(login.exit, 1);
    EXPECT_THAT(login.out, HasSubstr("Login needed: rule 2"));
    EXPECT_THAT(login.out, HasSubstr("It wants somebody who is signed in and in one of the groups \"admins\"."));

    const auto denied = explain("https://wiki.example.com/", {"--method", "POST", "--ip", "10.1.2.3"});
    EXPECT_EQ(denied.exit, 1);
    EXPECT_THAT(denied.out, HasSubstr("from 10.1.2.3\n\nRefused: rule 3"));
    EXPECT_THAT(denied.out, HasSubstr("Its policy is \"deny\": nobody may pass."));

    const auto nothing = explain("https://other.org/");
    EXPECT_EQ(nothing.exit, 1);
    EXPECT_THAT(nothing.out, HasSubstr("Refused: no rule matches. access.default is \"deny\": nobody may pass where no "
                                       "rule matches.\n"));
    EXPECT_THAT(nothing.out, HasSubstr("is for hosts \"wiki.example.com\"\n"));
}

// F2, F5
TEST_F(AccessCommands, ShowsEveryReading) {
    const auto got = explain("https://WIKI.example.com.:8443/admin%2Fx?next=/public/");
    EXPECT_EQ(got.exit, 1);
    EXPECT_THAT(got.out, HasSubstr("Servers read this path in 2 ways. The strictest outcome counts:\n"
                                   "  \"/admin%2Fx\"  Allowed by rule 4\n"
                                   "  \"/admin/x\"  Refused by rule 2  <- counts\n"));
    const auto dots = explain("https://wiki.example.com/public/..;/x");
    EXPECT_EQ(dots.exit, 1);
    EXPECT_THAT(dots.out, HasSubstr("Refused: no rule is asked"));
    EXPECT_EQ(explain("https://2130706433/public/").exit, 1);
    EXPECT_EQ(explain("https://wiki.example.com").exit, 0);
    EXPECT_EQ(explain("https://wiki.example.com?x").exit, 0);
}

TEST_F(AccessCommands, ADisabledUserIsJudgedAsAnybody) {
    EXPECT_EQ(run({"user", "disable", "ada@example.com"}).exit, 0);
    const auto got = explain("https://wiki.example.com/page");
    EXPECT_EQ(got.exit, 1);
    EXPECT_THAT(got.out, HasSubstr("ada@example.com is disabled"));
    EXPECT_THAT(got.out, HasSubstr("Login needed: rule 4"));
}

TEST_F(AccessCommands, AsJson) {
    const auto got = explain("https://wiki.example.com/admin%2Fx", {"--ip", "2001:db8::1", "--json"});
    EXPECT_EQ(got.exit, 1);
    EXPECT_EQ(json::parse(got.out), json::parse(R"({
        "outcome": "forbid", "rule": 2, "place": ")" +
                                                rule(2) + R"(",
        "url": "https://wiki.example.com/admin%2Fx", "method": "GET", "ip": "2001:db8::1",
        "user": {"email": "ada@example.com", "groups": ["staff"], "disabled": false}, "understood": true,
        "readings": [
          {"path": "/admin%2Fx", "outcome": "allow", "rule": 4, "passed_over": [
            {"rule": 1, "mismatch": ["paths"]}, {"rule": 2, "mismatch": ["paths"]},
            {"rule": 3, "mismatch": ["methods", "networks"]}]},
          {"path": "/admin/x", "outcome": "forbid", "rule": 2, "passed_over": [
            {"rule": 1, "mismatch": ["paths"]}]}]})"));

    const auto refused = json::parse(explain_anonymous("https://a/%zz", {"--json"}).out);
    EXPECT_EQ(refused["outcome"], "forbid");
    EXPECT_EQ(refused["understood"], false);
    EXPECT_EQ(refused["user"], nullptr);
    EXPECT_EQ(refused["rule"], nullptr);
}

TEST_F(AccessCommands, UsageIs2) {
    for (const char* url : {"wiki.example.com/page", "/page", "", "ftp://a/b", "https://", "https://a/b#c",
                            "https://user@a/", "https://a b/", "https://a/\x01", "https://a\\b"}) {
        const auto got = explain(url);
        EXPECT_EQ(got.exit, 2) << url;
        EXPECT_THAT(got.err, HasSubstr("is not a URL as proxies hand it on")) << url;
        EXPECT_EQ(got.out, "");
    }
    EXPECT_EQ(explain("https://a/", {"--method", "get"}).exit, 2);
    EXPECT_EQ(explain("https://a/", {"--ip", "ten"}).exit, 2);
    EXPECT_EQ(explain("https://a/", {"--anonymous"}).exit, 2);
    EXPECT_EQ(run({"access", "explain", "--url", "https://a/"}).exit, 2);
    EXPECT_EQ(run({"access", "explain", "--user", "ada", "--url", "https://a/"}).exit, 2);
    EXPECT_EQ(run({"access", "explain", "--anonymous"}).exit, 2);
}

TEST_F(AccessCommands, AnUnknownUserIs1AndSaysSo) {
    const auto got = run({"access", "explain", "--user", "bob@example.com", "--url", "https://a/"});
    EXPECT_EQ(got.exit, 1);
    EXPECT_EQ(got.out, "");
    EXPECT_THAT(got.err, HasSubstr("bob@example.com"));
}

TEST_F(AccessCommands, AFaultyConfigurationIs2) {
    std::ofstream(config_, std::ios::app) << "[[access.rules]]\npolicy = 'perhaps'\n";
    const auto got = explain("https://a/");
    EXPECT_EQ(got.exit, 2);
    EXPECT_THAT(got.err, HasSubstr("access.rules[5].policy: \"perhaps\" is not one of"));
    EXPECT_EQ(got.out, "");
}

TEST_F(AccessCommands, WithoutRulesTheDefaultIsExplained) {
    const auto bare = directory_.write("bare.toml", "");
    const auto got =
        run_plain({"latchkey", "access", "explain", "--anonymous", "--url", "https://a/", "--config", bare});
    EXPECT_EQ(got.exit, 1);
    EXPECT_THAT(got.out, HasSubstr("Login needed: no rule matches. access.default is \"authenticated\": it wants "
                                   "somebody who is signed in.\n"));
    EXPECT_THAT(got.out, Not(HasSubstr("Rules")));
}

}  // namespace
}  // namespace latchkey
