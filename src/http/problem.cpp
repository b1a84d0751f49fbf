#include "problem.hpp"

#include <latchkey/error.hpp>

namespace latchkey::http {

problem to_problem(boost::system::error_code error) noexcept {
    if (const seconds wait = throttle_wait(error); wait > seconds{0}) {
        problem later = problems::too_many_attempts;
        later.retry_after = static_cast<unsigned>(wait.count());
        return later;
    }
    if (error.category() != latchkey_category())
        return problems::internal_error;
    switch (static_cast<errc>(error.value())) {
        case errc::no_session:
            return problems::no_session;
        case errc::invalid_credentials:
            return problems::invalid_credentials;
        case errc::ambiguous_credentials:
            return problems::ambiguous_credentials;
        case errc::forbidden:
            return problems::forbidden;
        case errc::invalid_email:
        case errc::invalid_request:
            return problems::invalid_request;
        case errc::password_too_long:
            return problems::password_too_long;
        case errc::password_too_short:
        case errc::password_common:
        case errc::password_personal:
            return problems::weak_password;
        case errc::not_found:
            return problems::not_found;
        case errc::already_exists:
            return {409, "already_exists", "There is one already"};
        case errc::overloaded:
            return problems::overloaded;
        case errc::session_limit:
            return problems::session_limit;
        case errc::store_unavailable:
            return problems::store_unavailable;
        case errc::unsupported_hash:
            return problems::internal_error;
        case errc::token_too_large:
            return problems::token_too_large;
    }
    return problems::internal_error;
}

std::string_view status_text(unsigned status) noexcept {
    switch (status) {
        case 200:
            return "200 OK";
        case 201:
            return "201 Created";
        case 202:
            return "202 Accepted";
        case 204:
            return "204 No Content";
        case 302:
            return "302 Found";
        case 303:
            return "303 See Other";
        case 304:
            return "304 Not Modified";
        case 400:
            return "400 Bad Request";
        case 401:
            return "401 Unauthorized";
        case 403:
            return "403 Forbidden";
        case 404:
            return "404 Not Found";
        case 405:
            return "405 Method Not Allowed";
        case 408:
            return "408 Request Timeout";
        case 409:
            return "409 Conflict";
        case 411:
            return "411 Length Required";
        case 413:
            return "413 Content Too Large";
        case 414:
            return "414 URI Too Long";
        case 415:
            return "415 Unsupported Media Type";
        case 417:
            return "417 Expectation Failed";
        case 422:
            return "422 Unprocessable Content";
        case 429:
            return "429 Too Many Requests";
        case 431:
            return "431 Request Header Fields Too Large";
        case 501:
            return "501 Not Implemented";
        case 503:
            return "503 Service Unavailable";
        case 505:
            return "505 HTTP Version Not Supported";
        default:
            return "500 Internal Server Error";
    }
}

}  // namespace latchkey::http
