// The stores tell their troubles to a log; for a command that is the person at the command line.
#pragma once

#include "console.hpp"

#include <latchkey/log.hpp>

namespace latchkey {

// Warnings and errors only, one line each on `io.err`.
class console_logger final : public logger {
public:
    explicit console_logger(const console& io) noexcept : io_(io) {}
    void write(log_level level, std::string_view event, std::initializer_list<log_field> fields) noexcept override;
    std::uint64_t dropped() const noexcept override { return 0; }

private:
    const console& io_;
};

}  // namespace latchkey
