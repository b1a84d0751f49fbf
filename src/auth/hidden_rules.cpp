#include "hidden_rules.hpp"

#include "compiled_rule.hpp"

#include <algorithm>

namespace latchkey {
namespace {

// `lists` of patterns, where an empty one stands for everything.
template <class Pattern, class Covers>
bool list_covers(const std::vector<Pattern>& wide, const std::vector<Pattern>& narrow, Covers covers) {
    if (wide.empty())
        return true;
    return !narrow.empty() && std::all_of(narrow.begin(), narrow.end(), [&](const Pattern& one) {
        return std::any_of(wide.begin(), wide.end(), [&](const Pattern& other) { return covers(other, one); });
    });
}

template <class Pattern>
bool list_covers(const std::vector<Pattern>& wide, const std::vector<Pattern>& narrow) {
    return list_covers(wide, narrow, [](const Pattern& a, const Pattern& b) { return a.covers(b); });
}

struct candidate {
    explicit candidate(const access_rule& rule) : parts(rule) {
        for (const auto& path : rule.paths)
            paths.push_back(rule_path::parse(path));
    }

    bool covers(const candidate& other) const {
        return list_covers(parts.domains, other.parts.domains) &&
               list_covers(parts.methods, other.parts.methods, std::equal_to<std::string_view>{}) &&
               list_covers(parts.networks, other.parts.networks) && covers_paths(other);
    }

    bool covers_paths(const candidate& other) const {
        const bool has_everything = std::any_of(paths.begin(), paths.end(), [](const rule_path& path) {
            return path.what == rule_path::kind::below && path.text == "/";
        });
        return has_everything || list_covers(paths, other.paths, [&](const rule_path& a, const rule_path& b) {
                   return a.covers(b) || (a.what == rule_path::kind::regex && b.what == rule_path::kind::exact &&
                                          parts.matches_regex(b.text));
               });
    }

    compiled_rule parts;
    std::vector<rule_path> paths;  // the expressions as well
};

}  // namespace

std::vector<hidden_rule> find_hidden_rules(const std::vector<access_rule>& rules) {
    const std::vector<candidate> all(rules.begin(), rules.end());
    std::vector<hidden_rule> out;
    for (std::size_t i = 1; i < all.size(); ++i) {
        const auto end = all.begin() + static_cast<std::ptrdiff_t>(i);
        const auto by =
            std::find_if(all.begin(), end, [&](const candidate& earlier) { return earlier.covers(all[i]); });
        if (by != end)
            out.push_back({i, static_cast<std::size_t>(by - all.begin())});
    }
    return out;
}

}  // namespace latchkey
