// A throttle over a real Redis, as a server has one.
#pragma once

#include "await.hpp"
#include "make_redis_throttle.hpp"
#include "recording_logger.hpp"
#include "redis_client.hpp"
#include "redis_process.hpp"

#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace latchkey::testing {

// One for all tests of a process.
inline test::redis_process& redis_of_throttles() {
    static test::redis_process redis;
    return redis;
}

// A prefix that nobody has used yet.
inline std::string fresh_prefix() {
    static unsigned count = 0;
    return "throttle" + std::to_string(++count) + ':';
}

class throttling_server {
public:
    throttling_server(const test::redis_process& redis, const throttle_options& options, const secret& key,
                      const clock& time, std::string prefix = fresh_prefix(),
                      milliseconds timeout = milliseconds{10'000})
        : prefix_(std::move(prefix)),
          client_(access(redis, timeout), log_),
          subject_(make_redis_throttle(client_, prefix_, options, key, time, log_)) {}
    ~throttling_server() { client_.stop(); }

    throttle& throttled() noexcept { return *subject_; }
    redis_client& client() noexcept { return client_; }
    const std::string& prefix() const noexcept { return prefix_; }
    std::string log() const { return log_.text(); }

    redis_reply tell(const std::vector<std::string_view>& words) {
        auto reply = run_.await(client_.ask(redis_command(words)));
        if (!reply || reply->is_error())
            throw std::runtime_error("Redis does not obey: " + (reply ? reply->text : ""));
        return *std::move(reply);
    }
    // Until Redis has answered what was begun on the client's own thread: twice, for it may not know the script yet.
    void settle() {
        for (int i = 0; i < 3; ++i) {
            std::promise<void> done;
            boost::asio::co_spawn(client_.context(), client_.ask(redis_command({"PING"})),
                                  [&done](std::exception_ptr, const result<redis_reply>&) { done.set_value(); });
            done.get_future().wait();
        }
    }

private:
    static redis_client_options access(const test::redis_process& redis, milliseconds timeout) {
        redis_client_options out;
        out.url = parse_redis_url(redis.url()).url;
        out.name = "throttle";
        out.timeout = timeout;
        return out;
    }

    const std::string prefix_;
    recording_logger log_;
    redis_client client_;
    std::unique_ptr<throttle> subject_;
    runner run_;
};

}  // namespace latchkey::testing
