#include "postgres_url.hpp"

#include <latchkey/secret.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>

#include <libpq-fe.h>

namespace latchkey {
namespace {

constexpr auto schemes = std::to_array<std::string_view>({"postgresql://", "postgres://"});
// What Latchkey says itself.
constexpr auto taken_names = std::to_array<std::string_view>(
    {"options", "application_name", "fallback_application_name", "client_encoding", "replication"});
constexpr auto secret_names = std::to_array<std::string_view>({"password", "sslpassword"});

using parameters = std::map<std::string, std::string, std::less<>>;

// Nothing when libpq does not understand it.
std::optional<parameters> parse(std::string_view url) {
    char* complaint = nullptr;
    const std::string text(url);
    const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(
        PQconninfoParse(text.c_str(), &complaint), PQconninfoFree);
    if (complaint)
        PQfreemem(complaint);
    if (!options)
        return std::nullopt;
    parameters out;
    for (const PQconninfoOption* one = options.get(); one->keyword; ++one)
        if (one->val)
            out.emplace(one->keyword, one->val);
    return out;
}

std::string value_of(const parameters& all, std::string_view name, std::string otherwise) {
    const auto found = all.find(name);
    return found == all.end() || found->second.empty() ? otherwise : found->second;
}

void append(std::string& to, std::string_view name, std::string_view value) {
    to.append(to.empty() ? "" : " ").append(name).append("='");
    for (const char c : value) {
        if (c == '\'' || c == '\\')
            to.push_back('\\');
        to.push_back(c);
    }
    to.push_back('\'');
}

// Time-outs of the server's own, for what the client has given up.
std::string settings_for(postgres_role role) {
    const std::string limit = std::to_string(postgres_patience) + 's';
    std::string out =
        "-c synchronous_commit=on -c client_min_messages=error -c tcp_keepalives_idle=10"
        " -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c lock_timeout=" +
        limit;
    if (role == postgres_role::worker)
        out += " -c statement_timeout=" + limit;
    if (role != postgres_role::lock)
        out += " -c idle_in_transaction_session_timeout=" + limit;
    return out;
}

const char* name_of(postgres_role role) noexcept {
    switch (role) {
        case postgres_role::journal:
            return "latchkey journal";
        case postgres_role::lock:
            return "latchkey lock";
        case postgres_role::worker:
            break;
    }
    return "latchkey";
}

}  // namespace

bool is_postgres_url(std::string_view url) noexcept {
    return std::any_of(schemes.begin(), schemes.end(), [&](auto scheme) { return url.starts_with(scheme); });
}

std::string postgres_url_fault(std::string_view url) {
    if (std::any_of(url.begin(), url.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }))
        return "holds a control character";
    const auto all = parse(url);
    if (!all)
        return "is no PostgreSQL URL: write \"postgresql://latchkey@host:5432/latchkey\", and other characters than "
               "letters and digits as %XX";
    for (const auto name : secret_names)
        if (all->contains(name))
            return "holds a password: put that into a file, and its path into database.password_file";
    for (const auto name : taken_names)
        if (all->contains(name))
            return "says \"" + std::string(name) + "\", which Latchkey sets itself";
    if (value_of(*all, "dbname", "").empty())
        return "names no database: \"postgresql://latchkey@host:5432/latchkey\"";
    return {};
}

std::string postgres_place(std::string_view url) {
    const auto all = parse(url);
    if (!all)
        return {};
    std::string host = value_of(*all, "host", value_of(*all, "hostaddr", "its Unix socket"));
    if (const auto port = value_of(*all, "port", ""); !port.empty() && host.find(',') == host.npos)
        host += (host.starts_with('/') ? " port " : ":") + port;
    return value_of(*all, "dbname", "") + " at " + host;
}

postgres_reach reach_of(std::string_view url) {
    postgres_reach out;
    const auto all = parse(url);
    if (!all)
        return out;
    const std::string mode = value_of(*all, "sslmode", "prefer");
    out.verified = mode == "verify-full" || mode == "verify-ca";
    const std::string hosts = value_of(*all, "host", value_of(*all, "hostaddr", "/"));
    for (std::size_t at = 0; at <= hosts.size();) {
        const auto end = std::min(hosts.find(',', at), hosts.size());
        out.hosts.push_back(hosts.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

std::string postgres_connection(const database_options& options, postgres_role role) {
    if (const auto fault = postgres_url_fault(options.url); !fault.empty())
        throw std::runtime_error("database.url " + fault);
    auto all = *parse(options.url);
    all["client_encoding"] = "UTF8";
    all["application_name"] = name_of(role);
    all["options"] = settings_for(role);
    all.try_emplace("connect_timeout", std::to_string(postgres_patience));
    all.try_emplace("tcp_user_timeout", std::to_string(postgres_patience * 1000));
    all.try_emplace("keepalives_idle", "10");
    all.try_emplace("keepalives_interval", "5");
    all.try_emplace("keepalives_count", "3");
    // Of several hosts the one that takes changes, also after a failover.
    all.try_emplace("target_session_attrs", "read-write");
    std::string out;
    out.reserve(1024);  // grown strings leave copies behind
    for (const auto& [name, value] : all)
        append(out, name, value);
    if (options.password)
        append(out, "password", options.password->reveal());
    return out;
}

}  // namespace latchkey
