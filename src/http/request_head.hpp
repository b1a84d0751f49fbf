// What the gate hands on of a request's header block: views into the connection's buffer, valid until the request is
// answered. Only fields that Latchkey reads are kept; everything else was validated and dropped.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace latchkey::http {

enum class method : std::uint8_t { get, head, post, put, patch, delete_, options, trace, connect, unknown };

// The fields that somebody here reads. One view each; a second one of the same name sets `repeated`.
enum class field : std::uint8_t {
    accept,
    accept_language,
    authorization,
    content_encoding,
    content_type,
    expect,
    if_none_match,
    last_event_id,
    origin,
    sec_fetch_mode,
    sec_fetch_site,
    user_agent,
    x_forwarded_host,
    x_forwarded_method,
    x_forwarded_proto,
    x_forwarded_uri,
    x_original_method,
    x_original_url,
    x_request_id,
    x_requested_with,
    count_
};

// Every value the session cookie has in the request. More than one distinct value is nobody's session.
struct presented_cookies {
    std::array<std::string_view, 4> values{};
    std::uint8_t count = 0;  // distinct values; what exceeds the array is counted, not kept

    std::string_view only() const noexcept { return count == 1 ? values[0] : std::string_view{}; }
};

// X-Forwarded-For as it came, one view for each line; the nearest proxy wrote the last one. Proxies that add a line of
// their own (HAProxy) are as common as those that lengthen the one that is there (nginx).
struct forwarded_for {
    std::array<std::string_view, 4> lines{};
    std::uint8_t count = 0;
    bool shortened = false;  // there were more: the first ones are not here

    void add(std::string_view line) noexcept {
        if (count == lines.size()) {
            std::copy(lines.begin() + 1, lines.end(), lines.begin());
            --count;
            shortened = true;
        }
        lines[count++] = line;
    }
};

struct request_head {
    std::string_view block;  // all of it, as it came and was found good: for what hardly anybody asks for
    method verb = method::unknown;
    std::string_view method_text;
    // As sent and well formed, of the absolute form if that was used; "" without one. What a client calls the server:
    // no URL is built from it (requirement X3). Only a trusted proxy's has a meaning, see original_request.hpp.
    std::string_view host;
    std::string_view path;   // from the first '/' to before '?'; "*" and "" for the other request forms
    std::string_view query;  // after '?', without it
    bool http_1_0 = false;
    bool keep_alive = true;
    std::uint64_t content_length = 0;
    presented_cookies session_cookie;
    forwarded_for client_chain;
    std::uint32_t present = 0;   // bit per field: was there
    std::uint32_t repeated = 0;  // bit per field: was there more than once
    std::array<std::string_view, static_cast<std::size_t>(field::count_)> fields{};  // of those that were there

    static constexpr std::uint32_t bit(field f) noexcept { return 1U << static_cast<unsigned>(f); }
    bool has(field f) const noexcept { return (present & bit(f)) != 0; }
    bool is_repeated(field f) const noexcept { return (repeated & bit(f)) != 0; }
    std::string_view operator[](field f) const noexcept {
        return has(f) ? fields[static_cast<std::size_t>(f)] : std::string_view{};
    }

    // As it was made, for the next request.
    void reset() noexcept {
        block = method_text = host = path = query = {};
        verb = method::unknown;
        http_1_0 = false;
        keep_alive = true;
        content_length = 0;
        session_cookie.count = 0;
        client_chain.count = 0;
        client_chain.shortened = false;
        present = repeated = 0;
    }
};

}  // namespace latchkey::http
