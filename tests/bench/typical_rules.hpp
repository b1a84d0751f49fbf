// Access rules as people write them, and what is asked about them.
//
// Typical: rules for applications (a domain of their own or a wildcard) and folders of them, one in ten with an
// expression, one in five for some methods, one in twenty for networks. Questions go to the rules' own hosts and to
// paths below, beside and outside of their folders. "Expressions everywhere" is the worst that anybody writes: one
// expression in ten rules, and none of them bound to a domain.
#pragma once

#include <latchkey/config.hpp>

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace latchkey::bench {

struct question {
    std::string host, path, method;
};

inline std::string app_host(std::size_t i) {
    return "app-" + std::to_string(i) + ".example.com";
}

inline access_options typical_rules(std::size_t count, bool expressions_everywhere) {
    std::mt19937 random(1);
    access_options out;
    for (std::size_t i = 0; i < count; ++i) {
        access_rule rule;
        const auto kind = random() % 10;
        const bool expression = kind == 0;
        if (!(expression && expressions_everywhere))
            rule.domains = {kind < 7 ? app_host(i / 4) : "*.team-" + std::to_string(i / 8) + ".example.com"};
        if (expression)
            rule.paths = {"~ ^/v[0-9]+/files-" + std::to_string(i) + "/.*\\.(css|js|png)$"};
        else if (kind < 9)
            rule.paths = {"/section-" + std::to_string(i % 4) + "/*", "/login-" + std::to_string(i % 7)};
        if (random() % 5 == 0)
            rule.methods = {"GET", "HEAD"};
        if (random() % 20 == 0)
            rule.networks = {"10.0.0.0/8", "2001:db8::/32"};
        rule.policy = i % 3 == 0 ? "allow" : "authenticated";
        if (i % 6 == 1)
            rule.groups = {"staff", "team-" + std::to_string(i)};
        out.rules.push_back(std::move(rule));
    }
    return out;
}

inline std::vector<question> typical_questions(std::size_t count) {
    std::mt19937 random(2);
    std::vector<question> out;
    for (int i = 0; i < 4'096; ++i) {
        const auto n = random() % std::max<std::size_t>(count, 4);
        std::string host = random() % 3 != 0 ? app_host(n / 4) : "www.team-" + std::to_string(n / 8) + ".example.com";
        std::string path = "/section-" + std::to_string(random() % 8) + "/assets/page-" + std::to_string(n) + ".html";
        if (random() % 8 == 0)
            path = "/v2/files-" + std::to_string(n) + "/theme/main.css";
        out.push_back({std::move(host), std::move(path), random() % 4 == 0 ? "POST" : "GET"});
    }
    return out;
}

}  // namespace latchkey::bench
