// Apache httpd with config/apache/latchkey.conf and latchkey.lua.
#pragma once

#include "proxy_process.hpp"

namespace latchkey::test {

const proxy_kind& apache_kind();
// The same with something else in its script.
std::unique_ptr<proxy_process> start_apache_with(const proxy_ports& ports, const substitutions& script_changes);

}  // namespace latchkey::test
