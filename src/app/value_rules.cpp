#include "value_rules.hpp"

#include "host_name.hpp"
#include "utf8.hpp"

#include <algorithm>

namespace latchkey {
namespace {

constexpr std::size_t longest_socket_path = 107;  // sun_path less its terminator
// What is left when a long directory is written as /proc/self/fd/<n>.
constexpr std::size_t longest_socket_name = 80;
constexpr std::size_t longest_cookie_name = 64;
constexpr std::size_t longest_audience = 256;
constexpr std::string_view path_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";

std::string bare_network_fault(std::string_view value, std::string_view examples) {
    const auto network = parse_network(value);
    if (!network) {
        if (is_ipv4(value) || is_ipv6(value))
            return "is an address; for this one alone write \"" + std::string(value) +
                   (is_ipv4(value) ? "/32\"" : "/128\"");
        return "is not a network: write " + std::string(examples);
    }
    if (network->has_host_bits)
        return "has bits set behind its prefix; did you mean \"" + network->canonical + "\"?";
    return {};
}

}  // namespace

bool has_control_character(std::string_view text) {
    while (!text.empty())
        if (const auto c = take_code_point(text); !c || is_control(*c))
            return true;
    return false;
}

std::string listen_fault(std::string_view value) {
    if (value.starts_with("unix:")) {
        const auto path = value.substr(5);
        if (!path.starts_with('/'))
            return "needs an absolute path after \"unix:\"";
        return path.size() > longest_socket_path ? "has a longer path than a Unix socket can have (107 bytes)" : "";
    }
    const auto where = parse_host_and_port(value);
    if (!where || where->port == 0)
        return "is not an address: write \"127.0.0.1:9080\", \"[::1]:9080\" or \"unix:/path\"";
    return where->port ? "" : "has no port";
}

std::string admin_listen_fault(std::string_view value) {
    if (value.empty() || value == "off")
        return {};
    if (!value.starts_with("unix:")) {
        const auto where = parse_host_and_port(value);
        if (where && where->port && where->port != 0)
            return {};
        return "is not an address: write \"127.0.0.1:9081\", \"[::1]:9081\", \"unix:/path\" or \"off\"";
    }
    const auto name = value.substr(value.find_last_of(":/") + 1);
    if (name.empty())
        return "names no socket after \"unix:\"";
    return name.size() > longest_socket_name ? "has a longer file name than a Unix socket can have (80 bytes)" : "";
}

std::string origin_fault(std::string_view value) {
    const bool https = value.starts_with("https://");
    if (!https && !value.starts_with("http://"))
        return "does not begin with \"https://\" or \"http://\"";
    const auto rest = value.substr(https ? 8 : 7);
    if (rest.find_first_of("/?#") != std::string_view::npos)
        return "must end after the host and port, without even a slash";
    if (rest.find('@') != std::string_view::npos)
        return "must not name a user";
    const auto where = parse_host_and_port(rest);
    if (!where || where->port == 0)
        return "does not name a host, in lower case, and perhaps a port";
    if (where->port == (https ? 443 : 80))
        return "must leave out its scheme's own port, as browsers do";
    return {};
}

std::string network_fault(std::string_view value) {
    if (value == "unix:")
        return {};
    return bare_network_fault(value, "\"10.0.0.0/8\", \"fd00::/8\" or \"unix:\"");
}

std::string client_network_fault(std::string_view value) {
    return bare_network_fault(value, "\"10.0.0.0/8\" or \"fd00::/8\"");
}

std::string host_pattern_fault(std::string_view value) {
    const bool wildcard = value.starts_with("*.");
    const auto where = parse_host_and_port(value.substr(wildcard ? 2 : 0));
    if (!where || where->port == 0 || (wildcard && where->is_address))
        return "is not a host: write \"app.example.com\", \"app.example.com:8443\" or \"*.example.com\", in lower case";
    return {};
}

std::string cookie_name_fault(std::string_view value) {
    if (value.size() > longest_cookie_name)
        return "is longer than 64 characters";
    // RFC 9110's token; quotes, separators and white space are what cookie parsers disagree about.
    const auto odd =
        value.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~");
    return odd == std::string_view::npos ? "" : "has a character that no cookie name may have";
}

std::string cookie_domain_fault(std::string_view value) {
    if (value.empty())
        return {};
    if (value.starts_with('.'))
        return "must not begin with a dot";
    if (is_ipv4(value) || !is_host_name(value))
        return "is not a domain, such as \"example.com\", in lower case";
    return value.find('.') == std::string_view::npos ? "is a top-level domain: browsers refuse such a cookie" : "";
}

std::string issuer_fault(std::string_view value) {
    if (value.empty())
        return {};
    const auto scheme = value.find("://");
    const auto slash = scheme == std::string_view::npos ? scheme : value.find('/', scheme + 3);
    if (auto fault = origin_fault(value.substr(0, slash)); !fault.empty())
        return fault;
    // Verifiers compare it byte by byte, and build the address of the metadata from it.
    const auto path = slash == std::string_view::npos ? std::string_view() : value.substr(slash);
    if (path.find_first_not_of(path_characters) != std::string_view::npos)
        return "has a path with more than letters, digits and \"-._~/\"";
    return path.ends_with('/') ? "must not end in a slash" : "";
}

std::string audience_fault(std::string_view value) {
    if (value.size() > longest_audience)
        return "is longer than 256 characters";
    const auto odd = [](char c) { return c <= ' ' || c > '~' || c == '"' || c == '\\'; };
    return std::any_of(value.begin(), value.end(), odd) ? "has a character that is no visible ASCII, or a quote" : "";
}

std::string key_file_fault(std::string_view value) {
    if (value.empty() || value.ends_with('/'))
        return "names no file";
    return value.ends_with(".next") || value.ends_with(".retiring")
               ? "is the name of the next or the retiring key: name the current one"
               : "";
}

std::string store_fault(std::string_view value) {
    return value == "database" || value == "memory" || value == "redis"
               ? ""
               : "is not a session store: write \"database\", \"redis\" or \"memory\"";
}

}  // namespace latchkey
