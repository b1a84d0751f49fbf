#include "doctor_redis.hpp"

#include "compose.hpp"
#include "redis_durability.hpp"
#include "redis_info.hpp"
#include "redis_setup.hpp"
#include "tokens.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace latchkey {
namespace {

// Keeps why the client has no connection.
class last_error final : public logger {
public:
    void write(log_level, std::string_view, std::initializer_list<log_field> fields) noexcept override {
        const std::lock_guard lock(mutex_);
        for (const log_field& field : fields)
            if (const auto* said = std::get_if<std::string_view>(&field.value); said && field.name == "error")
                text_ = *said;
    }
    std::uint64_t dropped() const noexcept override { return 0; }
    std::string text() const {
        const std::lock_guard lock(mutex_);
        return text_.empty() ? "no answer within redis.timeout" : text_;
    }

private:
    mutable std::mutex mutex_;
    std::string text_;
};

struct redis_examination {
    bool answers = false;
    std::string version;
    std::vector<redis_warning> warnings;
};

task<redis_examination> examine(redis_client& client, bool has_sentinels) {
    redis_examination out;
    std::string question = redis_command({"INFO"});
    const auto info = co_await client.ask(std::move(question));
    auto found = co_await check_durability(client, has_sentinels);
    if (!info || !found)
        co_return out;
    out.answers = true;
    out.version = info_line(info->text, "valkey_version");
    out.version =
        out.version.empty() ? "Redis " + std::string(info_line(info->text, "redis_version")) : "Valkey " + out.version;
    out.warnings = *std::move(found);
    co_return out;
}

redis_examination examine_now(redis_client& client, bool has_sentinels) {
    boost::asio::io_context io(1);
    redis_examination out;
    std::exception_ptr failed;
    boost::asio::co_spawn(io, examine(client, has_sentinels), [&](std::exception_ptr e, redis_examination got) {
        failed = std::move(e);
        out = std::move(got);
    });
    io.run();
    client.stop();
    if (failed)
        std::rethrow_exception(failed);
    return out;
}

}  // namespace

findings check_redis(const config& options) {
    if (options.session.store != "redis")
        return {};
    const bool has_sentinels = !options.redis.sentinels.empty();
    const std::string where = has_sentinels ? options.redis.sentinel_master + " (by its sentinels)" : options.redis.url;
    try {
        init_crypto();
        last_error log;
        redis_client client(make_redis_client_options(options.redis, "latchkey-doctor"), log);
        const auto found = examine_now(client, has_sentinels);
        if (!found.answers)
            return {{severity::fault, "redis_unreachable",
                     "No use can be made of Redis at " + where + ": " + log.text() + '.',
                     "Is it running, and what the section [redis] says? Until then logins are told 503."}};
        findings out{{severity::good, "redis_answers", found.version + " at " + where + " can be used.", ""}};
        for (const auto& warning : found.warnings)
            out.push_back({severity::warning, warning.code, "Redis: " + warning.text + '.',
                           "docs/operations.md, section Redis, says how to set it up."});
        return out;
    } catch (const configuration_error& e) {
        return {{severity::warning, "redis_not_examined", std::string(e.what()) + '.',
                 "Run this as the account of the server."}};
    }
}

}  // namespace latchkey
