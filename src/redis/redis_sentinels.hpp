// Asks Redis Sentinel where the master is: one sentinel after the other, beginning with the one that was right the last
// time. For the thread of its io_context alone.
#pragma once

#include "redis_link.hpp"

#include <latchkey/secret.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace latchkey {

struct redis_sentinel_options {
    // Where they are, and how they are spoken to; `user` and `database` do not count.
    std::vector<redis_url> at;
    std::string master;  // what they call it
    // For those that want one.
    std::string user;
    std::shared_ptr<const secret> password;
    std::string ca_file;
};

class redis_sentinels {
public:
    redis_sentinels(boost::asio::io_context& io, redis_sentinel_options options);

    struct answer {
        std::string fault;  // empty: they know
        std::string host, port;
    };
    // Each gets its share of `within`, so that one that does not answer leaves time for the others.
    task<answer> find_master(milliseconds within);
    // What the last one told is no master: it may be cut off from the others. The next question goes to another.
    void doubt() noexcept;
    // Ends a question under way, also one whose asker is gone.
    void give_up() noexcept;
    // Likewise, and none is asked any more.
    void stop() noexcept;

private:
    task<answer> ask(const redis_url& sentinel, redis_link::time_point until);
    task<result<redis_reply>> put(redis_link& link, redis_link::time_point until);

    boost::asio::io_context& io_;
    const redis_sentinel_options options_;
    std::size_t first_ = 0;
    bool stopped_ = false;
    std::shared_ptr<redis_link> link_;  // under way
};

}  // namespace latchkey
