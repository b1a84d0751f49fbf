#include "access_rule_faults.hpp"

#include "host_name.hpp"
#include "rule_patterns.hpp"
#include "rule_regex.hpp"
#include "target_host.hpp"
#include "target_path.hpp"
#include "wording.hpp"

#include <latchkey/user.hpp>

namespace latchkey {
namespace {

constexpr std::size_t longest_path = 8 * 1024;
constexpr std::size_t longest_method = 16;  // what is taken from a proxy

// "." or "..", which no request that is judged has.
bool has_dot_segment(std::string_view path) {
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto segment = path.substr(0, path.find('/'));
        if (segment == "." || segment == "..")
            return true;
        path.remove_prefix(segment.size());
    }
    return false;
}

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

// Requests are compared decoded, but for "%2F".
std::string encoding_fault(std::string_view path) {
    for (std::size_t i = 0; i + 2 < path.size(); ++i) {
        if (path[i] != '%' || !is_hex(path[i + 1]) || !is_hex(path[i + 2]) || path.substr(i, 3) == "%2F")
            continue;
        std::string scratch;
        const auto decoded = target_path::parse(path, scratch);
        return "is encoded, and so never what requests are compared as: write " +
               (decoded ? '"' + std::string(decoded->literal()) + '"' : "the characters themselves");
    }
    return {};
}

}  // namespace

std::string rule_domain_fault(std::string_view value) {
    const auto domain = rule_domain::parse(value);
    std::string scratch;
    const auto canonical = canonical_host(domain.name, scratch);
    if (canonical && *canonical == domain.name && !(domain.below && (is_ipv4(domain.name) || value.ends_with(']'))))
        return {};
    if (canonical && *canonical != domain.name)
        return "is never what requests are compared as: write " +
               in_quotes((domain.below ? "*." : "") + std::string(*canonical));
    if (const auto where = parse_host_and_port(domain.name); where && where->port)
        return "names a port: rules go by the host alone";
    return "is not a host: write \"app.example.com\" or \"*.example.com\"";
}

std::string rule_path_fault(std::string_view value) {
    const auto path = rule_path::parse(value);
    if (path.what == rule_path::kind::regex)
        return rule_regex_fault(path.text);
    if (!value.starts_with('/'))
        return "is not a path: write \"/a\" for this one, \"/a/*\" for all below, or \"~ \" and an expression";
    if (value.size() > longest_path)
        return "is longer than 8KiB";
    if (path.text.find('*') != std::string_view::npos)
        return "has a * that is no \"/*\" at its end: write \"~ \" and an expression instead";
    if (path.text.find_first_of("?#") != std::string_view::npos)
        return "has a query or a fragment: rules see neither";
    if (path.text.find('\\') != std::string_view::npos)
        return "has a backslash: requests with one are refused";
    if (path.text.find("//") != std::string_view::npos)
        return "has two slashes in a row: requests are compared with one in their place";
    if (has_dot_segment(path.text))
        return "has a segment \".\" or \"..\": requests with one are refused";
    return encoding_fault(path.text);
}

std::string rule_method_fault(std::string_view value) {
    if (value.empty() || value.size() > longest_method ||
        value.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != std::string_view::npos)
        return "is not a method: those are up to 16 capitals, such as \"GET\"";
    return {};
}

std::string rule_group_fault(std::string_view value) {
    return canonical_groups({std::string(value)}) ? "" : "is not a group: 1 to 64 letters, digits, '.', '_' or '-'";
}

}  // namespace latchkey
