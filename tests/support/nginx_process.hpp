// nginx with config/nginx/latchkey.conf.
#pragma once

#include "proxy_process.hpp"

namespace latchkey::test {

const proxy_kind& nginx_kind();

// With further changes to the sample: `mistakes`, as people make them. Throws std::runtime_error.
std::unique_ptr<proxy_process> start_nginx(const proxy_ports& ports, const substitutions& mistakes);

// In the sample: who is refused gets a page from 127.0.0.1:`port` instead of Latchkey's.
substitutions refused_page_from(std::uint16_t port);

}  // namespace latchkey::test
