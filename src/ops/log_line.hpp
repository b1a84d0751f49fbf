// How a log line looks: a pure function, on the thread that logs.
//
// Whatever the values hold, the outcome is one line of printable ASCII: control bytes, terminal escapes, everything
// beyond ASCII and invalid UTF-8 are written as JSON escapes (requirement A2).
#pragma once

#include <latchkey/log.hpp>

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

namespace latchkey {

enum class log_format {
    json,  // {"time":"2026-01-31T23:59:59.123Z","level":"info","event":"listening","address":"…"}
    text,  // 2026-01-31T23:59:59.123Z info listening address=… reason="with a space"
};

// Longest line, its newline included. Values are cut and marked with "…" to stay within it: to 1 KiB each, and
// further when there are many.
inline constexpr std::size_t max_log_line = 8 * 1024;

// The line with its newline. Of two fields with one name the first counts. Throws std::bad_alloc.
std::string render_log_line(log_format format, std::chrono::system_clock::time_point time, log_level level,
                            std::string_view event, std::initializer_list<log_field> fields);

}  // namespace latchkey
