// nginx with config/nginx/latchkey.conf.
#pragma once

#include "proxy_process.hpp"

namespace latchkey::test {

const proxy_kind& nginx_kind();

// With further changes to the sample: `mistakes`, as people make them. Throws std::runtime_error.
std::unique_ptr<proxy_process> start_nginx(const proxy_ports& ports, const substitutions& mistakes);

}  // namespace latchkey::test
