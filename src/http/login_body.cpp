#include "login_body.hpp"

#include "text.hpp"
#include "utf8.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <optional>
#include <span>
#include <vector>

namespace latchkey::http {
namespace {

constexpr std::size_t max_depth = 8;
constexpr std::size_t max_fields = 64;

// A SAX handler, so that no document is built: hostile nesting ends the parse at once, a doubled key is seen, and the
// password is wiped from the lexer's buffer as soon as it has been taken.
class login_sax final : public nlohmann::json_sax<nlohmann::json> {
public:
    explicit login_sax(login_fields& out) : out_(out) {}

    bool complete() const noexcept { return has_email_ && has_password_; }

    bool null() override { return key_ == target::rd || key_ == target::other; }
    bool boolean(bool value) override {
        if (key_ == target::remember_me)
            out_.remember_me = value;
        return key_ == target::remember_me || key_ == target::other;
    }
    bool number_integer(number_integer_t) override { return key_ == target::other; }
    bool number_unsigned(number_unsigned_t) override { return key_ == target::other; }
    bool number_float(number_float_t, const string_t&) override { return key_ == target::other; }
    bool string(string_t& value) override {
        switch (key_) {
            case target::email:
                out_.email = value;
                has_email_ = true;
                return true;
            case target::password:
                out_.password = secret(value);
                wipe(std::span(value.data(), value.size()));
                has_password_ = true;
                return true;
            case target::rd:
                out_.rd = value;
                return true;
            case target::remember_me:
            case target::none:
                return false;
            case target::other:
                return true;
        }
        return false;
    }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override {
        if (depth_ == 0 ? key_ != target::none : key_ != target::other)
            return false;
        return ++depth_ <= max_depth;
    }
    bool key(string_t& name) override {
        if (depth_ > 1)
            return true;
        for (const auto& seen : keys_)
            if (seen == name)
                return false;
        if (keys_.size() >= max_fields)
            return false;
        keys_.push_back(name);
        key_ = name == "email"         ? target::email
               : name == "password"    ? target::password
               : name == "remember_me" ? target::remember_me
               : name == "rd"          ? target::rd
                                       : target::other;
        return true;
    }
    bool end_object() override {
        --depth_;
        return true;
    }
    bool start_array(std::size_t) override { return key_ == target::other && ++depth_ <= max_depth; }
    bool end_array() override {
        --depth_;
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

private:
    enum class target { none, email, password, remember_me, rd, other };

    login_fields& out_;
    target key_ = target::none;
    std::size_t depth_ = 0;
    std::vector<std::string> keys_;
    bool has_email_ = false;
    bool has_password_ = false;
};

result<login_fields> parse_json(std::string_view body) {
    login_fields out;
    login_sax handler(out);
    // Without NUL bytes in the text nlohmann's lexer reads it as it is; it checks UTF-8 itself.
    if (!nlohmann::json::sax_parse(body.begin(), body.end(), &handler) || !handler.complete())
        return errc::invalid_request;
    return out;
}

// Percent-decoding (WHATWG URL, section 5.1) into `out`, which has room for text.size() bytes. What was written, or
// nothing for a broken escape.
std::optional<std::string_view> decode(std::string_view text, std::span<char> out) noexcept {
    std::size_t n = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            if (text.size() - i < 3 || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0)
                return std::nullopt;
            c = static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        }
        out[n++] = c;
    }
    return std::string_view(out.data(), n);
}

bool is_named(std::string_view encoded, std::string_view name) noexcept {
    std::array<char, 64> buffer{};
    if (encoded.size() > buffer.size())
        return false;
    const auto key = decode(encoded, buffer);
    return key && *key == name;
}

// The decoded value, in memory that is wiped, as it may be a password. Nothing when the field is missing; an error
// when it is there twice, badly encoded, or one of too many fields.
result<std::optional<secret>> find_field(std::string_view form, std::string_view name) {
    std::optional<secret> found;
    for (std::size_t count = 0; !form.empty(); ++count) {
        if (count == max_fields)
            return errc::invalid_request;
        auto value = next_part(form, '&');
        if (!is_named(next_part(value, '='), name))
            continue;
        if (found)
            return errc::invalid_request;
        secret buffer = secret::of_size(value.size());
        const auto decoded = decode(value, buffer.writable());
        if (!decoded || !is_valid_utf8(*decoded))
            return errc::invalid_request;
        found.emplace(*decoded);
    }
    return found;
}

result<login_fields> parse_form(std::string_view body) {
    auto email = find_field(body, "email");
    auto password = find_field(body, "password");
    auto remember = find_field(body, "remember_me");
    auto rd = find_field(body, "rd");
    if (!email || !password || !remember || !rd || !*email || !*password)
        return errc::invalid_request;
    login_fields out;
    out.email = (*email)->reveal();
    out.password = std::move(**password);
    if (*remember) {
        const auto value = (*remember)->reveal();
        out.remember_me = value == "true" || value == "on" || value == "1";
    }
    if (*rd)
        out.rd = (*rd)->reveal();
    return out;
}

}  // namespace

body_format format_of(std::string_view content_type) noexcept {
    auto rest = content_type;
    const auto type = trim(next_part(rest, ';'));
    while (!rest.empty()) {
        auto value = trim(next_part(rest, ';'));
        const auto name = trim(next_part(value, '='));
        value = trim(value);
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        if (iequals(name, "charset") && !iequals(value, "utf-8"))
            return body_format::unsupported;
    }
    if (iequals(type, "application/json"))
        return body_format::json;
    return iequals(type, "application/x-www-form-urlencoded") ? body_format::form : body_format::unsupported;
}

result<login_fields> parse_login(std::string_view body, body_format format) {
    return format == body_format::json ? parse_json(body) : parse_form(body);
}

result<std::string> form_value(std::string_view form, std::string_view name) {
    auto value = find_field(form, name);
    if (!value)
        return value.error();
    return *value ? std::string((*value)->reveal()) : std::string{};
}

}  // namespace latchkey::http
