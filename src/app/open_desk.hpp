// Who does what a command asks for: the running server where there is one, so that it happens at once, and else the
// command itself on the database.
//
// A server that cannot be asked is not worked around: while one holds the database's lock, commands that change
// anything refuse.
#pragma once

#include "account_desk.hpp"
#include "console.hpp"

#include <functional>

namespace latchkey {

enum class desk_access {
    read,    // the database may be read beside a server that cannot be asked
    change,  // not so
};

// Loads the configuration, opens a desk, does `work`, and tells the outcome: exit_done, or the failure's. A server that
// is starting or stopping, and cannot be asked yet or any more, is waited for up to `patience`.
int at_account_desk(const console& io, const std::string& config_file, bool json, desk_access access,
                    const std::function<attempt<void>(account_desk&, const config&)>& work,
                    milliseconds patience = milliseconds{5'000});

}  // namespace latchkey
