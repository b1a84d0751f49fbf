#include "redis_rules.hpp"

#include "host_name.hpp"
#include "redis_url.hpp"

#include <algorithm>

namespace latchkey {
namespace {

constexpr std::size_t longest_name = 64;

redis_url url_of(const config& c) {
    return parse_redis_url(c.redis.url).url;
}

bool is_elsewhere(std::string_view host) {
    return !is_loopback(host);
}

}  // namespace

std::string redis_url_fault(std::string_view value) {
    return value.empty() ? "" : std::string(parse_redis_url(value).fault);
}

std::string sentinel_fault(std::string_view value) {
    const auto where = parse_host_and_port(value);
    return where && where->port.value_or(0) != 0 ? ""
                                                 : "is not a sentinel: write its host and port, \"10.0.0.7:26379\"";
}

std::string redis_name_fault(std::string_view value) {
    if (value.empty())
        return "is empty";
    if (value.size() > longest_name)
        return "is longer than 64 characters";
    const auto odd = [](char c) { return c <= ' ' || c > '~'; };
    return std::any_of(value.begin(), value.end(), odd) ? "has a character that is no visible ASCII" : "";
}

std::string redis_missing_fault(const config& c) {
    return c.session.store == "redis" && c.redis.url.empty()
               ? "with sessions in Redis, redis.url says where that is: \"redis://127.0.0.1:6379\""
               : "";
}

std::string redis_user_fault(const config& c) {
    return !url_of(c).user.empty() && c.redis.password_file.empty()
               ? "redis.url names a user, whose password redis.password_file has to tell"
               : "";
}

std::string redis_sentinels_fault(const config& c) {
    return !c.redis.sentinels.empty() && url_of(c).by == redis_url::way::unix_socket
               ? "sentinels tell hosts and ports: redis.url must begin with \"redis://\" or \"rediss://\""
               : "";
}

// Whoever names one believes that there is TLS.
std::string redis_ca_fault(const config& c) {
    return !c.redis.ca_file.empty() && !c.redis.url.empty() && url_of(c).by != redis_url::way::tls
               ? "redis.ca_file is for TLS, and redis.url does not begin with \"rediss://\""
               : "";
}

std::string redis_unused_warning(const config& c) {
    return !c.redis.url.empty() && c.session.store != "redis"
               ? "is not used: session.store is \"" + c.session.store + "\", not \"redis\""
               : "";
}

std::string redis_plain_warning(const config& c) {
    const auto url = url_of(c);
    if (c.session.store != "redis" || c.redis.url.empty() || url.by != redis_url::way::tcp)
        return {};
    bool elsewhere = is_elsewhere(url.host);
    if (!c.redis.sentinels.empty()) {
        const auto away = [](const std::string& entry) {
            const auto where = parse_host_and_port(entry);
            return where && is_elsewhere(where->host);
        };
        elsewhere = std::any_of(c.redis.sentinels.begin(), c.redis.sentinels.end(), away);
    }
    return elsewhere
               ? "passwords and sessions travel to another machine unencrypted: \"rediss://\" is safer, unless the "
                 "network between is your own"
               : "";
}

std::string redis_alone_warning(const config& c) {
    return c.session.store == "redis" && c.database.url.starts_with("sqlite:")
               ? "sessions are in Redis, but users in a file: all servers have to run on the machine where it is"
               : "";
}

}  // namespace latchkey
