// Why a question about access is answered as it is: every reading of the path, and every rule up to the one that
// decides. The slow way round, rule by rule: for people who ask, not for requests.
#pragma once

#include <latchkey/access_policy.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace latchkey {

// Which parts of a rule do not match; none of them for a rule that does.
struct rule_mismatch {
    bool host = false, method = false, path = false, client = false;
    bool any() const noexcept { return host || method || path || client; }
};

struct reading_explanation {
    std::string path;
    std::vector<rule_mismatch> passed_over;  // the rules before the one that decides: all, when the default does
    access_decision decision;
};

struct access_explanation {
    std::vector<reading_explanation> readings;
    std::size_t decisive = 0;  // the reading with the strictest outcome, the first of several
};

// `question.paths` has at least one. Throws std::invalid_argument for a rule that cannot be compiled.
access_explanation explain_access(const access_options& options, const access_question& question);

}  // namespace latchkey
