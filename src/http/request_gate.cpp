#include "request_gate.hpp"

#include "byte_lanes.hpp"
#include "byte_set.hpp"
#include "field_names.hpp"
#include "field_rules.hpp"
#include "head_lines.hpp"
#include "text.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

namespace latchkey::http {
namespace {

// RFC 9110 section 5.6.2.
constexpr byte_set token_bytes([](char c) {
    return is_alnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
});

bool is_token(std::string_view text) noexcept {
    return !text.empty() && token_bytes.has_all(text);
}

method to_method(std::string_view name) noexcept {
    if (name == "GET")  // as nearly always
        return method::get;
    static constexpr std::pair<std::string_view, method> others[] = {
        {"HEAD", method::head},   {"POST", method::post},      {"PUT", method::put},
        {"PATCH", method::patch}, {"DELETE", method::delete_}, {"OPTIONS", method::options},
        {"TRACE", method::trace}, {"CONNECT", method::connect}};
    for (const auto& [text, verb] : others)
        if (name == text)
            return verb;
    return method::unknown;
}

// Reads what the header says. Rules that need the whole header are applied afterwards, in judge().
class head_reader {
public:
    head_reader(std::string_view text, const gate_options& options, request_head& head) noexcept
        : lines_(text), options_(options), head_(head) {}

    std::optional<problem> read() noexcept;

private:
    std::optional<problem> read_request_line(std::string_view line) noexcept;
    bool read_field(std::string_view line) noexcept;
    std::size_t find(char c, std::string_view line) const noexcept;
    bool take(std::string_view name, std::string_view value) noexcept;
    std::optional<problem> judge() noexcept;

    void keep(field f, std::string_view value) noexcept {
        const auto bit = request_head::bit(f);
        head_.repeated |= head_.present & bit;
        head_.present |= bit;
        head_.fields[static_cast<std::size_t>(f)] = value;
    }

    // A list of tokens with or without something between its commas (RFC 9110 section 5.6.1.2).
    bool read_connection(std::string_view list) noexcept {
        while (!list.empty()) {
            const auto option = trim(next_part(list, ','));
            if (option.empty())
                continue;
            if (!is_token(option))
                return false;
            if (iequals(option, "close"))
                closes_ = true;
            else if (iequals(option, "keep-alive") && head_.http_1_0)
                head_.keep_alive = true;
        }
        return true;
    }

    head_lines lines_;
    const gate_options& options_;
    request_head& head_;
    std::string_view target_, host_, content_length_, transfer_encoding_;
    std::size_t fields_ = 0;
    unsigned hosts_ = 0, content_lengths_ = 0, transfer_encodings_ = 0;
    bool closes_ = false;
};

std::optional<problem> head_reader::read() noexcept {
    const char* const begin = lines_.position();
    std::string_view line;
    if (!lines_.next(line))
        return problems::bad_request;
    if (auto fault = read_request_line(line))
        return fault;
    while (lines_.next(line)) {
        if (line.empty()) {
            head_.block = {begin, static_cast<std::size_t>(lines_.position() - begin)};
            return judge();
        }
        if (!read_field(line))
            return problems::bad_request;
    }
    return problems::bad_request;
}

// method SP request-target SP HTTP-version, one space each (RFC 9112 section 3). What the target may hold is judged
// with the target.
std::optional<problem> head_reader::read_request_line(std::string_view line) noexcept {
    constexpr std::size_t version_size = 8;
    if (line.size() <= version_size)
        return problems::bad_request;
    const std::size_t first = find(' ', line);
    const std::size_t last = line.size() - version_size - 1;
    if (first >= last || line[last] != ' ')
        return problems::bad_request;
    head_.method_text = {line.data(), first};
    head_.verb = to_method(head_.method_text);
    if (head_.verb == method::unknown && !is_token(head_.method_text))
        return problems::bad_request;
    target_ = {line.data() + first + 1, last - first - 1};
    head_.http_1_0 = line.ends_with("HTTP/1.0");
    if (!head_.http_1_0 && !line.ends_with("HTTP/1.1")) {
        const std::string_view version(line.data() + last + 1, version_size);
        return is_http_version(version) ? problems::version_not_supported : problems::bad_request;
    }
    head_.keep_alive = !head_.http_1_0;
    return std::nullopt;
}

// field-name ":" OWS field-value OWS: no space before the colon, no empty name (RFC 9112 section 5).
bool head_reader::read_field(std::string_view line) noexcept {
    const std::size_t size = find(':', line);
    if (size == 0 || size >= line.size())
        return false;
    ++fields_;
    const std::string_view name(line.data(), size);
    line.remove_prefix(size + 1);
    return take(name, trim(line));
}

// Where the first of these in a line is; its size where there is none. Mostly found at one look, which may go beyond
// the line.
inline std::size_t head_reader::find(char c, std::string_view line) const noexcept {
    if (lines_.end() - line.data() >= static_cast<std::ptrdiff_t>(lane_count))
        if (const unsigned bits = lane_bits(load_lanes(line.data()) == static_cast<std::int8_t>(c)))
            return std::min(static_cast<std::size_t>(std::countr_zero(bits)), line.size());
    return std::min(line.find(c), line.size());
}

bool head_reader::take(std::string_view name, std::string_view value) noexcept {
    const named_field which = field_named(name);
    switch (which.read) {
        case gate_field::host:
            ++hosts_;
            host_ = value;
            return true;
        case gate_field::content_length:
            ++content_lengths_;
            content_length_ = value;
            return true;
        case gate_field::transfer_encoding:
            ++transfer_encodings_;
            transfer_encoding_ = value;
            return true;
        case gate_field::connection:
            return read_connection(value);
        case gate_field::cookie:
            read_cookies(value, options_.cookie_name, head_.session_cookie);
            return true;
        case gate_field::forwarded_for:
            head_.client_chain.add(value);
            return true;
        case gate_field::other_:
            if (which.kept == field::count_)
                return is_token(name);  // those that are known are tokens
            keep(which.kept, value);
            return true;
    }
    return true;
}

std::optional<problem> head_reader::judge() noexcept {
    if (target_.size() > options_.limits.target_bytes)
        return problems::target_too_long;
    if (fields_ > options_.limits.header_fields)
        return problems::header_too_large;

    // Framing (RFC 9112 section 6). Nothing but a plain, single Content-Length is ever accepted.
    if (transfer_encodings_ != 0) {
        const bool only_chunked = transfer_encodings_ == 1 && iequals(trim(transfer_encoding_), "chunked") &&
                                  content_lengths_ == 0 && !head_.http_1_0;
        return only_chunked ? problems::length_required : problems::bad_request;
    }
    if (content_lengths_ > 1)
        return problems::bad_request;
    if (content_lengths_ == 1) {
        const auto length = parse_content_length(content_length_);
        if (!length)
            return problems::bad_request;
        head_.content_length = *length;
    }

    // Host (RFC 9112 section 3.2). HTTP/1.0 knew no Host, so there it may be missing.
    if (hosts_ > 1 || (hosts_ == 0 && !head_.http_1_0) || (hosts_ == 1 && !is_valid_host(host_)))
        return problems::bad_request;

    head_.host = host_;

    if (closes_)
        head_.keep_alive = false;
    if (head_.verb == method::unknown)
        return problems::not_implemented;
    if (!split_target(target_, head_))
        return problems::bad_request;
    return std::nullopt;
}

}  // namespace

std::optional<problem> pass_gate(std::string_view text, const gate_options& options, request_head& head) noexcept {
    head.reset();
    return head_reader(text, options, head).read();
}

}  // namespace latchkey::http
