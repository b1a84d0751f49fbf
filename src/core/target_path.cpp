#include "target_path.hpp"

#include "utf8.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace latchkey {
namespace {

// What servers read differently; a reading is a set of these.
enum ambiguity : unsigned {
    decode_again = 1,     // encoded slashes are slashes, and what was encoded twice is decoded twice
    drop_parameters = 2,  // `;` and what follows it in a segment do not count
    end_early = 4,        // an encoded `?` or `#` ends the path
    drop_authority = 8,   // what begins with two slashes names a host first
};
constexpr int most_kinds_at_a_time = 2;

bool is_refused_raw(char c) noexcept {
    return c <= ' ' || c >= 0x7f || c == '\\' || c == '#' || c == '?';
}

// What must not come out of any decoding.
bool is_refused_decoded(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\';
}

int digit_value(char c) noexcept {
    if (c >= '0' && c <= '9')
        return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The byte that `text` begins with in percent-encoding, or -1.
int encoded_byte(std::string_view text) noexcept {
    if (text.size() < 3 || text[0] != '%' || digit_value(text[1]) < 0 || digit_value(text[2]) < 0)
        return -1;
    return digit_value(text[1]) * 16 + digit_value(text[2]);
}

// Appends `raw`, decoded once but for slashes, to `out`.
bool append_decoded(std::string_view raw, std::string& out) {
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (is_refused_raw(raw[i]))
            return false;
        if (raw[i] != '%') {
            out.push_back(raw[i]);
            continue;
        }
        const int byte = encoded_byte(raw.substr(i));
        if (byte < 0 || is_refused_decoded(static_cast<char>(byte)))
            return false;
        if (byte == '/')
            out.append("%2F");
        else
            out.push_back(static_cast<char>(byte));
        i += 2;
    }
    return true;
}

// Appends out[from, from + size), decoded once more, to `out`. A `%` that encodes nothing is one.
bool append_decoded_again(std::string& out, std::size_t from, std::size_t size) {
    for (std::size_t i = from; i < from + size; ++i) {
        const int byte = encoded_byte(std::string_view(out).substr(i, from + size - i));
        if (byte >= 0 && is_refused_decoded(static_cast<char>(byte)))
            return false;
        out.push_back(byte < 0 ? out[i] : static_cast<char>(byte));
        i += byte < 0 ? 0 : 2;
    }
    return true;
}

bool has_encoding(std::string_view text) noexcept {
    for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1))
        if (encoded_byte(text.substr(at)) >= 0)
            return true;
    return false;
}

unsigned find_ambiguities(std::string_view once, std::string_view twice) noexcept {
    unsigned found = has_encoding(once) ? decode_again : 0U;
    if (twice.find(';') != std::string_view::npos)
        found |= drop_parameters;
    if (twice.find_first_of("?#") != std::string_view::npos)
        found |= end_early;
    if (twice.starts_with("//"))
        found |= drop_authority;
    return found;
}

// A server that drops parameters sees one in "..;x", too.
bool has_dot_segment(std::string_view path) noexcept {
    for (std::size_t at = path.find("/."); at != std::string_view::npos; at = path.find("/.", at + 1)) {
        auto rest = path.substr(at + 2);
        rest.remove_prefix(rest.starts_with('.') ? 1 : 0);
        if (rest.empty() || rest.front() == '/' || rest.front() == ';')
            return true;
    }
    return false;
}

// Appends `text` as the servers with these habits see it. `text` may be a part of `out`, which has room for it.
void append_reading(std::string_view text, unsigned habits, std::string& out) {
    if (habits & end_early)
        text = text.substr(0, text.find_first_of("?#"));
    if ((habits & drop_authority) && text.starts_with("//")) {
        text.remove_prefix(std::min(text.find_first_not_of('/'), text.size()));
        text.remove_prefix(std::min(text.find('/'), text.size()));
    }
    out.push_back('/');
    bool in_parameters = false;
    for (const char c : text) {
        in_parameters = c != '/' && (in_parameters || (c == ';' && (habits & drop_parameters)));
        if (!in_parameters && (c != '/' || out.back() != '/'))
            out.push_back(c);
    }
}

bool is_canonical(std::string_view raw) noexcept {
    char before = 0;
    for (const char c : raw) {
        if (is_refused_raw(c) || c == '%' || c == ';' || (c == '/' && before == '/'))
            return false;
        before = c;
    }
    return true;
}

}  // namespace

result<target_path> target_path::parse(std::string_view raw, std::string& scratch) {
    if (!raw.starts_with('/'))
        return errc::invalid_request;
    target_path out;
    out.count_ = 1;
    out.readings_[0] = raw;
    if (is_canonical(raw)) {
        if (has_dot_segment(raw))
            return errc::invalid_request;
        return out;
    }

    scratch.clear();
    scratch.reserve((2 + most_readings) * (raw.size() + 1));  // nothing below moves the text
    if (!append_decoded(raw, scratch) || !is_valid_utf8(scratch))
        return errc::invalid_request;
    const std::string_view once = scratch;
    if (!append_decoded_again(scratch, 0, once.size()))
        return errc::invalid_request;
    const auto twice = std::string_view(scratch).substr(once.size());
    const unsigned found = find_ambiguities(once, twice);
    if (std::popcount(found) > most_kinds_at_a_time)
        return errc::invalid_request;

    out.count_ = 0;
    for (unsigned habits = 0; habits <= found; ++habits) {
        if ((habits & ~found) != 0)
            continue;
        const auto start = scratch.size();
        append_reading(habits & decode_again ? twice : once, habits, scratch);
        const auto reading = std::string_view(scratch).substr(start);
        if (has_dot_segment(reading))
            return errc::invalid_request;
        const auto known = out.readings();
        if (std::find(known.begin(), known.end(), reading) == known.end())
            out.readings_[out.count_++] = reading;
    }
    return out;
}

}  // namespace latchkey
