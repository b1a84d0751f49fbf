// Combinations of keys that cannot work, and those that an operator is warned of (requirement S2).
#include "config_rules.hpp"

#include "load_config.hpp"
#include "temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ConfigRules : public testing::Test {
protected:
    std::vector<std::string> faults_of(const std::string& text) {
        std::vector<std::string> out;
        for (const auto& fault : load(text).faults)
            out.push_back(shorten(fault.text()));
        return out;
    }

    std::vector<std::string> warnings_of(const std::string& text) {
        const auto loaded = load(text);
        EXPECT_THAT(loaded.faults, IsEmpty());
        std::vector<std::string> out;
        for (const auto& warning : loaded.warnings)
            out.push_back(shorten(warning));
        return out;
    }

private:
    loaded_config load(const std::string& text) { return load_config(directory_.write("c.toml", text), {}); }
    std::string shorten(const std::string& line) const { return "F" + line.substr(directory_.path("c.toml").size()); }

    temporary_directory directory_;
};

TEST_F(ConfigRules, IdleIsNotLongerThanAbsolute) {
    EXPECT_THAT(faults_of("[session]\nidle_timeout = '13h'\n"),
                ElementsAre("F:2: session.idle_timeout: idle_timeout (13h) is longer than absolute_timeout (12h)"));
    EXPECT_THAT(faults_of("[session]\nabsolute_timeout = '10m'\n"),
                ElementsAre("F:2: session.absolute_timeout: idle_timeout (30m) is longer than absolute_timeout (10m)"));
    EXPECT_THAT(faults_of("[session]\nidle_timeout = '12h'\n"), IsEmpty());
    EXPECT_THAT(faults_of("[session]\nremembered_idle_timeout = '31d'\n"), ElementsAre(HasSubstr("F:2: ")));
    EXPECT_THAT(faults_of("[session]\nmax_per_user = 10\nmax_total = 9\n"), ElementsAre(HasSubstr("F:2: ")));
}

