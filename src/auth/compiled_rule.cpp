#include "compiled_rule.hpp"

#include <algorithm>
#include <stdexcept>

namespace latchkey {
namespace {

rule_policy parse_policy(std::string_view text) {
    if (text == "allow")
        return rule_policy::allow;
    if (text == "authenticated")
        return rule_policy::authenticated;
    if (text == "deny")
        return rule_policy::deny;
    throw std::invalid_argument("not a policy: " + std::string(text));
}

}  // namespace

compiled_rule::compiled_rule(const access_rule& rule)
    : methods(rule.methods.begin(), rule.methods.end()),
      groups(rule.groups.begin(), rule.groups.end()),
      policy(parse_policy(rule.policy)) {
    std::sort(groups.begin(), groups.end());
    for (const auto& text : rule.domains)
        domains.push_back(rule_domain::parse(text));
    for (const auto& text : rule.networks)
        networks.push_back(rule_network::parse(text));
    for (const auto& text : rule.paths) {
        const auto pattern = rule_path::parse(text);
        if (pattern.what == rule_path::kind::regex)
            regexes.emplace_back(pattern.text);
        else
            paths.push_back(pattern);
    }
}

bool compiled_rule::matches_host(std::string_view host) const noexcept {
    return domains.empty() ||
           std::any_of(domains.begin(), domains.end(), [&](const rule_domain& domain) { return domain.matches(host); });
}

bool compiled_rule::matches_method(std::string_view method) const noexcept {
    return methods.empty() || std::find(methods.begin(), methods.end(), method) != methods.end();
}

bool compiled_rule::matches_client(const client_address& client) const noexcept {
    return networks.empty() || std::any_of(networks.begin(), networks.end(),
                                           [&](const rule_network& network) { return network.matches(client); });
}

bool compiled_rule::matches_path(std::string_view path) const {
    return any_path() ||
           std::any_of(paths.begin(), paths.end(), [&](const rule_path& pattern) { return pattern.matches(path); }) ||
           matches_regex(path);
}

bool compiled_rule::matches_regex(std::string_view path) const {
    return std::any_of(regexes.begin(), regexes.end(), [&](const rule_regex& regex) { return regex.found_in(path); });
}

bool compiled_rule::has_group_of(const user_profile& who) const noexcept {
    return std::ranges::any_of(
        who.groups(), [&](std::string_view group) { return std::binary_search(groups.begin(), groups.end(), group); });
}

access_outcome compiled_rule::outcome_for(const user_profile* who) const noexcept {
    if (policy == rule_policy::allow)
        return access_outcome::allow;
    if (policy == rule_policy::deny)
        return access_outcome::forbid;
    if (!who)
        return access_outcome::login;
    return groups.empty() || has_group_of(*who) ? access_outcome::allow : access_outcome::forbid;
}

access_outcome default_outcome(const access_options& options, const user_profile* who) noexcept {
    if (options.default_policy != "authenticated")
        return access_outcome::forbid;
    return who ? access_outcome::allow : access_outcome::login;
}

}  // namespace latchkey
