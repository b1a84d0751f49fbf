// One access rule, its patterns taken apart, asked part by part: whether the host matches, the method, and so on.
#pragma once

#include "rule_patterns.hpp"
#include "rule_regex.hpp"

#include <latchkey/access_policy.hpp>

#include <vector>

namespace latchkey {

enum class rule_policy { allow, authenticated, deny };

struct compiled_rule {
    explicit compiled_rule(const access_rule& rule);  // keeps views into it; throws std::invalid_argument

    bool matches_host(std::string_view host) const noexcept;
    bool matches_method(std::string_view method) const noexcept;
    bool matches_client(const client_address& client) const noexcept;
    bool matches_path(std::string_view path) const;
    bool matches_regex(std::string_view path) const;

    // Of a rule that matched.
    access_outcome outcome_for(const user_profile* who) const noexcept;
    bool has_group_of(const user_profile& who) const noexcept;

    std::vector<rule_domain> domains;
    std::vector<rule_path> paths;  // but for the regexes
    std::vector<rule_regex> regexes;
    std::vector<std::string_view> methods;
    std::vector<std::string_view> groups;  // sorted
    std::vector<rule_network> networks;
    rule_policy policy = rule_policy::deny;

    bool any_path() const noexcept { return paths.empty() && regexes.empty(); }
};

// What holds where no rule matches.
access_outcome default_outcome(const access_options& options, const user_profile* who) noexcept;

}  // namespace latchkey