// J4: what `config check` says to be left is left.
TEST_F(ConfigRules, ClaimsLeaveRoomForTheLargestUser) {
    const auto with = [](std::size_t bytes, const std::string& more = {}) {
        return "[tokens]\nenabled = true\n" + more + "[tokens.claims]\nfill = '" + std::string(bytes, 'x') + "'\n";
    };
    EXPECT_THAT(faults_of(with(500)), IsEmpty());
    EXPECT_THAT(faults_of(with(1'500)),
                ElementsAre(AllOf(HasSubstr("tokens.claims: "), HasSubstr("largest user (64 groups)"),
                                  HasSubstr("bytes left for claims, and these take 1510"))));
    EXPECT_THAT(faults_of("[tokens.claims]\nfill = '" + std::string(1'500, 'x') + "'\n"), IsEmpty())
        << "tokens are off";
    EXPECT_THAT(faults_of(with(700)), IsEmpty());
    EXPECT_THAT(faults_of(with(700, "audience = '" + std::string(256, 'a') + "'\n")),
                ElementsAre(HasSubstr("tokens.claims: ")));
}

TEST_F(ConfigRules, AKeyWithItsOwnFaultIsNotBlamedTwice) {
    EXPECT_THAT(faults_of("[session]\nidle_timeout = '13h'\nabsolute_timeout = 'x'\n"),
                ElementsAre(HasSubstr("F:3: ")));
}

TEST_F(ConfigRules, PagesOfOnesOwnCanBeUsed) {
    temporary_directory pages;
    const std::string key = "[pages]\ndirectory = '" + pages.path("") + "'\n";
    EXPECT_THAT(faults_of(key), IsEmpty());
    pages.write("login.html", "{{{email}}}");
    pages.write("latchkey.css", "\xff");
    EXPECT_THAT(faults_of(key),
                ElementsAre(AllOf(HasSubstr("F:2: pages.directory: "), HasSubstr("login.html: has a tag"),
                                  HasSubstr("latchkey.css: is not UTF-8"))));
    EXPECT_THAT(faults_of("[pages]\ndirectory = '/nowhere'\n"),
                ElementsAre("F:2: pages.directory: /nowhere: cannot be read: No such file or directory"));
}

TEST_F(ConfigRules, TargetFitsIntoTheHeader) {
    EXPECT_THAT(faults_of("[limits]\nheader_bytes = '8KiB'\n"), ElementsAre(HasSubstr("F:2: limits.header_bytes: ")));
    EXPECT_THAT(faults_of("[limits]\nheader_bytes = '8193'\n"), IsEmpty());
}

TEST_F(ConfigRules, CookiePrefixesKeepTheirPromises) {
    const std::string url = "[server]\npublic_url = 'https://auth.example.com'\n[cookie]\n";
    EXPECT_THAT(faults_of(url + "name = '__Host-device'\n"), Contains(HasSubstr("device cookie")));
    EXPECT_THAT(faults_of(url + "name = '__Host-x'\ndomain = 'example.com'\n"),
                ElementsAre(HasSubstr("F:4: cookie.name: ")));
    EXPECT_THAT(faults_of(url + "name = '__host-x'\nsecure = false\n"), ElementsAre(HasSubstr("F:4: cookie.name: ")));
    EXPECT_THAT(faults_of(url + "name = '__Secure-x'\nsecure = false\n"), ElementsAre(HasSubstr("F:4: cookie.name: ")));
    EXPECT_THAT(faults_of(url + "name = '__Secure-x'\ndomain = 'example.com'\n"), IsEmpty());
}

TEST_F(ConfigRules, CookieDomainHoldsThePublicUrl) {
    const std::string url = "[server]\npublic_url = 'https://auth.example.com:8443'\n[cookie]\n";
    EXPECT_THAT(faults_of(url + "domain = 'example.com'\n"), IsEmpty());
    EXPECT_THAT(faults_of(url + "domain = 'auth.example.com'\n"), IsEmpty());
    EXPECT_THAT(faults_of(url + "domain = 'example.org'\n"), ElementsAre(HasSubstr("F:4: cookie.domain: ")));
    EXPECT_THAT(faults_of(url + "domain = 'ample.com'\n"), ElementsAre(HasSubstr("F:4: cookie.domain: ")));
}

TEST_F(ConfigRules, WarnsOfWhatIsWeak) {
    EXPECT_THAT(warnings_of("[password]\nmemory = '8KiB'\niterations = 1\n"),
                ElementsAre("F:2: password.memory: 8KiB is less than the recommended 19MiB: for tests only",
                            "F:3: password.iterations: fewer than the recommended 2: for tests only"));
    EXPECT_THAT(warnings_of("[cookie]\nsecure = false\n"), ElementsAre(HasSubstr("F:2: cookie.secure: ")));
    EXPECT_THAT(warnings_of("[server]\npublic_url = 'http://auth.example.com'\n"),
                ElementsAre(HasSubstr("F:2: server.public_url: ")));
    EXPECT_THAT(warnings_of("[server]\ntrusted_proxies = ['::/0']\n"),
                ElementsAre(HasSubstr("F:2: server.trusted_proxies: ")));
    EXPECT_THAT(warnings_of("[redirect]\nallowed_hosts = ['*.com']\n"),
                ElementsAre(HasSubstr("F:2: redirect.allowed_hosts: ")));
    EXPECT_THAT(warnings_of("[redirect]\nallowed_hosts = ['*.example.com', 'wiki']\n"), IsEmpty());
}

// S4
TEST_F(ConfigRules, AdministratorsOnTcpNeedAToken) {
    EXPECT_THAT(faults_of("[server]\nadmin_listen = '127.0.0.1:9081'\n"),
                ElementsAre(HasSubstr("F:2: server.admin_listen: on TCP administrators need a token")));
    EXPECT_THAT(faults_of("[server]\nadmin_listen = 'unix:/run/latchkey/admin.sock'\n"), IsEmpty());
}

TEST_F(ConfigRules, TokensAreForHttps) {
    const std::string on = "[tokens]\nenabled = true\n";
    EXPECT_THAT(faults_of("[server]\npublic_url = 'http://auth.example.com'\n" + on),
                ElementsAre(HasSubstr("F:2: server.public_url: tokens are for https: the issuer is "
                                      "\"http://auth.example.com\"")));
    EXPECT_THAT(faults_of(on + "issuer = 'http://auth.example.com/tokens'\n"),
                ElementsAre(HasSubstr("F:3: tokens.issuer")));
    for (const auto* issuer :
         {"https://auth.example.com", "http://127.0.0.1:9080", "http://[::1]:9080/x", "http://localhost"})
        EXPECT_THAT(faults_of(on + "issuer = '" + issuer + "'\n"), IsEmpty()) << issuer;
    EXPECT_THAT(faults_of(on + "issuer = 'http://auth'\n[cookie]\nsecure = false\n"), IsEmpty()) << "for development";
    EXPECT_THAT(faults_of("[tokens]\nissuer = 'http://auth.example.com'\n"), IsEmpty()) << "off";
}

TEST_F(ConfigRules, RefreshTokensLiveLongerThanAccessTokens) {
    EXPECT_THAT(faults_of("[tokens]\nrefresh_lifetime = '1m'\n"),
                ElementsAre(HasSubstr("F:2: tokens.refresh_lifetime: access_lifetime (5m) is longer than "
                                      "refresh_lifetime (1m)")));
}

}  // namespace
}  // namespace latchkey
