#include "log_line.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace latchkey {
namespace {

using json = nlohmann::ordered_json;
using fields = std::initializer_list<log_field>;

constexpr std::size_t max_value = 1024;

std::string_view name_of(log_level level) noexcept {
    switch (level) {
        case log_level::debug:
            return "debug";
        case log_level::warn:
            return "warn";
        case log_level::error:
            return "error";
        case log_level::info:
        case log_level::audit:
            break;
    }
    return "info";
}

// RFC 3339 in UTC with milliseconds.
std::string timestamp(std::chrono::system_clock::time_point time) {
    const auto since = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
    const auto ms = static_cast<int>(((since % 1000) + 1000) % 1000);
    const auto second = static_cast<std::time_t>((since - ms) / 1000);
    std::tm t{};
    gmtime_r(&second, &t);
    char text[80];
    const int size = std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", t.tm_year + 1900,
                                   t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, ms);
    return {text, static_cast<std::size_t>(size)};
}

// At most `limit` bytes, not within a character, and a mark where something is missing.
std::string cut(std::string_view text, std::size_t limit) {
    if (text.size() <= limit)
        return std::string(text);
    std::size_t end = limit;
    for (int back = 0; end > 0 && back < 3 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80; ++back)
        --end;
    return std::string(text.substr(0, end)) + "\u2026";
}

json to_json(const log_field& field, std::size_t limit) {
    if (const auto* text = std::get_if<std::string_view>(&field.value))
        return cut(*text, limit);
    if (const auto* number = std::get_if<std::int64_t>(&field.value))
        return *number;
    return std::get<bool>(field.value);
}

std::string dump(const json& value) {
    return value.dump(-1, ' ', true, json::error_handler_t::replace);
}

// Quotes where a bare word could be mistaken for something else.
std::string to_text(const json& value) {
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-._:/@+,").find(c) != std::string_view::npos;
    };
    if (value.is_string()) {
        const auto& word = value.get_ref<const std::string&>();
        if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain))
            return word;
    }
    return dump(value);
}

std::string render(log_format format, const json& line) {
    if (format == log_format::json)
        return dump(line) + "\n";
    std::string out =
        line["time"].get<std::string>() + " " + line["level"].get<std::string>() + " " + to_text(line["event"]);
    for (const auto& [name, value] : line.items())
        if (name != "time" && name != "level" && name != "event")
            out.append(" ").append(name).append("=").append(to_text(value));
    return out + "\n";
}

}  // namespace

std::string render_log_line(log_format format, std::chrono::system_clock::time_point time, log_level level,
                            std::string_view event, fields values) {
    // An escape takes up to six times its byte, so the limit for values is found by trying.
    for (std::size_t limit = max_value;; limit /= 2) {
        json line{{"time", timestamp(time)}, {"level", name_of(level)}, {"event", cut(event, limit)}};
        for (const auto& field : values)
            line.emplace(std::string(field.name), to_json(field, limit));
        auto text = render(format, line);
        if (text.size() <= max_log_line || limit == 0)
            return text;
    }
}

}  // namespace latchkey
