#include "admin_query.hpp"

#include "form_fields.hpp"
#include "trusted_proxies.hpp"

#include <charconv>
#include <initializer_list>
#include <utility>

namespace latchkey::http {
namespace {

using parameter = std::pair<const char*, std::string*>;

result<void> read_parameters(std::string_view query, std::initializer_list<parameter> parameters, std::string& detail) {
    for (const auto& [name, where] : parameters) {
        auto value = form_value(query, name);
        if (!value) {
            detail = std::string(name) + ": given twice, or badly encoded";
            return errc::invalid_request;
        }
        *where = std::move(*value);
    }
    return {};
}

// Nothing given leaves `limit` as it is.
result<void> read_limit(const std::string& text, std::size_t& limit, std::string& detail) {
    if (text.empty())
        return {};
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, limit);
    if (error == std::errc{} && stop == end && limit >= 1 && limit <= list_query::largest_limit)
        return {};
    detail = "limit: must be a number from 1 to " + std::to_string(list_query::largest_limit);
    return errc::invalid_request;
}

bool is_ipv4_text(std::string_view text) noexcept {
    return text.find('.') < text.find(':');
}

}  // namespace

std::optional<client_prefix> read_prefix(std::string_view text) noexcept {
    constexpr std::string_view network = "/64";
    const bool is_network = text.ends_with(network);
    if (is_network)
        text.remove_suffix(network.size());
    client_address address;
    // parse_address() takes what proxies write, ports and brackets included; neither is part of a prefix.
    const bool has_port = text.starts_with('[') || (is_ipv4_text(text) && text.find(':') != text.npos);
    if (has_port || !parse_address(text, address) || (is_network && is_ipv4(address)))
        return std::nullopt;
    return prefix_of(address);
}

result<list_query> read_list_query(std::string_view query, std::string& detail) {
    list_query out;
    std::string limit;
    const auto read =
        read_parameters(query, {{"cursor", &out.cursor}, {"limit", &limit}, {"email", &out.email}}, detail);
    if (!read)
        return read.error();
    if (const auto number = read_limit(limit, out.limit, detail); !number)
        return number.error();
    return out;
}

result<throttle_query> read_throttle_query(std::string_view query, std::string& detail) {
    throttle_query out;
    std::string client, all, limit;
    const auto read = read_parameters(
        query, {{"id", &out.id}, {"account", &out.account}, {"client", &client}, {"all", &all}, {"limit", &limit}},
        detail);
    if (!read)
        return read.error();
    if (const auto number = read_limit(limit, out.limit, detail); !number)
        return number.error();
    if (!out.id.empty() && !public_id::parse(out.id)) {  // of the same form
        detail = "id: must be 32 digits and letters from a to f";
        return errc::invalid_request;
    }
    if (!client.empty()) {
        out.client = read_prefix(client);
        if (!out.client) {
            detail = "client: must be an address, or an IPv6 network that ends in /64";
            return errc::invalid_request;
        }
    }
    out.all = all == "true";
    if (!all.empty() && !out.all) {
        detail = "all: can only be true";
        return errc::invalid_request;
    }
    return out;
}

}  // namespace latchkey::http
