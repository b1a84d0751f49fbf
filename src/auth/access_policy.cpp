#include "make_access_policy.hpp"
#include "rule_patterns.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include <re2/re2.h>

namespace latchkey {
namespace {

bool have_common_member(const std::vector<std::string>& a, const std::vector<std::string>& b) noexcept {
    return std::any_of(a.begin(), a.end(),
                       [&](const std::string& x) { return std::find(b.begin(), b.end(), x) != b.end(); });
}

struct compiled_rule {
    std::vector<std::unique_ptr<re2::RE2>> regexes;
    std::vector<rule_network> networks;
};

class linear_access_policy final : public access_policy {
public:
    explicit linear_access_policy(const access_options& options) : options_(options) {
        for (const auto& rule : options_.rules) {
            compiled_rule out;
            for (const auto& path : rule.paths) {
                const auto pattern = rule_path::parse(path);
                if (pattern.what != rule_path::kind::regex)
                    continue;
                out.regexes.push_back(std::make_unique<re2::RE2>(re2::StringPiece(pattern.text), re2::RE2::Quiet));
                if (!out.regexes.back()->ok())
                    throw std::invalid_argument("not a regular expression: " + path);
            }
            for (const auto& network : rule.networks)
                out.networks.push_back(rule_network::parse(network));
            compiled_.push_back(std::move(out));
        }
    }

    access_decision decide(const access_question& question) const noexcept override {
        access_decision strictest{access_outcome::forbid, {}};
        bool first = true;
        for (const auto path : question.paths) {
            const auto decision = decide_reading(question, path);
            if (first || decision.outcome > strictest.outcome)
                strictest = decision;
            first = false;
        }
        return strictest;
    }

    access_outcome decide_by_default(const user_profile* who) const noexcept override {
        if (options_.default_policy == "deny")
            return access_outcome::forbid;
        return who ? access_outcome::allow : access_outcome::login;
    }

private:
    access_decision decide_reading(const access_question& question, std::string_view path) const noexcept {
        for (std::size_t i = 0; i < options_.rules.size(); ++i)
            if (matches(i, question, path))
                return {outcome_of(options_.rules[i], question.who), i};
        return {decide_by_default(question.who), {}};
    }

    bool matches(std::size_t i, const access_question& question, std::string_view path) const noexcept {
        const auto& rule = options_.rules[i];
        const auto& compiled = compiled_[i];
        const auto domain_matches = [&](const std::string& d) { return rule_domain::parse(d).matches(question.host); };
        const auto path_matches = [&](const std::string& p) {
            const auto pattern = rule_path::parse(p);
            return pattern.what == rule_path::kind::exact
                       ? path == pattern.text
                       : pattern.what == rule_path::kind::below && path.starts_with(pattern.text);
        };
        const auto regex_matches = [&](const auto& regex) {
            return re2::RE2::PartialMatch(re2::StringPiece(path), *regex);
        };
        return (rule.domains.empty() || std::any_of(rule.domains.begin(), rule.domains.end(), domain_matches)) &&
               (rule.methods.empty() ||
                std::find(rule.methods.begin(), rule.methods.end(), question.method) != rule.methods.end()) &&
               (compiled.networks.empty() ||
                std::any_of(compiled.networks.begin(), compiled.networks.end(),
                            [&](const rule_network& n) { return n.matches(question.client); })) &&
               (rule.paths.empty() || std::any_of(rule.paths.begin(), rule.paths.end(), path_matches) ||
                std::any_of(compiled.regexes.begin(), compiled.regexes.end(), regex_matches));
    }

    access_outcome outcome_of(const access_rule& rule, const user_profile* who) const noexcept {
        if (rule.policy == "deny")
            return access_outcome::forbid;
        if (rule.policy == "allow")
            return access_outcome::allow;
        if (!who)
            return access_outcome::login;
        return rule.groups.empty() || have_common_member(rule.groups, who->groups) ? access_outcome::allow
                                                                                   : access_outcome::forbid;
    }

    access_options options_;
    std::vector<compiled_rule> compiled_;
};

}  // namespace

std::shared_ptr<const access_policy> make_access_policy(const access_options& options) {
    return std::make_shared<linear_access_policy>(options);
}

}  // namespace latchkey
