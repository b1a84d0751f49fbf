#include "admin_json.hpp"

#include "problem.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace latchkey::http {
namespace {

using json = nlohmann::ordered_json;

// What is told was checked before, but for file names, which may hold any bytes.
std::string dump(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string user_json(const user& u) {
    const json value{{"id", u.id.str()},   {"email", u.email},       {"name", u.name},
                     {"groups", u.groups}, {"disabled", u.disabled}, {"created_at", to_rfc3339(u.created_at)}};
    return dump(value);
}

std::string_view name_of(throttle_kind kind) noexcept {
    switch (kind) {
        case throttle_kind::pair:
            return "pair";
        case throttle_kind::client:
            return "client";
        case throttle_kind::account:
            return "account";
        case throttle_kind::device:
            return "device";
    }
    return "";
}

std::string throttle_json(const throttle_entry& entry, time_point now) {
    json client, account;
    if (entry.client)
        client = entry.client->str();
    if (!entry.account.empty())
        account = entry.account;
    const json value{{"id", entry.id},
                     {"kind", name_of(entry.kind)},
                     {"client", std::move(client)},
                     {"account", std::move(account)},
                     {"failures", entry.failures},
                     {"last_failure_at", to_rfc3339(entry.last_failure)},
                     {"open_at", to_rfc3339(entry.open_at)},
                     {"wait_seconds", std::max(entry.open_at - now, seconds{0}).count()}};
    return dump(value);
}

page_json::page_json(std::string_view name) {
    text_.append("{\"").append(name).append("\":[");
}

void page_json::add(std::string_view item) {
    if (!std::exchange(empty_, false))
        text_.append(",");
    text_.append(item);
}

std::string page_json::finish(const std::optional<std::string>& cursor) && {
    text_.append("],\"next_cursor\":");
    if (cursor)
        text_.append("\"").append(*cursor).append("\"}\n");
    else
        text_.append("null}\n");
    return std::move(text_);
}

std::string reload_json(const reload_report& report) {
    const json value{
        {"applied", report.applied}, {"needs_restart", report.needs_restart}, {"warnings", report.warnings}};
    return dump(value);
}

std::string diagnosis_json(const refused_url& last) {
    json about;
    if (last.count != 0)
        about = {{"header", last.header},
                 {"peer", last.peer.str()},
                 {"peer_trusted", last.peer_trusted},
                 {"at", to_rfc3339(last.at)}};
    const json value{{"refused_urls", last.count}, {"last_refused_url", std::move(about)}};
    return dump(value);
}

std::string reload_faults_json(const reload_report& report, std::string_view request_id) {
    constexpr auto& p = problems::invalid_configuration;
    const json value{
        {"status", p.status},          {"code", p.code},          {"title", p.title}, {"faults", report.faults},
        {"warnings", report.warnings}, {"request_id", request_id}};
    return dump(value);
}

}  // namespace latchkey::http
