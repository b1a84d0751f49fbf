#include "rule_index.hpp"

#include <algorithm>

namespace latchkey {

rule_index::rule_index(const std::vector<compiled_rule>& rules) : words_((rules.size() + 63) / 64) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
        add_host(rules[i], i);
        add_path(rules[i], i);
        add_method(rules[i], i);
    }
    for (auto* table : {&hosts_, &parents_, &paths_, &folders_})
        table->build();
}

void rule_index::add_host(const compiled_rule& rule, std::size_t number) {
    if (rule.domains.empty())
        add_rule(any_host_, number);
    for (const auto& domain : rule.domains)
        (domain.below ? parents_ : hosts_).add(domain.name, number);
}

void rule_index::add_path(const compiled_rule& rule, std::size_t number) {
    if (rule.any_path())
        add_rule(any_path_, number);
    if (!rule.regexes.empty())
        add_rule(with_regexes_, number);
    for (const auto& path : rule.paths)
        (path.what == rule_path::kind::below ? folders_ : paths_).add(path.text, number);
}

void rule_index::add_method(const compiled_rule& rule, std::size_t number) {
    if (rule.methods.empty())
        add_rule(any_method_, number);
    for (const auto method : rule.methods) {
        const auto known =
            std::find_if(methods_.begin(), methods_.end(), [&](const auto& m) { return m.first == method; });
        add_rule(known == methods_.end() ? methods_.emplace_back(method, rule_set{}).second : known->second, number);
    }
}

void rule_index::find_by_host_and_method(std::string_view host, std::string_view method, rule_set& out) const noexcept {
    std::copy_n(any_host_.begin(), words_, out.begin());
    std::uint64_t hash = text_hash_seed;
    for (std::size_t i = host.size(); i-- > 0;) {
        if (host[i] == '.' && i > 0)
            parents_.collect(hash, host.substr(i + 1), out);
        hash = hash_byte(hash, host[i]);
    }
    hosts_.collect(hash, host, out);

    const auto named = std::find_if(methods_.begin(), methods_.end(), [&](const auto& m) { return m.first == method; });
    for (std::size_t w = 0; w < words_; ++w)
        out[w] &= any_method_[w] | (named == methods_.end() ? 0 : named->second[w]);
}

void rule_index::find_by_path(std::string_view path, rule_set& out) const noexcept {
    std::copy_n(any_path_.begin(), words_, out.begin());
    // Beyond the longest key there is nothing to be found: a long path costs no more than the rules make it.
    const std::size_t end = std::min(path.size(), std::max(paths_.longest(), folders_.longest()));
    std::uint64_t hash = text_hash_seed;
    for (std::size_t i = 0; i < end; ++i) {
        hash = hash_byte(hash, path[i]);
        if (path[i] == '/')
            folders_.collect(hash, path.substr(0, i + 1), out);
    }
    if (end == path.size())
        paths_.collect(hash, path, out);
}

}  // namespace latchkey
