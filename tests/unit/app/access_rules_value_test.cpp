// [[access.rules]] in the configuration: what is read, every fault with its line and rule (requirement S2), what is
// warned of, and what is printed.
#include "access_rules_value.hpp"

#include "config_commands.hpp"
#include "config_diff.hpp"
#include "config_key.hpp"
#include "load_config.hpp"
#include "temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>

namespace latchkey {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class AccessRulesValue : public testing::Test {
protected:
    loaded_config load(const std::string& text, const environment& variables = {}) {
        return load_config(directory_.write("c.toml", text), variables);
    }

    // With the file's name shortened to "F".
    std::string shortened(std::string line) {
        const auto file = directory_.path("c.toml");
        for (auto at = line.find(file); at != std::string::npos; at = line.find(file))
            line.replace(at, file.size(), "F");
        return line;
    }
    std::vector<std::string> faults_of(const std::string& text, const environment& variables = {}) {
        std::vector<std::string> out;
        for (const auto& fault : load(text, variables).faults)
            out.push_back(shortened(fault.text()));
        return out;
    }
    std::vector<std::string> warnings_of(const std::string& text) {
        const auto loaded = load(text);
        EXPECT_THAT(loaded.faults, IsEmpty());
        std::vector<std::string> out;
        for (const auto& warning : loaded.warnings)
            out.push_back(shortened(warning));
        return out;
    }
    // The fault of one entry of one list, without place, key and quotation; "" when it passes.
    std::string fault_of(const std::string& list, const std::string& toml) {
        const auto faults = faults_of("[[access.rules]]\npolicy = 'authenticated'\n" + list + " = [" + toml + "]\n");
        if (faults.empty())
            return "";
        EXPECT_EQ(faults.size(), 1U);
        const std::string start = "F:3: access.rules[1]." + list + ": ";
        EXPECT_THAT(faults[0], testing::StartsWith(start));
        const auto quoted = faults[0].rfind("\" ", faults[0].find(' ', start.size() + toml.size()));
        return faults[0].substr(quoted == std::string::npos ? start.size() : quoted + 2);
    }

    temporary_directory directory_;
};

constexpr auto two_rules = R"(
[access]
default = "deny"

[[access.rules]]
domains = ["*.example.com", "example.com"]
paths = ["/", "/a/*", '~ ^/v\d+/']
methods = ["GET"]
networks = ["10.0.0.0/8"]
policy = "allow"

[[access.rules]]
groups = ["admins"]
policy = "authenticated"
)";

TEST_F(AccessRulesValue, ReadsRulesInOrder) {
    const auto loaded = load(two_rules);
    ASSERT_THAT(loaded.faults, IsEmpty());
    const auto& access = loaded.values.access;
    EXPECT_EQ(access.default_policy, "deny");
    ASSERT_EQ(access.rules.size(), 2U);
    EXPECT_EQ(
        access.rules[0],
        (access_rule{
            {"*.example.com", "example.com"}, {"/", "/a/*", "~ ^/v\\d+/"}, {"GET"}, {}, {"10.0.0.0/8"}, "allow"}));
    EXPECT_EQ(access.rules[1], (access_rule{{}, {}, {}, {"admins"}, {}, "authenticated"}));
    EXPECT_THAT(loaded.rule_lines, ElementsAre(5U, 12U));
    EXPECT_TRUE(load("").values.access.rules.empty());
    EXPECT_TRUE(load("access.rules = []").values.access.rules.empty());
    EXPECT_EQ(load("access.rules = [{policy = 'deny'}, {policy = 'allow'}]").values.access.rules.size(), 2U);
}

