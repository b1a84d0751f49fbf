// The parts of access rules, taken apart: what a domain, a path and a network of a rule stand for.
//
// One grammar for the compiled policy, for the explanation of a decision and for the search for rules that never match.
// The configuration's checks have seen to it that the texts are well-formed: a parser here throws
// std::invalid_argument for one that is not.
#pragma once

#include <latchkey/session.hpp>

#include <string_view>

namespace latchkey {

struct rule_domain {
    std::string_view name;  // "app.example.com"; of a wildcard what stands after "*."
    bool below = false;     // everything below `name`, not `name` itself

    static rule_domain parse(std::string_view text) noexcept;
    bool matches(std::string_view host) const noexcept;
    bool covers(const rule_domain& other) const noexcept;  // matches whatever `other` matches
};

struct rule_path {
    enum class kind { exact, below, regex };
    std::string_view text;  // of `below` the path with its last slash; of a regex what RE2 gets
    kind what = kind::exact;

    static rule_path parse(std::string_view text) noexcept;
    // Of an expression never: that is rule_regex's to say.
    bool matches(std::string_view path) const noexcept {
        return what == kind::exact ? path == text : what == kind::below && path.starts_with(text);
    }
    // Matches whatever `other` matches, as far as that can be told without thinking about expressions.
    bool covers(const rule_path& other) const noexcept;
};

// IPv4 and IPv6 are two worlds: "::/0" is no word about IPv4 clients, and an unknown client is in no network.
struct rule_network {
    client_address address;  // without host bits
    unsigned bits = 128;     // of the 128, also for IPv4
    bool is_ipv4 = false;

    static rule_network parse(std::string_view text);
    bool matches(const client_address& client) const noexcept;
    bool covers(const rule_network& other) const noexcept;
};

}  // namespace latchkey
