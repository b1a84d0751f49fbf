// Has a reload read the keys of access tokens again.
#pragma once

#include "live_reload.hpp"
#include "token_keys.hpp"

#include <latchkey/config.hpp>

#include <functional>
#include <memory>

namespace latchkey {

// For live_reload_parts::read_files. `in_force` are the keys that `options` gave at the start; `use` is called with
// those that a reload finds to be others, and must not fail.
std::function<reread_files()> make_token_key_reader(token_options options, std::shared_ptr<const token_keys> in_force,
                                                    std::function<void(std::shared_ptr<const token_keys>)> use);

}  // namespace latchkey
