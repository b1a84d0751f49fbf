// C1: the cookie's line, to the letter.
#include "session_cookie.hpp"

#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

TEST(session_cookie, host_prefixed_by_default) {
    config chosen;
    const session_cookie cookie(chosen.cookie, chosen.cookie_name());
    std::string out;
    cookie.append_set(out, "token", std::nullopt);
    EXPECT_EQ(out, "Set-Cookie: __Host-session=token; Path=/; Secure; HttpOnly; SameSite=Lax\r\n");
    out.clear();
    cookie.append_set(out, "token", seconds{90});
    EXPECT_EQ(out, "Set-Cookie: __Host-session=token; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=90\r\n");
    out.clear();
    cookie.append_clear(out);
    EXPECT_EQ(out, "Set-Cookie: __Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0\r\n");
}

TEST(session_cookie, with_a_domain_or_without_security) {
    config chosen;
    chosen.cookie.domain = "example.com";
    std::string out;
    session_cookie(chosen.cookie, chosen.cookie_name()).append_set(out, "t", std::nullopt);
    EXPECT_EQ(out, "Set-Cookie: __Secure-session=t; Path=/; Domain=example.com; Secure; HttpOnly; SameSite=Lax\r\n");
    chosen = config{};
    chosen.cookie.secure = false;
    out.clear();
    session_cookie(chosen.cookie, chosen.cookie_name()).append_set(out, "t", std::nullopt);
    EXPECT_EQ(out, "Set-Cookie: session=t; Path=/; HttpOnly; SameSite=Lax\r\n");
}

}  // namespace
}  // namespace latchkey::http
