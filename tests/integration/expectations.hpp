// What holds for every answer, said once.
#pragma once

#include "http_response.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace latchkey::test {

// Cache-Control, nosniff, a request id, no banner; once each. Fails the running test otherwise.
void expect_common_headers(const http_response& response);

// An RFC 9457 problem with this status and code, and the common headers.
void expect_problem(const http_response& response, int status, std::string_view code);

// The body as JSON. Throws std::runtime_error when it is none.
nlohmann::json json_of(const http_response& response);

// Header fields without those that differ from one answer to the next (Date, X-Request-Id).
header_list comparable_headers(const http_response& response);

// A problem's body without its request id.
std::string comparable_body(const http_response& response);

}  // namespace latchkey::test
