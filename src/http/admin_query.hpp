// What the query of an admin list says: where to go on, and how many at a time.
#pragma once

#include <latchkey/error.hpp>

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

}  // namespace latchkey::http