// S2
TEST_F(AccessRulesValue, EveryFaultIsToldAtOnce) {
    EXPECT_THAT(
        faults_of(R"([access]
default = "allow"
[[access.rules]]
domains = ["a",
           "B"]
polcy = "allow"
[[access.rules]]
paths = "/x"
policy = "alow"
groups = ["x"]
[[access.rules]]
methods = [1]
groups = ["x"]
policy = "deny"
[[access.rules]]
policy = 3
baerer = true
[log]
level = "loud"
)"),
        ElementsAre(
            "F:2: access.default: \"allow\" is not one of \"authenticated\" or \"deny\"",
            "F:3: access.rules[1].policy: is missing: write \"allow\", \"authenticated\" or \"deny\"",
            "F:5: access.rules[1].domains: \"B\" is never what requests are compared as: write \"b\"",
            "F:6: access.rules[1].polcy: unknown key; did you mean policy?",
            "F:8: access.rules[2].paths: must be a list of strings, but is a string",
            "F:9: access.rules[2].policy: \"alow\" is not one of \"allow\", \"authenticated\" or \"deny\"; did "
            "you mean allow?",
            "F:12: access.rules[3].methods: entry 1 is not a string",
            "F:13: access.rules[3].groups: need policy = \"authenticated\": with \"deny\" nobody is asked for any",
            "F:16: access.rules[4].policy: must be a string, but is a number",
            "F:17: access.rules[4].baerer: unknown key; did you mean bearer?",
            "F:19: log.level: \"loud\" is not one of \"debug\", \"info\", \"warn\" or \"error\""));
}

TEST_F(AccessRulesValue, ATokenForTheUpstreamNeedsSomebody) {
    EXPECT_THAT(
        faults_of("[[access.rules]]\npolicy = 'allow'\nbearer = true\n[[access.rules]]\npolicy = 'deny'\n"
                  "bearer = true\n[[access.rules]]\npolicy = 'authenticated'\nbearer = 'yes'\n"),
        ElementsAre("F:3: access.rules[1].bearer: needs policy = \"authenticated\": with \"allow\" there may be "
                    "nobody to name",
                    "F:6: access.rules[2].bearer: needs policy = \"authenticated\": with \"deny\" there may be "
                    "nobody to name",
                    "F:9: access.rules[3].bearer: must be true or false, but is a string"));
    EXPECT_THAT(
        faults_of("[[access.rules]]\npolicy = 'allow'\n[[access.rules]]\npolicy = 'authenticated'\nbearer = true\n"),
        ElementsAre(testing::HasSubstr("rule 2 has bearer = true, and tokens.enabled is false")));
    EXPECT_THAT(rule_lines({{}, {}, {}, {}, {}, "authenticated", true}),
                ElementsAre("policy = \"authenticated\"", "bearer = true"));
}

TEST_F(AccessRulesValue, WhatIsNoListOfSectionsIsRefused) {
    EXPECT_THAT(faults_of("[access.rules]\npolicy = 'deny'\n"),
                ElementsAre("F:1: access.rules: must be sections, each written [[access.rules]], but is a section"));
    EXPECT_THAT(faults_of("[access]\nrules = 'none'\n"),
                ElementsAre("F:2: access.rules: must be sections, each written [[access.rules]], but is a string"));
    EXPECT_THAT(faults_of("[access]\nrules = [{policy = 'deny'}, 'x']\n"),
                ElementsAre("F:2: access.rules: must be sections, each written [[access.rules]], but is a list"));
    EXPECT_THAT(faults_of("[[access]]\ndefault = 'deny'\n"),
                ElementsAre("F:1: access: must be a section, written [access]"));
    EXPECT_THAT(faults_of("[[log.level]]\n"),
                ElementsAre("F:1: log.level: must be a string, but is a list of sections"));
    EXPECT_THAT(faults_of("", {{"LATCHKEY_ACCESS_RULES", "x"}}),
                ElementsAre("environment:LATCHKEY_ACCESS_RULES: access.rules: must be sections, each written "
                            "[[access.rules]], but is a string"));
    EXPECT_THAT(faults_of("[[access.rules]]\npolicy = 'deny'\n[access.rules.x]\ny = 1\n"),
                ElementsAre("F:3: access.rules[1].x: unknown key"));
}

