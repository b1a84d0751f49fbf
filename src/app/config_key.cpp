#include "config_key.hpp"

#include "database_rules.hpp"
#include "redis_rules.hpp"
#include "rule_table.hpp"
#include "value_rules.hpp"

#include <algorithm>
#include <array>

namespace latchkey {
namespace {

using enum key_type;
using enum key_change;

constexpr std::uint64_t KiB = 1024;
constexpr std::uint64_t MiB = 1024 * KiB;
constexpr std::uint64_t GiB = 1024 * MiB;
constexpr std::uint64_t s = 1'000;
constexpr std::uint64_t min = 60 * s;
constexpr std::uint64_t day = 24 * 60 * min;

constexpr std::span<const std::string_view> any{};
constexpr auto same_sites = std::to_array<std::string_view>({"Lax", "Strict"});
constexpr auto outages = std::to_array<std::string_view>({"refuse", "serve_cached"});
constexpr auto priorities = std::to_array<std::string_view>({"normal", "low", "idle"});
constexpr auto defaults = std::to_array<std::string_view>({"authenticated", "deny"});
constexpr auto algorithms = std::to_array<std::string_view>({"EdDSA", "ES256", "HS256"});
constexpr auto identities = std::to_array<std::string_view>({"id", "email"});
constexpr auto levels = std::to_array<std::string_view>({"debug", "info", "warn", "error"});
constexpr auto formats = std::to_array<std::string_view>({"json", "text"});

template <auto Section, auto Member>
key_member at(config& c) {
    return &((c.*Section).*Member);
}

using server = server_options;
using limits = limit_options;
using cookie = cookie_options;
using session_keys = session_options;
using database = database_options;
using redis = redis_options;
using password = password_options;
using access = access_options;
using tokens = token_options;

// section, name, type, change, member, least, most, choices, check, confidential
constexpr auto keys = std::to_array<config_key>({
    {"server", "listen", list, restart, at<&config::server, &server::listen>, 1, 64, any, listen_fault},
    {"server", "public_url", text, restart, at<&config::server, &server::public_url>, 0, 0, any, origin_fault},
    {"server", "allowed_origins", list, live, at<&config::server, &server::allowed_origins>, 0, 256, any, origin_fault},
    {"server", "trusted_proxies", list, live, at<&config::server, &server::trusted_proxies>, 0, 1024, any,
     network_fault},
    {"server", "admin_listen", text, restart, at<&config::server, &server::admin_listen>, 0, 0, any,
     admin_listen_fault},
    {"server", "admin_token_file", text, restart, at<&config::server, &server::admin_token_file>},
    {"server", "io_threads", count, restart, at<&config::server, &server::io_threads>, 0, 256},
    {"server", "drain_timeout", duration, restart, at<&config::server, &server::drain_timeout>, 100, 10 * min},

    {"limits", "header_bytes", bytes, live, at<&config::limits, &limits::header_bytes>, 1 * KiB, 256 * KiB},
    {"limits", "header_fields", count, live, at<&config::limits, &limits::header_fields>, 8, 1'000},
    {"limits", "target_bytes", bytes, live, at<&config::limits, &limits::target_bytes>, 256, 128 * KiB},
    {"limits", "body_bytes", bytes, live, at<&config::limits, &limits::body_bytes>, 1 * KiB, 1 * MiB},
    {"limits", "header_timeout", duration, live, at<&config::limits, &limits::header_timeout>, 100, 10 * min},
    {"limits", "body_timeout", duration, live, at<&config::limits, &limits::body_timeout>, 100, 10 * min},
    {"limits", "write_timeout", duration, live, at<&config::limits, &limits::write_timeout>, 100, 10 * min},
    {"limits", "keepalive_timeout", duration, live, at<&config::limits, &limits::keepalive_timeout>, 100, 60 * min},
    {"limits", "max_connections", count, live, at<&config::limits, &limits::max_connections>, 1, 1'000'000},
    {"limits", "max_connections_per_client", count, live, at<&config::limits, &limits::max_connections_per_client>, 1,
     1'000'000},

    {"cookie", "name", text, restart, at<&config::cookie, &cookie::name>, 0, 0, any, cookie_name_fault},
    {"cookie", "domain", text, restart, at<&config::cookie, &cookie::domain>, 0, 0, any, cookie_domain_fault},
    {"cookie", "secure", flag, restart, at<&config::cookie, &cookie::secure>},
    {"cookie", "same_site", text, restart, at<&config::cookie, &cookie::same_site>, 0, 0, same_sites},

    {"session", "store", text, restart, at<&config::session, &session_keys::store>, 0, 0, any, store_fault},
    {"session", "idle_timeout", duration, live, at<&config::session, &session_keys::idle_timeout>, 1 * s, 400 * day},
    {"session", "absolute_timeout", duration, live, at<&config::session, &session_keys::absolute_timeout>, 1 * s,
     400 * day},
    {"session", "remembered_idle_timeout", duration, live, at<&config::session, &session_keys::remembered_idle_timeout>,
     1 * s, 400 * day},
    {"session", "remembered_absolute_timeout", duration, live,
     at<&config::session, &session_keys::remembered_absolute_timeout>, 1 * s, 400 * day},
    {"session", "max_per_user", count, live, at<&config::session, &session_keys::max_per_user>, 1, 10'000},
    {"session", "max_total", count, live, at<&config::session, &session_keys::max_total>, 1, 100'000'000},

    {"database", "url", text, restart, at<&config::database, &database::url>, 0, 0, any, database_url_fault, true},
    {"database", "pool_size", count, restart, at<&config::database, &database::pool_size>, 1, 64},
    {"database", "password_file", text, restart, at<&config::database, &database::password_file>},

    {"redis", "url", text, restart, at<&config::redis, &redis::url>, 0, 0, any, redis_url_fault, true},
    {"redis", "sentinels", list, restart, at<&config::redis, &redis::sentinels>, 0, 16, any, sentinel_fault},
    {"redis", "sentinel_master", text, restart, at<&config::redis, &redis::sentinel_master>, 0, 0, any,
     redis_name_fault},
    {"redis", "password_file", text, restart, at<&config::redis, &redis::password_file>},
    {"redis", "ca_file", text, restart, at<&config::redis, &redis::ca_file>},
    {"redis", "prefix", text, restart, at<&config::redis, &redis::prefix>, 0, 0, any, redis_name_fault},
    {"redis", "timeout", duration, restart, at<&config::redis, &redis::timeout>, 10, 30 * s},
    {"redis", "max_staleness", duration, restart, at<&config::redis, &redis::max_staleness>, 10, 10 * s},
    {"redis", "on_outage", text, restart, at<&config::redis, &redis::on_outage>, 0, 0, outages},
    {"redis", "outage_limit", duration, restart, at<&config::redis, &redis::outage_limit>, 1 * s, 7 * day},

    {"password", "memory", bytes, restart, at<&config::password, &password::memory>, 8 * KiB, 1 * GiB},
    {"password", "iterations", count, restart, at<&config::password, &password::iterations>, 1, 64},
    {"password", "workers", count, restart, at<&config::password, &password::workers>, 0, 256},
    {"password", "queue", count, restart, at<&config::password, &password::queue>, 1, 100'000},
    {"password", "max_wait", duration, restart, at<&config::password, &password::max_wait>, 100, 10 * min},
    {"password", "min_length", count, restart, at<&config::password, &password::min_length>, 8, 64},
    {"password", "priority", text, restart, at<&config::password, &password::priority>, 0, 0, priorities},

    {"throttle", "per_pair", budget, live, at<&config::throttle, &throttle_options::per_pair>, 1 * s, 30 * day},
    {"throttle", "per_client", budget, live, at<&config::throttle, &throttle_options::per_client>, 1 * s, 30 * day},
    {"throttle", "per_account", budget, live, at<&config::throttle, &throttle_options::per_account>, 1 * s, 30 * day},
    {"throttle", "device_memory", duration, restart, at<&config::throttle, &throttle_options::device_memory>, 60 * s,
     400 * day},
    {"throttle", "memory", bytes, restart, at<&config::throttle, &throttle_options::memory>, 64 * KiB, 4 * GiB},

    {"redirect", "allowed_hosts", list, live, at<&config::redirect, &redirect_options::allowed_hosts>, 0, 1024, any,
     host_pattern_fault},

    {"access", "default", text, live, at<&config::access, &access::default_policy>, 0, 0, defaults},
    {"access", "rules", rules, live, at<&config::access, &access::rules>, 0, most_rules},

    {"tokens", "enabled", flag, restart, at<&config::tokens, &tokens::enabled>},
    {"tokens", "issuer", text, restart, at<&config::tokens, &tokens::issuer>, 0, 0, any, issuer_fault},
    {"tokens", "audience", text, restart, at<&config::tokens, &tokens::audience>, 0, 0, any, audience_fault},
    {"tokens", "algorithm", text, restart, at<&config::tokens, &tokens::algorithm>, 0, 0, algorithms},
    {"tokens", "key_file", text, restart, at<&config::tokens, &tokens::key_file>, 0, 0, any, key_file_fault},
    {"tokens", "access_lifetime", duration, restart, at<&config::tokens, &tokens::access_lifetime>, 30 * s, 60 * min},
    {"tokens", "refresh_lifetime", duration, restart, at<&config::tokens, &tokens::refresh_lifetime>, 1 * s, 400 * day},
    {"tokens", "refresh_grace", duration, restart, at<&config::tokens, &tokens::refresh_grace>, 0, 60 * s},
    {"tokens", "check_revocation", flag, restart, at<&config::tokens, &tokens::check_revocation>},
    {"tokens", "introspection_token_file", text, restart, at<&config::tokens, &tokens::introspection_token_file>},
    {"tokens", "claims", claims, restart, at<&config::tokens, &tokens::claims>, 0, 32},

    {"pages", "directory", text, restart, at<&config::pages, &page_options::directory>},

    {"identity", "remote_user", text, restart, at<&config::identity, &identity_options::remote_user>, 0, 0, identities},

    {"log", "level", text, live, at<&config::log, &log_options::level>, 0, 0, levels},
    {"log", "format", text, restart, at<&config::log, &log_options::format>, 0, 0, formats},
    {"log", "file", text, restart, at<&config::log, &log_options::file>},

    {"audit", "file", text, restart, at<&config::audit, &audit_options::file>},
});

}  // namespace

std::string config_key::path() const {
    return std::string(section) + '.' + std::string(name);
}

std::string config_key::variable() const {
    std::string out = "LATCHKEY_" + std::string(section) + '_' + std::string(name);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return out;
}

std::span<const config_key> config_keys() {
    return keys;
}

const config_key* find_config_key(std::string_view section, std::string_view name) {
    const auto same = [&](const config_key& k) { return k.section == section && k.name == name; };
    const auto it = std::find_if(keys.begin(), keys.end(), same);
    return it == keys.end() ? nullptr : &*it;
}

std::vector<std::string_view> config_sections() {
    std::vector<std::string_view> out;
    for (const auto& key : keys)
        if (out.empty() || out.back() != key.section)
            out.push_back(key.section);
    return out;
}

}  // namespace latchkey
