// Envoy with config/envoy/envoy.yaml. Not in Debian: scripts/setup --test installs it.
#pragma once

#include "proxy_process.hpp"

namespace latchkey::test {

const proxy_kind& envoy_kind();

}  // namespace latchkey::test
