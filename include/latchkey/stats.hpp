// What the parts of the server have counted since they began: plain snapshots, for whoever shows them.
//
// Each part has a stats() that may be called from any thread at any time; the numbers of one snapshot were read one
// after the other. Labels are names of the program's own: never anything that a client sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace latchkey {

// How often something fell into which class.
struct distribution {
    std::vector<double> bounds;         // of the classes: ascending, inclusive
    std::vector<std::uint64_t> counts;  // of each class alone, and last what lies above all bounds
    double sum = 0;                     // of all values
};

struct journal_stats {
    distribution commit_seconds;      // of the transactions that logins, rotations and logouts wait for
    distribution changes_per_commit;  // how many of these shared one
    std::uint64_t failed_commits = 0;
    std::uint64_t failed_upkeep = 0;  // what nobody waits for
};

struct session_stats {
    std::size_t live = 0;   // and not yet swept
    std::size_t limit = 0;  // session.max_total
    std::uint64_t created = 0;
    std::uint64_t rotated = 0;
    // Ended, by why.
    std::uint64_t signed_out = 0;  // by its own cookie: a logout, or another login in the same browser
    std::uint64_t revoked = 0;     // from elsewhere: another session of the user's, an administrator, a new password
    std::uint64_t over_cap = 0;    // the user's oldest, for session.max_per_user
    std::uint64_t expired = 0;     // found to be over; counted when it is cleared away
    std::optional<journal_stats> journal;
};

// A bounded queue with threads behind it.
struct queue_stats {
    std::size_t waiting = 0;
    std::size_t running = 0;
    std::size_t room = 0;  // how many may wait
    std::size_t threads = 0;
    std::uint64_t done = 0;
    std::uint64_t refused_full = 0;
    std::uint64_t refused_displaced = 0;  // for somebody with less in the queue
    std::uint64_t refused_too_late = 0;
    distribution wait_seconds;
    distribution run_seconds;
};

struct http_stats {
    struct check {
        std::string_view adapter, outcome;
        std::uint64_t count = 0;
    };
    struct response {
        std::string_view route, status;  // "2xx"
        std::uint64_t count = 0;
    };
    struct refusal {
        std::string_view code;
        std::uint64_t count = 0;
    };
    struct duration {
        std::string_view route;
        distribution seconds;
    };
    struct turned_away {
        std::string_view reason;
        std::uint64_t count = 0;
    };
    struct site {
        std::string_view name;
        std::size_t open = 0;  // connections
        std::size_t limit = 0;
        std::uint64_t accepted = 0;
        std::vector<turned_away> refused;
    };
    std::vector<check> checks;
    std::vector<response> responses;
    std::vector<refusal> refusals;
    std::vector<duration> durations;
    distribution check_seconds;  // of one check in so many
    std::vector<site> sites;
};

// Of one connection to Redis.
struct redis_client_stats {
    std::uint64_t commands = 0;     // sent, but for those that introduce a connection
    std::uint64_t failures = 0;     // not answered, refused at once ones included; Redis' own errors are answers
    std::uint64_t connections = 0;  // made, and found to be in order
    bool up = false;
};

// Of sessions in Redis.
struct redis_stats {
    redis_client_stats commands;  // the connection of all commands
    redis_client_stats follower;  // the connection that follows the stream of changes
    // Checks, by who answered them.
    std::uint64_t cache_hits = 0;        // the table
    std::uint64_t cache_misses = 0;      // Redis: the table did not know the session
    std::uint64_t cache_stale = 0;       // Redis: the table's news was old
    std::uint64_t cache_dropped = 0;     // how often the whole table was emptied
    std::uint64_t served_in_outage = 0;  // checks answered from the table while Redis was away
    std::uint64_t news = 0;              // entries of the stream that were followed
    std::uint64_t reads_refused = 0;     // too many under way
    double news_age_seconds = 0;         // since the question was sent that Redis answered last
};

// Of the token authority, since the start.
struct token_stats {
    std::uint64_t issued = 0;     // access tokens, to whomever
    std::uint64_t refreshed = 0;  // refresh tokens that were used
    std::uint64_t repeated = 0;   // that were used again within the grace
    std::uint64_t replayed = 0;   // that were used again after it: each ended a session
    std::uint64_t verified = 0;   // signatures that were checked, and held
    std::uint64_t refused = 0;    // access tokens that were none of ours in force
};

}  // namespace latchkey
