// Runs scripts, and takes whatever goes wrong for errc::store_unavailable, after one line in the log for each second of
// it.
//
// All members may be called from every thread.
#pragma once

#include "redis_client.hpp"

#include <latchkey/clock.hpp>
#include <latchkey/log.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace latchkey {

class script_asker {
public:
    // All but `prefix`, that of the keys, outlive *this.
    script_asker(redis_client& client, const clock& now, logger& log, std::string prefix)
        : client_(client), clock_(now), log_(log), prefix_(std::move(prefix)) {}

    // A list of at least so many items. Throws std::bad_alloc.
    task<result<redis_reply>> ask(const redis_script& script, std::vector<std::string> arguments, std::size_t least);
    // What stands there was not written by this program.
    void malformed() const noexcept;

    boost::asio::io_context& context() noexcept { return client_.context(); }

private:
    bool may_tell() const noexcept;

    redis_client& client_;
    const clock& clock_;
    logger& log_;
    const std::string prefix_;
    mutable std::atomic<std::int64_t> told_{0};  // the second of the last line in the log
};

}  // namespace latchkey
