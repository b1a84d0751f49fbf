// A regular expression over paths. RE2: linear in the path's length whatever the expression, and bounded in memory.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace latchkey {

// All expressions together may take most_rule_regexes * rule_regex_memory bytes, and only where requests drive each
// of them to its limit: ordinary ones take a few KiB.
inline constexpr std::size_t most_rule_regexes = 512;
inline constexpr std::size_t longest_rule_regex = 1'024;  // bytes
inline constexpr std::size_t rule_regex_memory = 256 * 1024;

// Why `text` is no expression that can be used, or nothing.
std::string rule_regex_fault(std::string_view text);

class rule_regex {
public:
    explicit rule_regex(std::string_view text);  // throws std::invalid_argument
    rule_regex(rule_regex&&) noexcept;
    rule_regex& operator=(rule_regex&&) noexcept;
    ~rule_regex();

    // Anywhere in `path`. Remembers the states of its automaton: paths that lead to new ones allocate, and soon none
    // do. Throws std::bad_alloc.
    bool found_in(std::string_view path) const;

private:
    std::unique_ptr<const re2::RE2> compiled_;
};

}  // namespace latchkey
