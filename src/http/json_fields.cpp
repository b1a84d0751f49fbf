#include "json_fields.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace latchkey::http {
namespace {

constexpr std::size_t max_depth = 8;
constexpr std::size_t max_members = 64;

// nlohmann's events; false ends the parse.
class member_reader final : public nlohmann::json_sax<nlohmann::json> {
public:
    explicit member_reader(std::span<const body_field> fields) : fields_(fields) {}

    // Everything that is required was there.
    bool complete() const {
        return std::all_of(fields_.begin(), fields_.end(),
                           [&](const body_field& f) { return !f.required || is_seen(f.name); });
    }

    bool null() override {
        return passing_over() || (field_ && !field_->required && !std::holds_alternative<bool*>(field_->into));
    }
    bool boolean(bool value) override {
        if (!field_)
            return passing_over();
        const auto* flag = std::get_if<bool*>(&field_->into);
        if (flag)
            **flag = value;
        return flag;
    }
    bool number_integer(number_integer_t) override { return passing_over(); }
    bool number_unsigned(number_unsigned_t) override { return passing_over(); }
    bool number_float(number_float_t, const string_t&) override { return passing_over(); }
    bool string(string_t& value) override {
        if (!field_)
            return passing_over();
        if (const auto* hidden = std::get_if<secret*>(&field_->into)) {
            **hidden = secret(value);
            wipe(std::span(value.data(), value.size()));
            return true;
        }
        const auto* text = std::get_if<std::string*>(&field_->into);
        if (text)
            **text = value;
        return text;
    }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override {
        if (depth_ != 0 && !passing_over())
            return false;
        return ++depth_ <= max_depth;
    }
    bool key(string_t& name) override {
        if (depth_ > 1)
            return true;
        if (is_seen(name) || seen_.size() >= max_members)
            return false;
        seen_.push_back(name);
        const auto found =
            std::find_if(fields_.begin(), fields_.end(), [&](const body_field& f) { return f.name == name; });
        field_ = found == fields_.end() ? nullptr : &*found;
        return true;
    }
    bool end_object() override {
        --depth_;
        return true;
    }
    bool start_array(std::size_t) override { return passing_over() && ++depth_ <= max_depth; }
    bool end_array() override {
        --depth_;
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

private:
    // Inside the object, in a member that nobody asked for.
    bool passing_over() const noexcept { return depth_ != 0 && !field_; }

    bool is_seen(std::string_view name) const { return std::find(seen_.begin(), seen_.end(), name) != seen_.end(); }

    std::span<const body_field> fields_;
    const body_field* field_ = nullptr;  // the current member's, if anybody asked for it
    std::size_t depth_ = 0;
    std::vector<std::string> seen_;
};

}  // namespace

result<void> read_json(std::string_view body, std::span<const body_field> fields) {
    member_reader reader(fields);
    // nlohmann's lexer takes a NUL byte for the end of the text, whatever follows. It checks UTF-8 itself.
    if (body.find('\0') != body.npos)
        return errc::invalid_request;
    if (!nlohmann::json::sax_parse(body.begin(), body.end(), &reader) || !reader.complete())
        return errc::invalid_request;
    return {};
}

}  // namespace latchkey::http
