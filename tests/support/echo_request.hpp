// A request as it trickles in, read as plainly as an application's server may: where it ends, and what it holds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace latchkey::test {

// The first field of that name; "" when there is none. `head`: from the request line through the blank line.
std::string field_of(std::string_view head, std::string_view name);

struct whole_request {
    std::string text;  // head and body, the body without chunked framing and trailers
    std::string rest;  // what came behind it
};

// Nothing while there is more to come. Throws std::exception for framing that nobody could follow.
std::optional<whole_request> whole_request_in(const std::string& bytes);

}  // namespace latchkey::test
