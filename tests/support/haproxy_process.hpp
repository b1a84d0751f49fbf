// HAProxy with config/haproxy/haproxy.cfg and latchkey.lua; and as what it also is: a client that speaks TLS.
#pragma once

#include "proxy_process.hpp"

namespace latchkey::test {

const proxy_kind& haproxy_kind();

// "" when there is none.
std::string haproxy_program();

}  // namespace latchkey::test
