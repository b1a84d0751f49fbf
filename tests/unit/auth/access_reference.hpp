// Access rules once more: slow, obvious, and without a line in common with the product's.
//
// Everything is worked out anew from the texts of the rules at every question; std::regex instead of RE2.
#pragma once

#include <latchkey/access_policy.hpp>

#include <bitset>
#include <map>
#include <optional>
#include <regex>
#include <string>

#include <arpa/inet.h>

namespace latchkey::testing {

class access_reference {
public:
    explicit access_reference(access_options options) : options_(std::move(options)) {}

    access_decision decide(const access_question& question) const {
        std::optional<access_decision> worst;
        for (const auto path : question.paths) {
            const access_decision decision = decide_one(question, std::string(path));
            if (!worst || static_cast<int>(decision.outcome) > static_cast<int>(worst->outcome))
                worst = decision;
        }
        return worst.value();
    }

private:
    using bits = std::bitset<128>;

    access_decision decide_one(const access_question& question, const std::string& path) const {
        for (std::size_t i = 0; i < options_.rules.size(); ++i) {
            const access_rule& rule = options_.rules[i];
            if (!host_is_in(rule, std::string(question.host)) || !path_is_in(rule, path) ||
                !method_is_in(rule, std::string(question.method)) || !client_is_in(rule, question.client))
                continue;
            if (rule.policy == "allow")
                return {access_outcome::allow, i};
            if (rule.policy == "deny")
                return {access_outcome::forbid, i};
            if (!question.who)
                return {access_outcome::login, i};
            bool has_group = rule.groups.empty();
            for (const auto& wanted : rule.groups)
                for (const auto& had : question.who->groups())
                    has_group = has_group || wanted == had;
            return {has_group ? access_outcome::allow : access_outcome::forbid, i};
        }
        if (options_.default_policy == "deny")
            return {access_outcome::forbid, {}};
        return {question.who ? access_outcome::allow : access_outcome::login, {}};
    }

    static bool host_is_in(const access_rule& rule, const std::string& host) {
        for (const auto& domain : rule.domains) {
            if (host == domain)
                return true;
            if (domain.substr(0, 2) != "*.")
                continue;
            // Take labels off the front until the parent is left.
            for (std::string rest = host; rest.find('.') != std::string::npos;) {
                rest = rest.substr(rest.find('.') + 1);
                if (rest == domain.substr(2))
                    return true;
            }
        }
        return rule.domains.empty();
    }

    static bool path_is_in(const access_rule& rule, const std::string& path) {
        for (const auto& pattern : rule.paths) {
            if (pattern[0] == '~') {
                const auto start = pattern.find_first_not_of(' ', 1);
                if (std::regex_search(path, regex(pattern.substr(start))))
                    return true;
            } else if (pattern.size() >= 2 && pattern.substr(pattern.size() - 2) == "/*") {
                if (path.substr(0, pattern.size() - 1) == pattern.substr(0, pattern.size() - 1))
                    return true;
            } else if (path == pattern) {
                return true;
            }
        }
        return rule.paths.empty();
    }

    // Few different ones, and dear to make.
    static const std::regex& regex(const std::string& text) {
        static std::map<std::string, std::regex> known;
        return known.try_emplace(text, text).first->second;
    }

    static bool method_is_in(const access_rule& rule, const std::string& method) {
        for (const auto& one : rule.methods)
            if (one == method)
                return true;
        return rule.methods.empty();
    }

    static bits to_bits(const unsigned char* bytes, std::size_t size) {
        bits out;
        for (std::size_t i = 0; i < size * 8; ++i)
            out[i] = (bytes[i / 8] & (128 >> i % 8)) != 0;
        return out;
    }

    static bool client_is_in(const access_rule& rule, const client_address& client) {
        const std::string text = client.str();
        const bool client_is_v4 = text.find(':') == std::string::npos;
        unsigned char bytes[16] = {};
        inet_pton(client_is_v4 ? AF_INET : AF_INET6, text.c_str(), bytes);
        for (const auto& network : rule.networks) {
            const auto slash = network.find('/');
            const bool is_v4 = network.find(':') == std::string::npos;
            unsigned char start[16] = {};
            inet_pton(is_v4 ? AF_INET : AF_INET6, network.substr(0, slash).c_str(), start);
            bool same = !text.empty() && is_v4 == client_is_v4;
            for (int i = 0; i < std::stoi(network.substr(slash + 1)); ++i)
                same = same && to_bits(bytes, 16)[static_cast<std::size_t>(i)] ==
                                   to_bits(start, 16)[static_cast<std::size_t>(i)];
            if (same)
                return true;
        }
        return rule.networks.empty();
    }

    access_options options_;
};

}  // namespace latchkey::testing
