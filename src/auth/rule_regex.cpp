#include "rule_regex.hpp"

#include <stdexcept>

#include <re2/re2.h>

namespace latchkey {
namespace {

std::unique_ptr<const re2::RE2> compile(std::string_view text) {
    re2::RE2::Options options;
    options.set_log_errors(false);  // they are told where the expression stands
    options.set_never_capture(true);
    options.set_max_mem(rule_regex_memory);
    return std::make_unique<re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
}

}  // namespace

std::string rule_regex_fault(std::string_view text) {
    if (text.empty())
        return "has no expression after \"~\"";
    if (text.size() > longest_rule_regex)
        return "has an expression of more than " + std::to_string(longest_rule_regex) + " bytes";
    const auto compiled = compile(text);
    if (compiled->ok())
        return {};
    if (compiled->error_code() == re2::RE2::ErrorPatternTooLarge)
        return "has an expression that takes too much memory once compiled";
    return "is no regular expression for RE2: " + compiled->error();
}

rule_regex::rule_regex(std::string_view text) : compiled_(compile(text)) {
    if (!compiled_->ok())
        throw std::invalid_argument("not a regular expression: " + std::string(text));
    found_in("/");  // what is compiled at the first use is compiled here
}

rule_regex::rule_regex(rule_regex&&) noexcept = default;
rule_regex& rule_regex::operator=(rule_regex&&) noexcept = default;
rule_regex::~rule_regex() = default;

bool rule_regex::found_in(std::string_view path) const {
    return re2::RE2::PartialMatch(re2::StringPiece(path.data(), path.size()), *compiled_);
}

}  // namespace latchkey
