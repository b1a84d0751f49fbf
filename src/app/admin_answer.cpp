#include "admin_answer.hpp"

#include "admin_json.hpp"
#include "admin_query.hpp"
#include "trusted_proxies.hpp"
#include "wording.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <utility>

namespace latchkey {
namespace {

// Any of the functions below may throw for a value of the wrong type; parse() turns that into "no answer".
template <class Read>
auto parse(const std::string& text, Read read) -> std::optional<decltype(read(nlohmann::json()))> {
    try {
        return read(nlohmann::json::parse(text));
    } catch (const nlohmann::json::exception&) {
    } catch (const std::invalid_argument&) {
    }
    return std::nullopt;
}

// "2026-01-31T23:59:59Z", as to_rfc3339() writes it.
time_point to_time(const std::string& text) {
    using namespace std::chrono;
    int y = 0;
    unsigned mo = 0, d = 0, h = 0, mi = 0, s = 0;
    char zulu = 0;
    if (text.size() != 20 ||
        std::sscanf(text.c_str(), "%4d-%2u-%2uT%2u:%2u:%2u%c", &y, &mo, &d, &h, &mi, &s, &zulu) != 7 || zulu != 'Z')
        throw std::invalid_argument("time");
    const year_month_day date{year{y}, month{mo}, day{d}};
    if (!date.ok() || h > 23 || mi > 59 || s > 59)
        throw std::invalid_argument("time");
    return sys_days{date} + hours{h} + minutes{mi} + std::chrono::seconds{s};
}

time_point time_at(const nlohmann::json& object, const char* name) {
    return to_time(object.at(name).get<std::string>());
}

public_id to_id(const nlohmann::json& object) {
    const auto id = public_id::parse(object.at("id").get<std::string>());
    if (!id)
        throw std::invalid_argument("id");
    return *id;
}

user to_user(const nlohmann::json& object) {
    user u;
    u.id = to_id(object);
    u.email = object.at("email");
    u.name = object.at("name");
    u.groups = object.at("groups").get<std::vector<std::string>>();
    return u;
}

user to_whole_user(const nlohmann::json& object) {
    user u = to_user(object);
    u.disabled = object.at("disabled");
    u.created_at = time_at(object, "created_at");
    return u;
}

listed_session to_session(const nlohmann::json& object) {
    listed_session s;
    s.value.id = to_id(object);
    s.value.user = make_profile(to_user(object.at("user")), false);
    s.value.created_at = time_at(object, "created_at");
    s.value.authenticated_at = time_at(object, "authenticated_at");
    s.value.last_seen_at = time_at(object, "last_seen_at");
    s.value.idle_expires_at = time_at(object, "idle_expires_at");
    s.value.expires_at = time_at(object, "expires_at");
    s.value.remembered = object.at("remembered");
    const nlohmann::json& device = object.at("device");
    http::parse_address(device.at("ip").get<std::string>(), s.value.ip);  // else: not known
    s.user_agent = device.at("user_agent");
    return s;
}

throttle_kind to_kind(const std::string& name) {
    for (const auto kind : {throttle_kind::pair, throttle_kind::client, throttle_kind::account, throttle_kind::device})
        if (name == http::name_of(kind))
            return kind;
    throw std::invalid_argument("kind");
}

throttle_entry to_throttle(const nlohmann::json& object) {
    throttle_entry entry;
    entry.kind = to_kind(object.at("kind"));
    entry.id = object.at("id");
    if (const nlohmann::json& client = object.at("client"); !client.is_null()) {
        entry.client = http::read_prefix(client.get<std::string>());
        if (!entry.client)
            entry.client.emplace();  // not known
    }
    if (const nlohmann::json& account = object.at("account"); !account.is_null())
        entry.account = account;
    entry.failures = object.at("failures");
    entry.last_failure = time_at(object, "last_failure_at");
    entry.open_at = time_at(object, "open_at");
    return entry;
}

std::string cursor_of(const nlohmann::json& page) {
    const nlohmann::json& next = page.at("next_cursor");
    return next.is_null() ? std::string() : next.get<std::string>();
}

std::vector<std::string> texts_at(const nlohmann::json& object, const char* name) {
    return object.contains(name) ? object.at(name).get<std::vector<std::string>>() : std::vector<std::string>();
}

// The codes that a command passes on, with what it ends with.
constexpr auto known_codes = std::to_array<std::pair<std::string_view, exit_code>>({
    {"admin_token_required", exit_usage},
    {"already_exists", exit_refused},
    {"body_too_large", exit_usage},
    {"header_too_large", exit_usage},
    {"invalid_request", exit_usage},
    {"not_found", exit_refused},
    {"not_ready", exit_unavailable},
    {"overloaded", exit_unavailable},
    {"password_too_long", exit_refused},
    {"store_unavailable", exit_unavailable},
    {"weak_password", exit_refused},
});

std::string as_sentence(std::string text) {
    text = one_line(text);
    if (!text.empty())
        text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
    return text.empty() || text.ends_with('.') ? text : text + '.';
}

}  // namespace

std::optional<user> read_user(const std::string& text) {
    return parse(text, to_whole_user);
}

std::optional<answered_users> read_users(const std::string& text) {
    return parse(text, [](const nlohmann::json& page) {
        answered_users out;
        for (const auto& one : page.at("users"))
            out.users.push_back(to_whole_user(one));
        out.next = cursor_of(page);
        return out;
    });
}

std::optional<answered_sessions> read_sessions(const std::string& text) {
    return parse(text, [](const nlohmann::json& page) {
        answered_sessions out;
        for (const auto& one : page.at("sessions"))
            out.sessions.push_back(to_session(one));
        out.next = cursor_of(page);
        return out;
    });
}

std::optional<std::vector<throttle_entry>> read_throttles(const std::string& text) {
    return parse(text, [](const nlohmann::json& page) {
        std::vector<throttle_entry> out;
        for (const auto& one : page.at("throttles"))
            out.push_back(to_throttle(one));
        return out;
    });
}

std::optional<std::size_t> read_cleared(const std::string& text) {
    return parse(text, [](const nlohmann::json& answer) { return answer.at("cleared").get<std::size_t>(); });
}

std::optional<std::size_t> read_revoked(const std::string& text) {
    return parse(text, [](const nlohmann::json& answer) { return answer.at("revoked").get<std::size_t>(); });
}

std::optional<reload_report> read_reload_report(const std::string& text) {
    return parse(text, [](const nlohmann::json& answer) {
        return reload_report{texts_at(answer, "faults"), texts_at(answer, "warnings"), texts_at(answer, "applied"),
                             texts_at(answer, "needs_restart")};
    });
}

std::optional<answered_diagnosis> read_diagnosis(const std::string& text) {
    return parse(text, [](const nlohmann::json& answer) {
        answered_diagnosis out;
        out.refused = answer.at("refused_urls");
        if (const nlohmann::json& last = answer.at("last_refused_url"); !last.is_null()) {
            out.header = last.at("header");
            out.peer = last.at("peer");
            out.peer_trusted = last.at("peer_trusted");
        }
        return out;
    });
}

failure read_problem(unsigned status, const std::string& text) {
    const auto words = parse(text, [](const nlohmann::json& problem) {
        return std::pair(problem.at("code").get<std::string>(),
                         problem.value("detail", problem.at("title").get<std::string>()));
    });
    const auto same = [&](const auto& one) { return words && one.first == words->first; };
    const auto found = std::find_if(known_codes.begin(), known_codes.end(), same);
    if (found == known_codes.end())
        return {exit_unavailable, "server_error", "The server failed with status " + std::to_string(status) + "."};
    if (found->first == "admin_token_required")
        return {found->second, found->first, "The server does not take the token in server.admin_token_file."};
    return {found->second, found->first, as_sentence(words->second)};
}

failure unreadable_answer() {
    return {exit_unavailable, "server_error", "The server's answer is not one that this program understands."};
}

}  // namespace latchkey
