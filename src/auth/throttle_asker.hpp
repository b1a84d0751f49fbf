// Runs the throttle's scripts, and says so in the log when Redis refuses one.
#pragma once

#include "redis_client.hpp"
#include "throttle_scripts.hpp"
#include "throttle_selection.hpp"

#include <latchkey/clock.hpp>
#include <latchkey/log.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

// An entry as Redis keeps it. Its label points into `record`. Nothing when those are no bytes of ours.
std::optional<kept_throttle> read_throttle(std::string_view key, std::string_view record) noexcept;

inline std::string_view text_of(const throttle_key& key) noexcept {
    return {reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()};
}

class throttle_asker {
public:
    // All outlive *this.
    throttle_asker(redis_client& client, const clock& now, logger& log) : client_(client), clock_(now), log_(log) {}

    // A list of at least so many items. errc::store_unavailable. Throws std::bad_alloc.
    task<result<redis_reply>> ask(const redis_script& script, std::vector<std::string> arguments, std::size_t least);
    // What stands there was not written by this program.
    void malformed() const noexcept;

    boost::asio::io_context& context() noexcept { return client_.context(); }

private:
    bool may_tell() const noexcept;

    redis_client& client_;
    const clock& clock_;
    logger& log_;
    mutable std::atomic<std::int64_t> told_{0};  // the second of the last line in the log

public:
    const throttle_scripts known;
};

}  // namespace latchkey
