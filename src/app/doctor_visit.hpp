// What happens when somebody without a session visits a guarded page: through the proxy, as a browser would.
#pragma once

#include "doctor_report.hpp"
#include "web_probe.hpp"
#include "web_url.hpp"

#include <latchkey/config.hpp>

#include <cstdint>

namespace latchkey {

// Is the server itself there? `direct` asks its own listener. `now`: this machine's clock, seconds since 1970.
findings check_server(const config& options, web_probe& direct, std::int64_t now);

// The page, then what it leads to. `anybody_may`: the access rules show this page to everybody.
findings check_visit(const config& options, const http::web_url& page, bool anybody_may, web_probe& probe,
                     std::int64_t now);

}  // namespace latchkey
