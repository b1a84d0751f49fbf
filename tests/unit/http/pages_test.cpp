#include "pages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

using testing::HasSubstr;
using testing::Not;

const pages html("'self'");

TEST(pages, what_was_typed_is_shown_and_escaped) {
    const login_page content{"No <way>", "\"><script>alert(1)</script>@x", "/a?b=\"c\"", true};
    const std::string page = html.login(content);
    EXPECT_THAT(page, Not(HasSubstr("<script")));
    EXPECT_THAT(page, HasSubstr("No &lt;way&gt;"));
    EXPECT_THAT(page, HasSubstr("value=\"&quot;&gt;&lt;script&gt;"));
    EXPECT_THAT(page, HasSubstr(" checked"));
    EXPECT_THAT(page, HasSubstr("name=\"rd\" value=\"/a?b=&quot;c&quot;\""));
}

TEST(pages, nothing_typed_nothing_shown) {
    const std::string page = html.login({});
    EXPECT_THAT(page, Not(HasSubstr("role=\"alert\"")));
    EXPECT_THAT(page, Not(HasSubstr("name=\"rd\"")));
    EXPECT_THAT(page, Not(HasSubstr("{{")));
    EXPECT_THAT(page, HasSubstr("autocomplete=\"current-password\""));
}

TEST(pages, no_inline_anything) {
    EXPECT_THAT(html.headers(), HasSubstr("default-src 'none'"));
    EXPECT_THAT(html.headers(), HasSubstr("frame-ancestors 'none'"));
    for (const char* mark : {"<style", "style=", "<script", "onclick", "http://", "https://"})
        EXPECT_THAT(html.login({}), Not(HasSubstr(mark)));
}

}  // namespace
}  // namespace latchkey::http
