// What the query of an admin request says: where a list goes on, how many at a time, and which throttles are meant.
#pragma once

#include <latchkey/error.hpp>
#include <latchkey/throttle.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey::http {

struct list_query {
    static constexpr std::size_t usual_limit = 100;
    static constexpr std::size_t largest_limit = 1'000;

    std::string cursor;  // empty: from the beginning
    std::size_t limit = usual_limit;
    std::string email;  // empty: everybody
};

// Parameters that mean nothing here are ignored. errc::invalid_request, with `detail` set to a sentence that names the
// parameter, for one that is there twice, badly encoded, or no number from 1 to 1,000.
result<list_query> read_list_query(std::string_view query, std::string& detail);

// Which throttles: whatever is given must fit.
struct throttle_query {
    std::string id, account;
    std::optional<client_prefix> client;
    bool all = false;
    std::size_t limit = list_query::usual_limit;

    throttle_filter filter() const noexcept { return {id, account, client}; }
    bool is_narrow() const noexcept { return !id.empty() || !account.empty() || client; }
};

// "192.0.2.1", "2001:db8::1" or "2001:db8::/64"; nothing for any other text.
std::optional<client_prefix> read_prefix(std::string_view text) noexcept;

// id: 32 hex digits; client: an address, or a prefix as throttles show it; all: "true"; limit, and what goes wrong, as
// read_list_query().
result<throttle_query> read_throttle_query(std::string_view query, std::string& detail);

}  // namespace latchkey::http
