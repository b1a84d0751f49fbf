#include "compiled_rule.hpp"
#include "make_access_policy.hpp"
#include "rule_index.hpp"

#include <bit>
#include <stdexcept>

namespace latchkey {
namespace {

std::vector<compiled_rule> compile_all(const std::vector<access_rule>& rules) {
    if (rules.size() > most_rules)
        throw std::invalid_argument("more than " + std::to_string(most_rules) + " access rules");
    return {rules.begin(), rules.end()};
}

class indexed_access_policy final : public access_policy {
public:
    explicit indexed_access_policy(const access_options& options)
        : options_(options), rules_(compile_all(options_.rules)), index_(rules_) {}

    // Only expressions can throw, when memory runs out: then nothing is known, and nobody passes.
    access_decision decide(const access_question& question) const noexcept override try {
        if (rules_.empty())
            return {decide_by_default(question.who), {}};
        rule_set candidates;
        index_.find_by_host_and_method(question.host, question.method, candidates);
        access_decision strictest{access_outcome::forbid, {}};
        for (const auto& path : question.paths) {
            const auto decision = decide_reading(question, path, candidates);
            if (&path == question.paths.data() || decision.outcome > strictest.outcome)
                strictest = decision;
        }
        return strictest;
    } catch (...) {
        return {access_outcome::forbid, {}};
    }

    access_outcome decide_by_default(const user_profile* who) const noexcept override {
        return default_outcome(options_, who);
    }

private:
    access_decision decide_reading(const access_question& question, std::string_view path,
                                   const rule_set& candidates) const {
        rule_set by_path;
        index_.find_by_path(path, by_path);
        for (std::size_t word = 0; word < index_.words(); ++word) {
            auto left = candidates[word] & (by_path[word] | index_.with_regexes()[word]);
            for (; left != 0; left &= left - 1) {
                const auto bit = static_cast<std::size_t>(std::countr_zero(left));
                const auto& rule = rules_[word * 64 + bit];
                const bool sure = (by_path[word] >> bit & 1) != 0;
                if (rule.matches_client(question.client) && (sure || rule.matches_regex(path)))
                    return {rule.outcome_for(question.who), word * 64 + bit};
            }
        }
        return {decide_by_default(question.who), {}};
    }

    const access_options options_;  // the rules below look into it
    const std::vector<compiled_rule> rules_;
    const rule_index index_;
};

}  // namespace

std::shared_ptr<const access_policy> make_access_policy(const access_options& options) {
    return std::make_shared<const indexed_access_policy>(options);
}

}  // namespace latchkey
