// The logger of include/latchkey/log.hpp over spdlog's asynchronous one: a bounded queue, one thread that writes.
//
// The caller renders the line and hands it over; log_line.hpp says how it looks, line_writer.hpp where it goes. A full
// queue loses its oldest line. Once the sink works again, a line "log_lines_lost" tells how many are missing.
#pragma once

#include <latchkey/config.hpp>
#include <latchkey/log.hpp>

#include <memory>

namespace latchkey {

// Opens the sink and starts the thread. Throws std::system_error when the file cannot be opened. The destructor gives
// what is queued one second to get out, and never waits longer for a sink that is stuck.
std::unique_ptr<logger> make_logger(const log_options& options);

// The same for audit events alone, in options.file, which is not empty: always JSON, whatever format the log has.
// `log`, which must outlive it, is told of events that are lost and of a file that cannot be opened anew.
std::unique_ptr<logger> make_audit_logger(const audit_options& options, logger& log);

}  // namespace latchkey
