// TLS for clients that cannot: a port of 127.0.0.1 whose bytes go to another one within TLS, by way of HAProxy, and a
// certificate for it that is its own authority.
#pragma once

#include "proxy_process.hpp"

namespace latchkey::test {

struct test_certificate {
    std::string certificate, key;  // files
};

// Both programs that it takes.
bool have_tls_tunnel();

// For 127.0.0.1 and app.example.com, in `directory`. Throws std::runtime_error.
test_certificate make_certificate(const temp_dir& directory);

class tls_tunnel final : public proxy_process {
public:
    // From `front` to `to`, whose certificate must be `trusted`. `protocol`: as ALPN names it; empty: nothing is said.
    tls_tunnel(std::uint16_t front, std::uint16_t to, const std::string& trusted, const std::string& protocol = {});
};

}  // namespace latchkey::test