// F5: an entry that no request can be equal to was meant to be something else.
TEST_F(AccessRulesValue, DomainsAreWrittenAsRequestsAreCompared) {
    for (const char* good : {"'a'", "'app.example.com'", "'*.example.com'", "'*.com'", "'app_1.internal'",
                             "'192.0.2.1'", "'[2001:db8::1]'", "'xn--bcher-kva.example'"})
        EXPECT_EQ(fault_of("domains", good), "") << good;
    EXPECT_EQ(fault_of("domains", "'App.example.com'"),
              "is never what requests are compared as: write \"app.example.com\"");
    EXPECT_EQ(fault_of("domains", "'*.Example.com.'"),
              "is never what requests are compared as: write \"*.example.com\"");
    EXPECT_EQ(fault_of("domains", "'[2001:DB8:0::1]'"),
              "is never what requests are compared as: write \"[2001:db8::1]\"");
    EXPECT_EQ(fault_of("domains", "'app.example.com:8443'"), "names a port: rules go by the host alone");
    for (const char* bad : {"''", "'*'", "'*.'", "'*.*.a'", "'a*'", "'*a'", "'a b'", "'https://a'", "'a/b'", "'a,b'",
                            "'1234'", "'*.192.0.2.1'", "'*.[::1]'", "'::1'",
                            "'b\xc3\xbc"
                            "cher.example'",
                            "'a..b'"})
        EXPECT_EQ(fault_of("domains", bad), "is not a host: write \"app.example.com\" or \"*.example.com\"") << bad;
    EXPECT_EQ(fault_of("domains", "\"a\\u0000\""), "has a control character");
}

