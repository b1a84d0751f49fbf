// X1: who may change state.
#include "same_site_guard.hpp"

#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

const same_site_guard guard("https://auth.example.com", {"https://app.example.com"});

request_head with(std::string_view site, std::string_view origin) {
    request_head head;
    const auto set = [&](field f, std::string_view value) {
        if (value.data()) {
            head.present |= request_head::bit(f);
            head.fields[static_cast<std::size_t>(f)] = value;
        }
    };
    set(field::sec_fetch_site, site);
    set(field::origin, origin);
    return head;
}

TEST(same_site_guard, permits_its_own_and_the_silent) {
    EXPECT_TRUE(guard.permits(with({}, {})));
    EXPECT_TRUE(guard.permits(with("same-origin", "https://auth.example.com")));
    EXPECT_TRUE(guard.permits(with("same-site", {})));
    EXPECT_TRUE(guard.permits(with("none", {})));
    EXPECT_TRUE(guard.permits(with({}, "https://app.example.com")));
}

TEST(same_site_guard, refuses_strangers_and_ambiguity) {
    EXPECT_FALSE(guard.permits(with("cross-site", {})));
    EXPECT_FALSE(guard.permits(with("cross-site", "https://auth.example.com")));
    EXPECT_FALSE(guard.permits(with("Same-Origin", {})));
    EXPECT_FALSE(guard.permits(with("", {})));
    for (const auto* origin :
         {"null", "", "https://evil.example", "http://auth.example.com", "https://auth.example.com:444",
          "https://auth.example.com.evil.example", "https://AUTH.example.com"})
        EXPECT_FALSE(guard.permits(with({}, origin))) << origin;
    auto doubled = with({}, "https://auth.example.com");
    doubled.repeated = request_head::bit(field::origin);
    EXPECT_FALSE(guard.permits(doubled));
}

}  // namespace
}  // namespace latchkey::http
