// Structured logging: one event, one line, never a blocked caller.
//
// write() hands the event to a bounded queue and returns; when the sink is slow, full or closed the oldest lines are
// dropped and counted (requirement A4). Values are escaped by the sink: CR, LF, terminal escapes and invalid UTF-8 from
// a client end up as one harmless line (requirement A2). Never hand over a password, token or cookie (A1).
// Not used on the check path. All members may be called from every thread and do not throw.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

namespace latchkey {

enum class log_level {
    debug,
    info,
    warn,
    error,
    audit,  // written whatever the configured level, and shown as info; for audit_sink only
};

struct log_field {
    std::string_view name;  // snake_case
    std::variant<std::string_view, std::int64_t, bool> value;
};

// "debug", "info", "warn" or "error", as the configuration says it; log_level::info for anything else.
log_level parse_log_level(std::string_view name) noexcept;

class logger {
public:
    virtual ~logger() = default;
    // `event` is a short stable snake_case name ("listening", "store_failed"); the rest goes into fields.
    virtual void write(log_level level, std::string_view event, std::initializer_list<log_field> fields) noexcept = 0;
    // The least serious level that is written from now on. A logger that writes everything has no use for it.
    virtual void set_level(log_level) noexcept {}
    // Opens the file anew, soon: whoever renamed it gets no further lines (rotation). Not for standard output.
    virtual void reopen() noexcept {}
    // Lines lost since start.
    virtual std::uint64_t dropped() const noexcept = 0;
};

}  // namespace latchkey
