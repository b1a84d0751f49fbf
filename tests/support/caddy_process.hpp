// Caddy with config/caddy/Caddyfile and a certificate made on the spot. Tests speak plain HTTP to a tunnel that speaks
// TLS to Caddy and checks the certificate.
#pragma once

#include "proxy_process.hpp"

namespace latchkey::test {

const proxy_kind& caddy_kind();

}  // namespace latchkey::test
