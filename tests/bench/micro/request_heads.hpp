// What proxies ask with: as little as nginx may send for a program's request, and what it hands on of a browser's.
#pragma once

#include <string>
#include <string_view>

namespace latchkey::micro {

inline std::string minimal_head(std::string_view token) {
    return "GET /api/authz/auth-request HTTP/1.1\r\nHost: auth.example.com\r\n"
           "X-Original-URL: http://app.example.com/\r\nX-Original-Method: GET\r\n"
           "Cookie: __Host-session=" +
           std::string(token) + "\r\n\r\n";
}

// Beside other cookies that a site sets.
inline std::string browser_cookies(std::string_view token) {
    return "_ga=GA1.1.1803251437.1767225600; theme=dark; csrftoken=5Xk0tqv1Wc2Bf7hYpJr9LmZs3NdEa6Gu; "
           "consent=%7B%22analytics%22%3Afalse%2C%22version%22%3A3%7D; __Host-session=" +
           std::string(token) + "; lang=en-GB; _ga_6T0XK2=GS1.1.1767225600.4.1.1767226012.0.0.0";
}

inline std::string browser_head(std::string_view token) {
    return "GET /api/authz/auth-request HTTP/1.1\r\nHost: auth.example.com\r\n"
           "X-Original-URL: https://wiki.example.com/pages/handbook/first-day?revision=17&view=full\r\n"
           "X-Original-Method: GET\r\nX-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n"
           "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 "
           "Safari/537.36\r\n"
           "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
           "Accept-Language: en-GB,en;q=0.9,de;q=0.6\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
           "Referer: https://wiki.example.com/pages/handbook\r\n"
           "Sec-CH-UA: \"Chromium\";v=\"131\", \"Not_A Brand\";v=\"24\"\r\nSec-CH-UA-Mobile: ?0\r\n"
           "Sec-CH-UA-Platform: \"Linux\"\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\n"
           "Sec-Fetch-Site: same-origin\r\nSec-Fetch-User: ?1\r\nUpgrade-Insecure-Requests: 1\r\n"
           "Cookie: " +
           browser_cookies(token) + "\r\n\r\n";
}

}  // namespace latchkey::micro
