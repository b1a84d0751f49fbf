// What a configuration alone tells about a guarded URL: scheme, cookie and way back.
#pragma once

#include "doctor_report.hpp"
#include "web_url.hpp"

#include <latchkey/config.hpp>

namespace latchkey {

// `page`: the page that people want to see. Warnings and faults only.
findings check_setup(const config& options, const http::web_url& page);

}  // namespace latchkey
