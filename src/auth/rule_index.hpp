// Which rules may match a host, a method and a path, found by a few look-ups instead of going through the rules.
#pragma once

#include "compiled_rule.hpp"
#include "rule_table.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace latchkey {

class rule_index {
public:
    // At most most_rules, which outlive the index.
    explicit rule_index(const std::vector<compiled_rule>& rules);

    std::size_t words() const noexcept { return words_; }  // of the sets below that count

    // The rules that match both. Whatever `out` held before is gone.
    void find_by_host_and_method(std::string_view host, std::string_view method, rule_set& out) const noexcept;

    // The rules that match `path` for certain. Rules with expressions may do so as well.
    void find_by_path(std::string_view path, rule_set& out) const noexcept;
    const rule_set& with_regexes() const noexcept { return with_regexes_; }

private:
    void add_host(const compiled_rule& rule, std::size_t number);
    void add_path(const compiled_rule& rule, std::size_t number);
    void add_method(const compiled_rule& rule, std::size_t number);

    std::size_t words_;
    rule_set any_host_{}, any_path_{}, any_method_{}, with_regexes_{};
    rule_table hosts_{rule_table::direction::backward};
    rule_table parents_{rule_table::direction::backward};  // of "*.example.com"
    rule_table paths_{rule_table::direction::forward};
    rule_table folders_{rule_table::direction::forward};          // of "/a/*", with their last slash
    std::vector<std::pair<std::string_view, rule_set>> methods_;  // few: the same in all rules
};

}  // namespace latchkey
