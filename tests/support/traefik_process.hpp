// Traefik with config/traefik/static.yaml and dynamic.yaml. Not in Debian: scripts/setup --test installs it.
#pragma once

#include "proxy_process.hpp"

namespace latchkey::test {

const proxy_kind& traefik_kind();

}  // namespace latchkey::test
