// HAProxy with config/haproxy/haproxy.cfg and latchkey.lua; and as what it also is: a client that speaks TLS.
#pragma once

#include "proxy_process.hpp"

namespace latchkey::test {

const proxy_kind& haproxy_kind();
// The same with something else in its script.
std::unique_ptr<proxy_process> start_haproxy_with(const proxy_ports& ports, const substitutions& script_changes);
// The same with the sections of config/haproxy/several-servers.cfg: two Latchkeys behind it. `ports.latchkey` is not
// used.
std::unique_ptr<proxy_process> start_haproxy_before(const proxy_ports& ports, std::uint16_t first,
                                                    std::uint16_t second);

// "" when there is none.
std::string haproxy_program();

}  // namespace latchkey::test
