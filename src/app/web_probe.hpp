// Asks a URL as a browser would that has never been here: no cookie, no cache, redirects shown and not followed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace latchkey {

struct probe_answer {
    std::string error;  // why there was no answer; empty when there was one
    bool is_certificate_error = false;
    unsigned status = 0;
    std::string redirect;              // where to, absolute; empty when it is no redirect
    std::string content_type;          // as sent
    std::optional<std::int64_t> date;  // what the other side takes for now, seconds since 1970
    std::string body;                  // its first 64 KiB
};

struct probe_options {
    std::string ca_file;     // PEM; empty: what the system trusts
    std::string connect_to;  // "host:port" to connect to, whatever the URL's host is; empty: the URL's
};

class web_probe {
public:
    virtual ~web_probe() = default;
    // `socket`: path of a Unix socket to ask through; empty: TCP.
    virtual probe_answer get(const std::string& url, const std::string& socket = {}) = 0;
};

// Over libcurl. Throws std::runtime_error when that cannot be set up.
std::unique_ptr<web_probe> make_web_probe(const probe_options& options);

}  // namespace latchkey
