#include "field_rules.hpp"

#include "byte_lanes.hpp"
#include "byte_set.hpp"
#include "text.hpp"
#include "url_chars.hpp"

#include <algorithm>
#include <bit>

namespace latchkey::http {
namespace {

constexpr std::size_t max_content_length_digits = 16;

constexpr std::size_t longest_name = 255;
constexpr byte_set address_bytes([](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; });

unsigned find_name_bytes(byte_lanes c) noexcept {
    const byte_lanes letters = are_between(c | 0x20, 'a', 'z');
    return lane_bits(letters | (are_between(c, '-', '9') & (c != '/')) | (c == '_'));
}

// More than longest_name: no matter how many.
std::size_t count_leading_name_bytes(std::string_view text) noexcept {
    for (std::size_t at = 0; at <= longest_name; at += lane_count) {
        const std::string_view rest(text.data() + at, text.size() - at);
        const bool is_last = rest.size() < lane_count;
        const unsigned others = ~find_name_bytes(is_last ? load_lanes(rest, ' ') : load_lanes(rest.data())) & all_lanes;
        if (others != 0)
            return at + static_cast<std::size_t>(std::countr_zero(others));
    }
    return longest_name + 1;
}

// The host that `text` begins with; empty when it begins with none.
std::string_view leading_host(std::string_view text) noexcept {
    if (text.starts_with('[')) {
        // The characters only: whether the address exists is for the resolver that nobody here ever asks.
        const std::size_t size = text.find(']');
        const bool good =
            size != std::string_view::npos && size >= 4 && address_bytes.has_all(text.substr(1, size - 1));
        return good ? text.substr(0, size + 1) : std::string_view{};
    }
    const std::size_t size = count_leading_name_bytes(text);
    return size > longest_name || text.starts_with('.') ? std::string_view{} : std::string_view(text.data(), size);
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

std::optional<authority> leading_authority(std::string_view text) noexcept {
    authority found;
    found.host = leading_host(text);
    if (found.host.empty())
        return std::nullopt;
    found.size = found.host.size();
    if (found.size == text.size() || text[found.size] != ':')
        return found;
    const std::size_t first = ++found.size;
    unsigned port = 0;
    for (; found.size < text.size() && found.size - first < 5 && is_digit(text[found.size]); ++found.size)
        port = port * 10 + static_cast<unsigned>(text[found.size] - '0');
    if (found.size == first || port > 65'535)
        return std::nullopt;
    found.port = static_cast<std::uint16_t>(port);
    return found;
}

std::optional<std::string_view> host_of(std::string_view text) noexcept {
    const auto found = leading_authority(text);
    return found && found->size == text.size() ? std::optional(found->host) : std::nullopt;
}

bool is_valid_host(std::string_view value) noexcept {
    return host_of(value).has_value();
}

bool split_target(std::string_view target, request_head& head) noexcept {
    if (target.empty() || !has_only_url_chars(target))
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
    head.path = next_part(target, '?');
    head.query = target;
    return true;
}

bool is_http_version(std::string_view text) noexcept {
    return text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' && is_digit(text[7]);
}

void read_cookies(std::string_view value, std::string_view name, presented_cookies& out) noexcept {
    while (!value.empty()) {
        auto token = trim(next_part(value, ';'));
        if (!token.starts_with(name))
            continue;
        token.remove_prefix(name.size());
        if (!token.starts_with('='))
            continue;
        token.remove_prefix(1);
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
