// The errors that clients meet: RFC 9457 problem details with a stable code each. docs/api.md lists them all.
#pragma once

#include <boost/system/error_code.hpp>

#include <string_view>

namespace latchkey::http {

struct problem {
    unsigned status = 500;
    std::string_view code = "internal_error";
    std::string_view title = "Something went wrong on our side";
    unsigned retry_after = 0;  // seconds; 0: no Retry-After

    friend bool operator==(const problem&, const problem&) = default;
};

namespace problems {

inline constexpr problem bad_request{400, "bad_request", "The request is malformed"};
inline constexpr problem invalid_request{400, "invalid_request", "The request's content is malformed"};
inline constexpr problem password_too_long{400, "password_too_long", "A password has at most 1024 bytes"};
inline constexpr problem no_session{401, "no_session", "You are not signed in"};
inline constexpr problem invalid_credentials{401, "invalid_credentials", "Invalid email or password"};
inline constexpr problem ambiguous_credentials{401, "ambiguous_credentials",
                                               "The cookie and the token are of different users"};
inline constexpr problem caller_token_required{401, "caller_token_required", "Show the token for introspection"};
inline constexpr problem admin_token_required{401, "admin_token_required", "Show the administrators' token"};
inline constexpr problem forbidden{403, "forbidden", "You may not do this"};
inline constexpr problem cross_site{403, "cross_site_request", "This request came from another site"};
inline constexpr problem not_found{404, "not_found", "There is nothing here"};
inline constexpr problem method_not_allowed{405, "method_not_allowed", "This method cannot be used here"};
inline constexpr problem timeout{408, "request_timeout", "The request took too long to arrive"};
inline constexpr problem length_required{411, "length_required", "Send a Content-Length: chunked is not accepted"};
inline constexpr problem body_too_large{413, "body_too_large", "The request's content is too large"};
inline constexpr problem target_too_long{414, "target_too_long", "The request target is too long"};
inline constexpr problem unsupported_media_type{415, "unsupported_media_type",
                                                "Send application/json or application/x-www-form-urlencoded"};
inline constexpr problem expectation_failed{417, "expectation_failed", "Only 100-continue can be expected"};
inline constexpr problem weak_password{422, "weak_password", "This password is too easy to guess"};
inline constexpr problem invalid_configuration{422, "invalid_configuration",
                                               "The configuration has faults: nothing changed"};
inline constexpr problem too_many_attempts{429, "too_many_attempts", "Too many attempts: try again later"};
inline constexpr problem header_too_large{431, "header_too_large", "The request's header is too large"};
inline constexpr problem internal_error{};
inline constexpr problem not_implemented{501, "not_implemented", "This method is not known here"};
inline constexpr problem overloaded{503, "overloaded", "Too much to do: try again shortly", 1};
inline constexpr problem session_limit{503, "session_limit", "No more sessions can be opened now", 60};
inline constexpr problem store_unavailable{503, "store_unavailable", "A store does not answer: try again shortly", 1};
inline constexpr problem token_too_large{503, "token_too_large", "This user's access token would be too large"};
inline constexpr problem not_ready{503, "not_ready", "Starting up or shutting down", 1};
inline constexpr problem too_many_followers{503, "too_many_followers", "As many follow the feed as may: poll instead",
                                            10};
inline constexpr problem version_not_supported{505, "version_not_supported", "Only HTTP/1.1 and HTTP/1.0 are spoken"};

}  // namespace problems

// The one place where a domain error becomes a status. A throttled one says in retry_after how long to wait.
problem to_problem(boost::system::error_code error) noexcept;

// "404 Not Found": the status line's part after the version.
std::string_view status_text(unsigned status) noexcept;

}  // namespace latchkey::http
