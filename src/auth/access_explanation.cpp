#include "access_explanation.hpp"

#include "compiled_rule.hpp"

namespace latchkey {
namespace {

rule_mismatch compare(const compiled_rule& rule, const access_question& question, std::string_view path) {
    return {!rule.matches_host(question.host), !rule.matches_method(question.method), !rule.matches_path(path),
            !rule.matches_client(question.client)};
}

}  // namespace

access_explanation explain_access(const access_options& options, const access_question& question) {
    const std::vector<compiled_rule> rules(options.rules.begin(), options.rules.end());
    access_explanation out;
    for (const auto path : question.paths) {
        reading_explanation reading{std::string(path), {}, {default_outcome(options, question.who), {}}};
        for (std::size_t i = 0; i < rules.size() && !reading.decision.rule; ++i) {
            const auto mismatch = compare(rules[i], question, path);
            if (mismatch.any())
                reading.passed_over.push_back(mismatch);
            else
                reading.decision = {rules[i].outcome_for(question.who), i};
        }
        out.readings.push_back(std::move(reading));
    }
    for (std::size_t i = 1; i < out.readings.size(); ++i)
        if (out.readings[i].decision.outcome > out.readings[out.decisive].decision.outcome)
            out.decisive = i;
    return out;
}

}  // namespace latchkey
