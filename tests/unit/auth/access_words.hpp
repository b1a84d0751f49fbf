// Access rules and questions in few words, for the tests.
#pragma once

#include "make_access_policy.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>

namespace latchkey::testing {

using texts = std::vector<std::string>;

inline client_address client_at(const std::string& text) {
    client_address out;
    in_addr v4{};
    if (inet_pton(AF_INET, text.c_str(), &v4) == 1) {
        out.bytes[10] = out.bytes[11] = 0xff;
        std::copy_n(reinterpret_cast<const std::uint8_t*>(&v4), sizeof v4, out.bytes.begin() + 12);
    } else {
        inet_pton(AF_INET6, text.c_str(), out.bytes.data());
    }
    return out;
}

inline profile_ptr member_of(texts groups) {
    user u;
    u.email = "alice@example.com";
    u.groups = canonical_groups(std::move(groups)).value();
    return make_profile(u, false);
}

// A question that keeps what it asks about.
struct asked {
    std::string host = "app.example.com";
    texts paths{"/"};
    std::string method = "GET";
    std::string client = "192.0.2.1";
    profile_ptr who{};

    template <class Use>
    auto with_question(Use use) const {
        const std::vector<std::string_view> views(paths.begin(), paths.end());
        return use(access_question{host, views, method, client_at(client), who.get()});
    }
    access_decision by(const access_policy& policy) const {
        return with_question([&](const access_question& q) { return policy.decide(q); });
    }
};

}  // namespace latchkey::testing
