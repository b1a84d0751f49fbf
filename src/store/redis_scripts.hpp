// What Redis does with sessions, as scripts: each reads and writes as one step, so that nothing is lost between two
// servers and what has ended is never revived (requirements V2, V4). docs/decisions/0018 tells what lies where.
//
// Every script is given the prefix, the time, and for ordinary and remembered sessions the second that last_seen must
// be later than. Those that change something are also given for how long news are kept, and whether ends are
// revocations. Their answers begin with a word ("ok", "none", …), the number of the last change that was told to all
// servers, how many sessions there are, and the place of that count among all counts (0: not counted). Those of the
// others begin with the number of the last change.
#pragma once

#include "redis_script.hpp"

namespace latchkey {

struct redis_scripts {
    redis_scripts();  // throws std::bad_alloc

    // Changing.
    redis_script insert;       // user, id, key, record, cap, total, version, profile
    redis_script rotate;       // key, fresh key, "1" for a password
    redis_script erase;        // key
    redis_script erase_named;  // user, id
    redis_script erase_user;   // user, id to spare or ""
    redis_script refresh;      // user, version, profile
    redis_script touch;        // user, id, second, and so on
    redis_script sweep;        // how many to look at
    redis_script limits;       // idle time-outs of ordinary and of remembered sessions

    // Looking.
    redis_script last;          // nothing
    redis_script find;          // key
    redis_script find_named;    // user, id
    redis_script find_rotated;  // key
    redis_script list;          // user
    redis_script page;          // user and id to begin behind or "", how many
    redis_script search;        // user and id to begin behind or "", id
};

}  // namespace latchkey
