// nginx with config/nginx/latchkey.conf.
#pragma once

#include "proxy_process.hpp"

namespace latchkey::test {

const proxy_kind& nginx_kind();

}  // namespace latchkey::test
