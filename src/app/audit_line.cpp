#include "audit_line.hpp"

#include "wording.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace latchkey {
namespace {

using event_object = nlohmann::json;

// The text of `key`, harmless; empty when there is none.
std::string text_of(const event_object& event, const char* key) {
    const auto it = event.find(key);
    return it != event.end() && it->is_string() ? printable(it->get_ref<const std::string&>()) : std::string{};
}

bool flag_of(const event_object& event, const char* key) {
    const auto it = event.find(key);
    return it != event.end() && it->is_boolean() && it->get<bool>();
}

std::string column(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text;
}

std::string_view cut_word(std::string_view& line) {
    const auto end = std::min(line.find(' '), line.size());
    const auto word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return word;
}

}  // namespace

bool is_json_audit_line(std::string_view line) {
    if (line.find("\"audit\":true") == std::string_view::npos)
        return false;  // nearly all of a log: without a parse
    const auto event = event_object::parse(line, nullptr, false);
    return event.is_object() && flag_of(event, "audit");
}

// 2026-01-31T23:59:59.123Z info login audit=true …
bool is_text_audit_line(std::string_view line) {
    cut_word(line);
    cut_word(line);
    cut_word(line);
    return cut_word(line) == "audit=true";
}

std::string readable_audit_line(std::string_view line) {
    const auto event = event_object::parse(line, nullptr, false);
    std::string out = column(text_of(event, "time"), 24) + "  " + column(text_of(event, "event"), 20) + "  " +
                      (flag_of(event, "success") ? "done   " : "refused");
    if (const auto reason = text_of(event, "reason"); !reason.empty())
        out += "  " + reason;
    if (const auto email = text_of(event, "email"); !email.empty())
        out += "  " + email;
    if (const auto client = text_of(event, "client_ip"); !client.empty())
        out += "  from " + client;
    for (const auto& [key, name] : {std::pair{"user_id", "user"}, {"session_id", "session"}, {"request_id", "request"}})
        if (const auto id = text_of(event, key); !id.empty())
            out.append("  ").append(name).append(" ").append(id);
    return out;
}

}  // namespace latchkey
