// Reloads the configuration of the running server (requirement D7).
//
// All of it happens on the control thread, whoever asks: one reload at a time, and nobody waits for a file on an io
// thread.
#pragma once

#include "load_config.hpp"

#include <latchkey/log.hpp>
#include <latchkey/reload.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace latchkey {

// What a reload found in files that the configuration names, and whose content counts.
struct reread_files {
    std::vector<std::string> faults;     // sentences, as those of a configuration: nothing is changed then
    std::vector<std::string> changed;    // the keys of the configuration whose files hold something else now
    std::function<void()> put_in_force;  // takes that over; empty: nothing to do
};

struct live_reload_parts {
    executor control;
    environment variables;  // as the server was started with
    logger& log;
    // Puts the live keys of a checked configuration in force. On the control thread.
    std::function<void(const config&)> apply;
    // Reads those files again, whether or not the configuration has changed, and changes nothing. On the control
    // thread. Empty: there are none.
    std::function<reread_files()> read_files{};
};

// `started_with` is the configuration in force; its file is the one that is read again. The result must not be asked
// any more when the control thread has ended.
std::unique_ptr<reloader> make_live_reloader(loaded_config started_with, live_reload_parts parts);

}  // namespace latchkey
