// What Redis does for the throttle, as scripts: each decides and counts as one step, for all servers that share it
// (requirement L5). docs/decisions/0020 tells what lies where.
//
// Every script is given the prefix, the time, and failures and window of each kind's budget, in the order of
// throttle_kind; then what is told below.
#pragma once

#include "redis_script.hpp"

namespace latchkey {

struct throttle_scripts {
    throttle_scripts();  // throws std::bad_alloc

    // Most entries of a kind, client (16 bytes), account to show or "", and for each key: kind, key, "1" if it decides.
    // "closed" and for each key how many seconds it is closed, or "ok", how many entries gave way, how many there are,
    // and for each key failures and last failure before this one. Refused while Redis is full: nobody guesses
    // uncounted.
    redis_script admit;
    // "1" for a success, and for each key: kind, key, failures and last failure before, when it was counted. "ok".
    redis_script settle;
    // Kind, where to go on or "0", how many. Where to go on, "0" at the end; then keys and records.
    redis_script page;
    // For each key: kind, key. "ok" and for each key 1 if it was there.
    redis_script forget;
};

}  // namespace latchkey
