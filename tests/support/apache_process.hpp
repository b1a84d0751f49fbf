// Apache httpd with config/apache/latchkey.conf and latchkey.lua.
#pragma once

#include "proxy_process.hpp"

namespace latchkey::test {

const proxy_kind& apache_kind();

}  // namespace latchkey::test
