#include "redis_greeting.hpp"

#include "redis_info.hpp"

#include <charconv>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace latchkey {
namespace {

constexpr int least_version = 7;  // whose scripts say what they do: refused whole, never half done, when memory is full

std::string fault_of(const redis_link& link, const result<redis_reply>& reply, std::string_view what) {
    if (!reply)
        return link.why().empty() ? "no answer" : link.why();
    return reply->is_error() ? std::string(what) + ": " + reply->text : std::string();
}

// Why nobody can work with it, by its INFO.
std::string unfit(std::string_view info, std::string& version) {
    if (info_line(info, "redis_mode") == "sentinel")
        return "is a sentinel and no Redis: it belongs in redis.sentinels";
    const std::string_view valkey = info_line(info, "valkey_version");
    version = valkey.empty() ? std::string(info_line(info, "redis_version")) : "Valkey " + std::string(valkey);
    int major = 0;
    std::from_chars(version.data(), version.data() + version.size(), major);
    if (valkey.empty() && major < least_version)  // all of Valkey is new enough
        return "is Redis " + version + ": 7 or newer is needed";
    if (info_line(info, "cluster_enabled") == "1")
        return "is a node of Redis Cluster, where no step may touch all keys: take one Redis, with Sentinel";
    if (info_line(info, "role") == "slave")
        return "is a replica, which takes no changes";
    if (info_line(info, "loading") == "1")
        return "is still loading its data";
    return {};
}

}  // namespace

task<std::string> sign_in(redis_link& link, const std::string& user, const secret& password,
                          redis_link::time_point until) {
    std::vector<std::string_view> words{"AUTH"};
    if (!user.empty())
        words.push_back(user);
    words.push_back(password.reveal());
    std::string command = redis_command(words);
    const auto known = co_await link.ask(std::move(command), until, true);
    co_return fault_of(link, known, "refused the password");
}

task<redis_greeting> greet(redis_link& link, redis_introduction own, redis_link::time_point until) {
    redis_greeting out;
    if (own.password) {
        out.fault = co_await sign_in(link, own.user, *own.password, until);
        if (!out.fault.empty())
            co_return out;
    }
    std::string naming = redis_command({"CLIENT", "SETNAME", own.name});
    const auto named = co_await link.ask(std::move(naming), until);
    if (named && named->is_error("NOAUTH")) {
        out.fault = "wants a password: " + named->text;
        co_return out;
    }
    const bool unnamed = named && named->is_error("NOPERM");  // which costs people who look at it, and nobody else
    out.fault = unnamed ? std::string() : fault_of(link, named, "refused the first command");
    if (!out.fault.empty())
        co_return out;
    if (own.database != 0) {
        const std::string number = std::to_string(own.database);
        std::string choosing = redis_command({"SELECT", number});
        const auto chosen = co_await link.ask(std::move(choosing), until);
        out.fault = fault_of(link, chosen, "refused the database " + number);
        if (!out.fault.empty())
            co_return out;
    }
    std::string asking = redis_command({"INFO"});
    const auto server = co_await link.ask(std::move(asking), until);
    out.fault = fault_of(link, server, "does not tell what it is (INFO)");
    if (!out.fault.empty())
        co_return out;
    out.fault = unfit(server->text, out.version);
    out.run = info_line(server->text, "run_id");
    co_return out;
}

}  // namespace latchkey
