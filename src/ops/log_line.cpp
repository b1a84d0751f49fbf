#include "log_line.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace latchkey {
namespace {

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

void append_number(std::string& out, std::int64_t value) {
    char text[24];
    out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

void append_digits(std::string& out, std::int64_t value, int width) {
    char text[24];
    const auto size = std::to_chars(text, text + sizeof text, value).ptr - text;
    out.append(static_cast<std::size_t>(std::max<std::int64_t>(width - size, 0)), '0');
    out.append(text, static_cast<std::size_t>(size));
}

// RFC 3339 in UTC with milliseconds.
void append_time(std::string& out, std::chrono::system_clock::time_point time) {
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(floor<milliseconds>(time - day));
    append_digits(out, static_cast<int>(date.year()), 4);
    append_digits(out.append(1, '-'), static_cast<unsigned>(date.month()), 2);
    append_digits(out.append(1, '-'), static_cast<unsigned>(date.day()), 2);
    append_digits(out.append(1, 'T'), clock.hours().count(), 2);
    append_digits(out.append(1, ':'), clock.minutes().count(), 2);
    append_digits(out.append(1, ':'), clock.seconds().count(), 2);
    append_digits(out.append(1, '.'), clock.subseconds().count(), 3);
    out += 'Z';
}

void append_code_unit(std::string& out, std::uint32_t unit) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4)
        out += digits[(unit >> shift) & 0xf];
}

void append_escaped(std::string& out, std::uint32_t point) {
    constexpr std::string_view plain = "\"\\\b\f\n\r\t";
    constexpr std::string_view letters = "\"\\bfnrt";
    const auto letter = point < 0x80 ? plain.find(static_cast<char>(point)) : std::string_view::npos;
    if (letter != std::string_view::npos) {
        (out += '\\') += letters[letter];
    } else if (point < 0x10000) {
        append_code_unit(out, point);
    } else {
        append_code_unit(out, 0xd7c0 + (point >> 10));
        append_code_unit(out, 0xdc00 + (point & 0x3ff));
    }
}

struct code_point {
    std::uint32_t value = 0xfffd;  // for what is no character
    std::size_t size = 1;
};

// The character that begins with text[at], which is not ASCII. As much as could still have become one, but did not,
// counts as one that is wrong (Unicode 15, section 3.9, "maximal subparts").
code_point decode(std::string_view text, std::size_t at) noexcept {
    const auto byte = [&](std::size_t i) -> std::uint32_t { return static_cast<unsigned char>(text[i]); };
    const std::uint32_t first = byte(at);
    if (first < 0xc2 || first > 0xf4)
        return {};
    const std::size_t size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    // Overlong forms, surrogates and what is beyond U+10FFFF show in the second byte.
    std::uint32_t least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    std::uint32_t most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    std::uint32_t value = first & (0xffU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if (at + i >= text.size() || byte(at + i) < least || byte(at + i) > most)
            return {0xfffd, i};
        value = value << 6 | (byte(at + i) & 0x3f);
        least = 0x80;
        most = 0xbf;
    }
    return {value, size};
}

bool is_harmless(char c) noexcept {
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

// A JSON string in printable ASCII.
void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && is_harmless(text[end]))
            ++end;
        out.append(text, at, end - at);
        at = end;
        if (at == text.size())
            break;
        const auto c = static_cast<unsigned char>(text[at]);
        const code_point next = c < 0x80 ? code_point{c, 1} : decode(text, at);
        append_escaped(out, next.value);
        at += next.size;
    }
    out += '"';
}

// Quotes where a bare word could be mistaken for something else.
void append_word(std::string& out, std::string_view word) {
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-._:/@+,").find(c) != std::string_view::npos;
    };
    if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain))
        out += word;
    else
        append_quoted(out, word);
}

class line_renderer {
public:
    // Values are cut to `limit` bytes.
    line_renderer(log_format format, std::size_t limit) : json_(format == log_format::json), limit_(limit) {
        line_.reserve(512);
    }

    std::string render(std::chrono::system_clock::time_point time, log_level level, std::string_view event,
                       fields values) {
        line_ += json_ ? "{\"time\":\"" : "";
        append_time(line_, time);
        line_.append(json_ ? "\",\"level\":\"" : " ").append(name_of(level)).append(json_ ? "\",\"event\":" : " ");
        add(event);
        for (auto field = values.begin(); field != values.end(); ++field)
            if (!is_taken(field->name, {values.begin(), field}))
                add(*field);
        return std::move(line_ += json_ ? "}\n" : "\n");
    }

private:
    struct range {
        fields::const_iterator begin_, end_;
    };

    static bool is_taken(std::string_view name, range before) noexcept {
        return name == "time" || name == "level" || name == "event" ||
               std::any_of(before.begin_, before.end_, [&](const log_field& field) { return field.name == name; });
    }

    void add(const log_field& field) {
        line_ += json_ ? ',' : ' ';
        if (json_)
            append_quoted(line_, field.name);
        else
            line_ += field.name;
        line_ += json_ ? ':' : '=';
        if (const auto* text = std::get_if<std::string_view>(&field.value))
            add(*text);
        else if (const auto* number = std::get_if<std::int64_t>(&field.value))
            append_number(line_, *number);
        else
            line_ += std::get<bool>(field.value) ? "true" : "false";
    }

    // At most limit_ bytes, not cut within a character, and a mark where something is missing.
    void add(std::string_view text) {
        if (text.size() <= limit_)
            return put(text);
        std::size_t end = limit_;
        for (int back = 0; end > 0 && back < 3 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80; ++back)
            --end;
        put(std::string(text.substr(0, end)) + "\u2026");
    }

    void put(std::string_view text) {
        if (json_)
            append_quoted(line_, text);
        else
            append_word(line_, text);
    }

    const bool json_;
    const std::size_t limit_;
    std::string line_;
};

}  // namespace

std::string render_log_line(log_format format, std::chrono::system_clock::time_point time, log_level level,
                            std::string_view event, fields values) {
    // An escape takes up to six times its byte, so the limit for values is found by trying.
    for (std::size_t limit = max_value;; limit /= 2) {
        auto text = line_renderer(format, limit).render(time, level, event, values);
        if (text.size() <= max_log_line || limit == 0)
            return text;
    }
}

}  // namespace latchkey