// F5, GHSA-pxq7-h93f-9jrg, GHSA-7rh7-c77v-6434
TEST_F(AccessRulesValue, PathsAreWrittenAsRequestsAreCompared) {
    for (const char* good : {"'/'", "'/*'", "'/a'", "'/a/'", "'/a/*'", "'/a b'", "'/\xc3\xa4/*'", "'/a%2Fb'", "'/100%'",
                             "'/a;b'", "'/.well-known/*'", "'/...'", "'~ ^/a(b|c)\\.css$'", "'~x'"})
        EXPECT_EQ(fault_of("paths", good), "") << good;
    EXPECT_EQ(fault_of("paths", "'/%41'"), "is encoded, and so never what requests are compared as: write \"/A\"");
    EXPECT_EQ(fault_of("paths", "'/a%2fb'"),
              "is encoded, and so never what requests are compared as: write \"/a%2Fb\"");
    EXPECT_EQ(fault_of("paths", "'/a%00'"),
              "is encoded, and so never what requests are compared as: write the characters themselves");
    for (const char* bad : {"'/a?b=c'", "'/?/*'", "'/a#b'", "'/a/#/*'"})
        EXPECT_EQ(fault_of("paths", bad), "has a query or a fragment: rules see neither") << bad;
    for (const char* bad : {"'/a*'", "'/*/a'", "'/a/**'", "'/*/*'"})
        EXPECT_EQ(fault_of("paths", bad),
                  "has a * that is no \"/*\" at its end: write \"~ \" and an expression instead")
            << bad;
    for (const char* bad : {"'/.'", "'/..'", "'/a/../b'", "'/a/./*'", "'/../*'"})
        EXPECT_EQ(fault_of("paths", bad), "has a segment \".\" or \"..\": requests with one are refused") << bad;
    EXPECT_EQ(fault_of("paths", "'/a//b'"), "has two slashes in a row: requests are compared with one in their place");
    EXPECT_EQ(fault_of("paths", "'//*'"), "has two slashes in a row: requests are compared with one in their place");
    EXPECT_THAT(faults_of("[[access.rules]]\npolicy='deny'\npaths=['/a\\b']"),
                ElementsAre(HasSubstr("has a backslash: requests with one are refused")));
    for (const char* bad : {"''", "'a'", "'*'", "'https://a/b'", "' /a'"})
        EXPECT_THAT(fault_of("paths", bad), testing::StartsWith("is not a path: write")) << bad;
    EXPECT_EQ(fault_of("paths", "'/" + std::string(9'000, 'a') + "'"), "is longer than 8KiB");
    EXPECT_EQ(fault_of("paths", "\"/a\\u0085\""), "has a control character");
}

TEST_F(AccessRulesValue, ExpressionsAreToldWithTheirReason) {
    const auto fault = [&](const std::string& regex) {
        const auto faults = faults_of("[[access.rules]]\npolicy='deny'\npaths=['" + regex + "']");
        return faults.empty() ? "" : faults[0].substr(0, 180);
    };
    EXPECT_THAT(fault("~ ("), HasSubstr("is no regular expression for RE2: missing ): ("));
    EXPECT_THAT(fault("~ [z-a]"), HasSubstr("is no regular expression for RE2: invalid character class range: z-a"));
    EXPECT_THAT(fault("~ (?=x)"), HasSubstr("is no regular expression for RE2: invalid perl operator: (?="));
    EXPECT_THAT(fault("~ (a)\\1"), HasSubstr("is no regular expression for RE2: invalid escape sequence: \\1"));
    EXPECT_THAT(fault("~ x{1,9999}"), HasSubstr("is no regular expression for RE2: invalid repetition size: {1,9999}"));
    EXPECT_THAT(fault("~ ((\\pL{9}){9}){9}"), HasSubstr("takes too much memory once compiled"));
    EXPECT_THAT(fault("~"), HasSubstr("has no expression after \"~\""));
    EXPECT_THAT(fault("~   "), HasSubstr("has no expression after \"~\""));
    EXPECT_THAT(faults_of("[[access.rules]]\npolicy='deny'\npaths=['~" + std::string(1'025, 'a') + "']"),
                ElementsAre(HasSubstr("has an expression of more than 1024 bytes")));
}

TEST_F(AccessRulesValue, MethodsGroupsAndNetworks) {
    EXPECT_EQ(fault_of("methods", "'GET', 'PROPFIND', 'M-SEARCH'"), "");
    for (const char* bad : {"'get'", "''", "'GET '", "'*'", "'GET,POST'", "'ABCDEFGHIJKLMNOPQ'"})
        EXPECT_EQ(fault_of("methods", bad), "is not a method: those are up to 16 capitals, such as \"GET\"") << bad;
    EXPECT_EQ(fault_of("groups", "'admins', 'team-1.a_B'"), "");
    for (const char* bad : {"''", "'a b'", "'a,b'", "'\xc3\xa4'"})
        EXPECT_THAT(fault_of("groups", bad), testing::StartsWith("is not a group")) << bad;
    EXPECT_EQ(fault_of("networks", "'10.0.0.0/8', 'fd00::/8', '0.0.0.0/0', '::1/128'"), "");
    EXPECT_EQ(fault_of("networks", "'10.0.0.1'"), "is an address; for this one alone write \"10.0.0.1/32\"");
    EXPECT_EQ(fault_of("networks", "'10.0.0.1/8'"), "has bits set behind its prefix; did you mean \"10.0.0.0/8\"?");
    EXPECT_EQ(fault_of("networks", "'unix:'"), "is not a network: write \"10.0.0.0/8\" or \"fd00::/8\"");
    EXPECT_EQ(fault_of("networks", "'::ffff:10.0.0.0/104'"), "is not a network: write \"10.0.0.0/8\" or \"fd00::/8\"");
    EXPECT_EQ(fault_of("methods", "'GET', 'GET'"), "is listed twice");
}

TEST_F(AccessRulesValue, LimitsAreExact) {
    const auto rules = [](std::size_t n) {
        std::string out;
        for (std::size_t i = 0; i < n; ++i)
            out += "[[access.rules]]\npaths=['/" + std::to_string(i) + "']\npolicy='deny'\n";
        return out;
    };
    EXPECT_EQ(load(rules(4'096)).values.access.rules.size(), 4'096U);
    EXPECT_THAT(faults_of(rules(4'097)), ElementsAre("F:1: access.rules: there are 4097 rules, more than 4096"));

    const auto expressions = [](std::size_t n) {
        std::string out;
        for (std::size_t i = 0; i < n; ++i)
            out += "[[access.rules]]\npaths=['~x" + std::to_string(i) + "']\npolicy='deny'\n";
        return out;
    };
    EXPECT_THAT(faults_of(expressions(512)), IsEmpty());
    EXPECT_THAT(faults_of(expressions(513)),
                ElementsAre("F:1537: access.rules[513].paths: is beyond the 512 expressions all rules may have"));

    const auto paths = [](std::size_t n) {
        std::string out = "[[access.rules]]\npolicy='deny'\npaths=[";
        for (std::size_t i = 0; i < n; ++i)
            out += "'/" + std::to_string(i) + "',";
        return out + "]\n";
    };
    EXPECT_THAT(faults_of(paths(256)), IsEmpty());
    EXPECT_THAT(faults_of(paths(257)), ElementsAre("F:3: access.rules[1].paths: must have at most 256 entries"));
}

TEST_F(AccessRulesValue, ThousandsOfFaultsAreNotToldInFull) {
    std::string text;
    for (int i = 0; i < 4'000; ++i)
        text += "[[access.rules]]\npaths=['x','y']\n";
    EXPECT_LT(faults_of(text).size(), 300U);
}

TEST_F(AccessRulesValue, WarnsOfRulesThatCanNeverMatch) {
    EXPECT_THAT(warnings_of("[[access.rules]]\ndomains=['*.a.b']\npolicy='allow'\n"
                            "[[access.rules]]\ndomains=['b']\npolicy='allow'\n"
                            "[[access.rules]]\ndomains=['x.a.b']\npaths=['/p']\npolicy='deny'\n"
                            "[[access.rules]]\npolicy='deny'\n"
                            "[[access.rules]]\nmethods=['GET']\npolicy='allow'\n"),
                ElementsAre("F:7: access.rules[3]: can never match: rule 1 (line 1) matches whatever it would",
                            "F:13: access.rules[5]: can never match: rule 4 (line 11) matches whatever it would"));
    EXPECT_THAT(warnings_of(two_rules), IsEmpty());
}

TEST_F(AccessRulesValue, WarnsWhereNobodyMaySeeAnything) {
    EXPECT_THAT(warnings_of("access.default = 'deny'"),
                ElementsAre("F:1: access.default: nobody may see anything: no rule lets anybody in"));
    EXPECT_THAT(warnings_of("access.default = 'deny'\n[[access.rules]]\npaths=['/']\npolicy='deny'\n"),
                ElementsAre("F:1: access.default: nobody may see anything: no rule lets anybody in"));
    EXPECT_THAT(warnings_of("access.default = 'deny'\n[[access.rules]]\npaths=['/']\npolicy='allow'\n"), IsEmpty());
}

TEST_F(AccessRulesValue, PrintsWhatItReadAndReadsThatAgain) {
    std::ostringstream out, err;
    const console io{out, err, 0, "/nowhere", {}};
    EXPECT_EQ(print_config(io, {directory_.write("c.toml", two_rules), false}), exit_done);
    const std::string printed = out.str();
    EXPECT_THAT(shortened(printed), HasSubstr("\n[[access.rules]]  # 1, F:5 (live)\n"
                                              "domains = [\"*.example.com\", \"example.com\"]\n"
                                              "paths = [\"/\", \"/a/*\", \"~ ^/v\\\\d+/\"]\n"
                                              "methods = [\"GET\"]\n"
                                              "networks = [\"10.0.0.0/8\"]\n"
                                              "policy = \"allow\"\n"
                                              "\n[[access.rules]]  # 2, F:12 (live)\n"
                                              "groups = [\"admins\"]\n"
                                              "policy = \"authenticated\"\n"
                                              "\n[tokens]\n"));
    const auto first = load(two_rules);
    const auto again = load(printed);
    ASSERT_THAT(again.faults, IsEmpty());
    EXPECT_EQ(again.values.access.rules, first.values.access.rules);

    out.str("");
    EXPECT_EQ(print_config(io, {directory_.write("c.toml", two_rules), true}), exit_done);
    const auto keys = nlohmann::json::parse(out.str())["keys"];
    const auto rules = std::find_if(keys.begin(), keys.end(), [](const auto& k) { return k["key"] == "access.rules"; });
    ASSERT_NE(rules, keys.end());
    EXPECT_EQ((*rules)["live"], true);
    EXPECT_EQ((*rules)["value"][1], nlohmann::json::parse(R"({"domains":[],"paths":[],"methods":[],
        "groups":["admins"],"networks":[],"policy":"authenticated"})"));
}

// D7: a reload sees the rules as one key, whatever changed in them.
TEST_F(AccessRulesValue, AreOneLiveKey) {
    const auto before = load(two_rules).values;
    config after = before;
    std::swap(after.access.rules[0], after.access.rules[1]);
    after.pages.directory = "/etc/latchkey/pages";
    const auto changes = diff_configs(before, after);
    EXPECT_THAT(changes.live, ElementsAre("access.rules"));
    EXPECT_THAT(changes.needs_restart, ElementsAre("pages.directory"));
    config in_force = before;
    take_live_values(after, in_force);
    EXPECT_EQ(in_force.access.rules, after.access.rules);
}

}  // namespace
}  // namespace latchkey
