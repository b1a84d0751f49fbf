#include "field_rules.hpp"

#include "byte_set.hpp"
#include "text.hpp"

#include <algorithm>

namespace latchkey::http {
namespace {

constexpr std::size_t max_content_length_digits = 16;

constexpr byte_set target_bytes([](char c) { return c > ' ' && c < 0x7f && c != '\\' && c != '#'; });
constexpr byte_set name_bytes([](char c) { return is_alnum(c) || c == '-' || c == '.' || c == '_'; });
constexpr byte_set address_bytes([](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; });

bool is_port(std::string_view text) noexcept {
    if (text.empty() || text.size() > 5)
        return false;
    unsigned port = 0;
    for (const char c : text) {
        if (!is_digit(c))
            return false;
        port = port * 10 + static_cast<unsigned>(c - '0');
    }
    return port <= 65'535;
}

}  // namespace

std::optional<std::uint64_t> parse_content_length(std::string_view value) noexcept {
    if (value.empty() || value.size() > max_content_length_digits || !std::all_of(value.begin(), value.end(), is_digit))
        return std::nullopt;
    std::uint64_t length = 0;
    for (const char c : value)
        length = length * 10 + static_cast<std::uint64_t>(c - '0');
    return length;
}

std::optional<std::string_view> host_of(std::string_view authority) noexcept {
    std::size_t size = 0;
    if (authority.starts_with('[')) {
        // The characters only: whether the address exists is for the resolver that nobody here ever asks.
        size = authority.find(']');
        if (size == std::string_view::npos || size < 4 || !address_bytes.has_all(authority.substr(1, size - 1)))
            return std::nullopt;
        ++size;
    } else {
        size = name_bytes.count_leading(authority);
        if (size == 0 || size > 255 || authority.front() == '.')
            return std::nullopt;
    }
    if (size != authority.size() && (authority[size] != ':' || !is_port(authority.substr(size + 1))))
        return std::nullopt;
    return authority.substr(0, size);
}

bool is_valid_host(std::string_view value) noexcept {
    return host_of(value).has_value();
}

bool split_target(std::string_view target, request_head& head) noexcept {
    if (target.empty() || !target_bytes.has_all(target))
        return false;
    if (head.verb == method::connect)
        return is_valid_host(target);  // path stays empty: CONNECT is refused by method
    if (target == "*") {
        head.path = target;
        return head.verb == method::options;
    }
    if (target.front() != '/') {
        for (const std::string_view scheme : {"http://", "https://"}) {
            if (target.size() < scheme.size() || !iequals(target.substr(0, scheme.size()), scheme))
                continue;
            const auto rest = target.substr(scheme.size());
            const auto end = std::min(rest.find_first_of("/?"), rest.size());
            if (!is_valid_host(rest.substr(0, end)))
                return false;
            head.host = rest.substr(0, end);
            const auto after = rest.substr(end);
            const auto query = after.find('?');
            head.path = after.empty() || after.front() == '?' ? std::string_view{"/"} : after.substr(0, query);
            head.query = query == std::string_view::npos ? std::string_view{} : after.substr(query + 1);
            return true;
        }
        return false;
    }
    const auto query = target.find('?');
    head.path = target.substr(0, query);
    head.query = query == std::string_view::npos ? std::string_view{} : target.substr(query + 1);
    return true;
}

bool is_http_version(std::string_view text) noexcept {
    return text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' && is_digit(text[7]);
}

void read_cookies(std::string_view value, std::string_view name, presented_cookies& out) noexcept {
    while (!value.empty()) {
        const auto pair = trim(next_part(value, ';'));
        if (pair.size() <= name.size() || pair[name.size()] != '=' || pair.substr(0, name.size()) != name)
            continue;
        const auto token = pair.substr(name.size() + 1);
        const auto end = out.values.begin() + std::min<std::size_t>(out.count, out.values.size());
        if (std::find(out.values.begin(), end, token) != end)
            continue;
        if (out.count < out.values.size())
            out.values[out.count] = token;
        if (out.count < UINT8_MAX)
            ++out.count;
    }
}

}  // namespace latchkey::http
