// What others had to learn about rules and URLs, from the text of a URL to the decision. Each rule set is one that was
// got round elsewhere.
#include "access_words.hpp"
#include "target_host.hpp"
#include "target_path.hpp"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

using enum access_outcome;
using testing::texts;

// As an anonymous GET is judged; what cannot be read is refused.
access_outcome judge(const access_options& options, const std::string& host, const std::string& path) {
    std::string host_scratch, path_scratch;
    const auto canonical = canonical_host(host, host_scratch);
    const auto target = target_path::parse(path, path_scratch);
    if (!canonical || !target)
        return forbid;
    return make_access_policy(options)->decide({*canonical, target->readings(), "GET", {}, nullptr}).outcome;
}

access_options open_below(texts paths, texts domains = {}) {
    return {"authenticated", {{std::move(domains), std::move(paths), {}, {}, {}, "allow"}}};
}

// F5. An expression for public pages matched what stood behind a `#` or a "%23", while the application served what
// stood before it.
TEST(AccessAdvisories, Ghsa_pxq7_h93f_9jrg_FragmentInARule) {
    const auto rules = open_below({"~ ^/foo/.*/bar$", "~ /public$"});
    EXPECT_EQ(judge(rules, "a.b", "/foo/x/bar"), allow);
    for (const char* path : {"/foo/secret#/bar", "/foo/secret%23/bar", "/foo/secret%2523/bar", "/admin%23/public",
                             "/admin#/public", "/admin%23%2fpublic"})
        EXPECT_NE(judge(rules, "a.b", path), allow) << path;
}

// An expression that skips authentication was found in the query.
TEST(AccessAdvisories, Ghsa_7rh7_c77v_6434_QueryInARule) {
    const auto rules = open_below({"~ /public/", "~ \\.css$"});
    EXPECT_EQ(judge(rules, "a.b", "/public/x"), allow);
    for (const char* path : {"/admin?/public/", "/admin%3f/public/", "/admin%3Fx=/public/", "/admin?x.css",
                             "/admin%3fx.css", "/admin%253fx.css", "/admin%3bx.css"})
        EXPECT_NE(judge(rules, "a.b", path), allow) << path;
}

// F5. Rules were passed over for a host written in other letters.
TEST(AccessAdvisories, Cve_2026_48794_HostCase) {
    const access_options rules{
        "authenticated",
        {{{"admin.example.com"}, {}, {}, {}, {}, "deny"}, {{"*.example.com"}, {}, {}, {}, {}, "allow"}}};
    EXPECT_EQ(judge(rules, "www.example.com", "/"), allow);
    for (const char* host :
         {"admin.example.com", "ADMIN.example.com", "Admin.Example.Com", "admin.example.com.", "ADMIN.EXAMPLE.COM.",
          "admin.example.com..", "admin.example.com:443", "admin%2eexample.com"})
        EXPECT_EQ(judge(rules, host, "/"), forbid) << host;
}

// F2. A malformed URL was judged as another one, or not at all.
TEST(AccessAdvisories, Cve_2021_32637_MalformedUri) {
    const access_options rules{"authenticated",
                               {{{}, {"/admin/*"}, {}, {}, {}, "deny"}, {{}, {}, {}, {}, {}, "allow"}}};
    EXPECT_EQ(judge(rules, "a.b", "/x"), allow);
    for (const char* path : {"/admin/%",
                             "/admin/%zz",
                             "/%",
                             "/%zz/../admin/",
                             "admin/",
                             "",
                             "*",
                             "/\\admin/",
                             "/x/..%5cadmin/",
                             "/x\n/admin/",
                             "/%61dmin/",
                             "/admin%2f",
                             "/x/../admin/",
                             "/x/%2e%2e/admin/",
                             "/x/..;/admin/",
                             "/.;/admin/",
                             "//admin/",
                             "/./admin/",
                             "/%2fadmin/",
                             "/admin;x/",
                             "/%2561dmin/",
                             "/x%2f..%2fadmin/",
                             "//x/admin/",
                             "/admin%252f"})
        EXPECT_EQ(judge(rules, "a.b", path), forbid) << path;
}

}  // namespace
}  // namespace latchkey
