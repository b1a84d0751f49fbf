#include "script_asker.hpp"

#include <utility>

namespace latchkey {

task<result<redis_reply>> script_asker::ask(const redis_script& script, std::vector<std::string> arguments,
                                            std::size_t least) {
    auto reply = co_await client_.run(script, std::move(arguments));
    if (!reply)
        co_return reply;
    if (reply->is_error()) {
        if (may_tell())
            log_.write(log_level::error, "redis_refused", {{"error", reply->text}});
        co_return errc::store_unavailable;
    }
    if (!reply->is_list(least)) {
        malformed();
        co_return errc::store_unavailable;
    }
    co_return reply;
}

void script_asker::malformed() const noexcept {
    if (may_tell())
        log_.write(log_level::error, "redis_malformed",
                   {{"prefix", prefix_}, {"meaning", "what stands there was not written by this program"}});
}

bool script_asker::may_tell() const noexcept {
    const std::int64_t second = clock_.now().time_since_epoch().count();
    return told_.exchange(second, std::memory_order_relaxed) != second;
}

}  // namespace latchkey
