// An absolute http or https URL, parsed strictly: parse, don't validate.
//
// Used wherever somebody else's URL decides something: X-Original-URL, the `rd` parameter, configured origins. Whatever
// two parsers could read differently is refused: userinfo, backslashes, control and high bytes, fragments, empty or
// doubtful hosts, white space (requirements X2, F2). Views into the caller's text; allocates nothing.
#pragma once

#include <latchkey/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace latchkey::http {

class web_url {
public:
    // errc::invalid_request for everything else than scheme "://" host [":" port] [ "/" path ] [ "?" query ].
    static result<web_url> parse(std::string_view text) noexcept;

    std::string_view text() const noexcept { return text_; }
    std::string_view host() const noexcept { return host_; }  // as written: letters of either case
    std::uint16_t port() const noexcept { return port_; }     // the scheme's default where none is written
    bool is_https() const noexcept { return https_; }
    std::string_view path_and_query() const noexcept { return path_and_query_; }  // may be empty

    // "https://host[:port]" in lower case, without a default port: RFC 6454's serialisation.
    std::string origin() const;

private:
    web_url() = default;
    std::string_view text_, host_, path_and_query_;
    std::uint16_t port_ = 0;
    bool https_ = false;
};

// One absolute path on this server: a leading slash that no second slash or backslash follows, and no byte that a
// browser would drop or rewrite.
bool is_local_path(std::string_view text) noexcept;

}  // namespace latchkey::http
