// An HTTP response as a strict reader sees it, and the request that a test asks with.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace latchkey::test {

bool iequals(std::string_view a, std::string_view b);

using header_list = std::vector<std::pair<std::string, std::string>>;

struct http_response {
    int status = 0;
    std::string version;  // "HTTP/1.1"
    std::string reason;
    header_list headers;  // in order, names as sent, values without surrounding white space
    std::string body;

    std::size_t count(std::string_view name) const;
    std::vector<std::string> all(std::string_view name) const;
    // The one value. Throws std::runtime_error when there is more than one.
    std::optional<std::string> header(std::string_view name) const;
    // The one value, "" when there is none.
    std::string operator[](std::string_view name) const { return header(name).value_or(""); }
};

// From the status line through the blank line. Throws std::runtime_error for anything that RFC 9112 does not allow a
// server to send, obsolete forms included.
http_response parse_response_head(std::string_view head);

struct http_request {
    std::string method = "GET";
    std::string target = "/";
    header_list headers;  // Host and, where there is a body, Content-Length are added when missing
    std::string body;

    std::string wire() const;
};

http_request get(std::string target, header_list headers = {});
http_request head(std::string target, header_list headers = {});
http_request post_json(std::string target, std::string body, header_list headers = {});
http_request post_form(std::string target, const header_list& fields, header_list headers = {});

// Everything but RFC 3986's unreserved characters as %XX.
std::string percent_encode(std::string_view text);

}  // namespace latchkey::test
