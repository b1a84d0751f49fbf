// A connection to Redis with a thread of its own: commands of all io threads share it, pipelined.
//
// It connects by itself, again and again, with a back-off and jitter; where there are sentinels it asks them each time
// which Redis is the master, and every second whether it still is. A command waits while the connection is being made
// for the first time or anew, but no longer than the time-out; it is refused at once while Redis is known to be away,
// and when too many are under way. One that was sent and not answered within the time-out ends the connection, as its
// answer could not be told from a later one's: whoever waits then is told errc::store_unavailable, and does not know
// whether it was done.
//
// The connection also ends when the server says that it is a replica by now or is loading (READONLY, LOADING …). One
// that was the master until a moment ago may still answer what only reads.
#pragma once

#include "redis_reply.hpp"
#include "redis_script.hpp"
#include "redis_url.hpp"

#include <latchkey/async.hpp>
#include <latchkey/clock.hpp>
#include <latchkey/log.hpp>
#include <latchkey/secret.hpp>
#include <latchkey/stats.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace latchkey {

struct redis_client_options {
    redis_url url;
    // Where there are any, they say which host and port; of the url the rest counts. They are spoken to in the same way
    // (TLS or not), and with the same user and password if they want one.
    std::vector<redis_url> sentinels;
    std::string sentinel_master;             // what they call it
    std::shared_ptr<const secret> password;  // null: none
    std::string ca_file;
    std::string name;  // what CLIENT LIST shows and the thread is called, at most 15 characters
    milliseconds timeout{1'000};
    std::size_t most_under_way = 100'000;  // commands that wait or were sent; more are refused
};

class redis_client {
public:
    // Starts its thread and begins to connect. `log` must outlive *this. Throws std::runtime_error for an unusable
    // ca_file and std::system_error without a thread.
    redis_client(redis_client_options options, logger& log);
    // stop().
    ~redis_client();
    redis_client(const redis_client&) = delete;
    redis_client& operator=(const redis_client&) = delete;

    // From any io thread, and back on it. Redis' own errors are answers too. errc::store_unavailable: see above.
    // `within`: for a command that is meant to wait in Redis, beyond the time-out. Redis answers in order, so whatever
    // is asked meanwhile waits for it: such a command belongs on a connection of its own.
    task<result<redis_reply>> ask(std::string command, milliseconds within = milliseconds{0});
    // Likewise, and in full when Redis does not know the script yet: each of the two has the time-out.
    task<result<redis_reply>> run(const redis_script& script, std::vector<std::string> arguments);

    // Redis' own name for its run: another after each restart and on each replica. Empty before the first connection.
    std::string server_run() const;
    redis_client_stats stats() const noexcept;
    boost::asio::io_context& context() noexcept;  // its thread's

    // Refuses whoever waits, ends the thread. Idempotent. To be called before an io_context of a caller goes, also of
    // one that has all its answers: the thread may still be on its way out of it. May have to wait for the machine's
    // resolver, if a name is being looked up.
    void stop() noexcept;

private:
    class connection;
    std::unique_ptr<connection> connection_;
};

}  // namespace latchkey
