#include "admin_body.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace latchkey::http {
namespace {

constexpr std::size_t longest_name_told = 64;

// The members as they stood there.
struct members {
    std::optional<std::string> email;
    std::optional<std::string> name;
    std::optional<std::vector<std::string>> groups;
    std::optional<bool> disabled;
    std::optional<secret> password;
};

// nlohmann's events; false ends the parse with `fault` saying why. Nothing nested but the array of groups.
class member_reader final : public nlohmann::json_sax<nlohmann::json> {
public:
    member_reader(members& out, bool may_disable) : out_(out), may_disable_(may_disable) {}

    std::string fault = "the body must be one JSON object";

    bool null() override { return wrong_type(); }
    bool boolean(bool value) override {
        if (at_ != member::disabled)
            return wrong_type();
        out_.disabled = value;
        return true;
    }
    bool number_integer(number_integer_t) override { return wrong_type(); }
    bool number_unsigned(number_unsigned_t) override { return wrong_type(); }
    bool number_float(number_float_t, const string_t&) override { return wrong_type(); }
    bool string(string_t& value) override {
        switch (at_) {
            case member::email:
                out_.email = value;
                return true;
            case member::name:
                out_.name = value;
                return true;
            case member::password:
                out_.password.emplace(value);
                wipe(std::span(value.data(), value.size()));
                return true;
            case member::groups:
                if (!in_array_)
                    return wrong_type();
                out_.groups->push_back(value);
                return true;
            case member::none:
            case member::disabled:
                return wrong_type();
        }
        return false;
    }
    bool binary(binary_t&) override { return wrong_type(); }
    bool start_object(std::size_t) override {
        if (in_object_)
            return wrong_type();
        in_object_ = true;
        return true;
    }
    bool key(string_t& name) override {
        at_ = member_called(name);
        if (at_ == member::none)
            return refuse(name.size() <= longest_name_told ? name + ": no such member"
                                                           : "a member has a name that is none here");
        if (std::exchange(seen_[static_cast<std::size_t>(at_)], true))
            return refuse(name + ": given twice");
        return true;
    }
    bool end_object() override { return true; }
    bool start_array(std::size_t) override {
        if (at_ != member::groups || in_array_)
            return wrong_type();
        in_array_ = true;
        out_.groups.emplace();
        return true;
    }
    bool end_array() override {
        in_array_ = false;
        return true;
    }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
        return refuse("the body is no JSON: see byte " + std::to_string(position));
    }

private:
    enum class member { none, email, name, groups, disabled, password };
    static constexpr std::size_t member_count = 6;

    static constexpr std::pair<std::string_view, member> names[] = {{"email", member::email},
                                                                    {"name", member::name},
                                                                    {"groups", member::groups},
                                                                    {"disabled", member::disabled},
                                                                    {"password", member::password}};

    member member_called(std::string_view name) const noexcept {
        for (const auto& [text, which] : names)
            if (text == name && (which != member::disabled || may_disable_))
                return which;
        return member::none;
    }

    bool refuse(std::string why) {
        fault = std::move(why);
        return false;
    }

    bool wrong_type() {
        if (at_ == member::none)
            return false;
        const auto found = std::find_if(std::begin(names), std::end(names), [&](auto& n) { return n.second == at_; });
        return refuse(std::string(found->first) + ": must be " +
                      (at_ == member::groups     ? "an array of strings"
                       : at_ == member::disabled ? "true or false"
                                                 : "a string"));
    }

    members& out_;
    const bool may_disable_;
    member at_ = member::none;
    bool in_object_ = false;
    bool in_array_ = false;
    std::array<bool, member_count> seen_{};
};

// Types, and the rules that need no store: so that the answer can name the member.
body_result<members> read_members(std::string_view body, bool may_disable) {
    members out;
    member_reader reader(out, may_disable);
    // nlohmann's lexer takes a NUL for the end; UTF-8 it checks itself.
    if (const auto nul = body.find('\0'); nul != std::string_view::npos)
        return body_fault{"the body is no JSON: see byte " + std::to_string(nul + 1)};
    if (!nlohmann::json::sax_parse(body.begin(), body.end(), &reader))
        return body_fault{std::move(reader.fault)};
    if (out.name && !validate_user_name(*out.name))
        return body_fault{"name: at most 128 bytes, without control characters"};
    if (out.groups && !canonical_groups(*out.groups))
        return body_fault{"groups: at most 64, each of up to 64 letters, digits, '.', '_' or '-'"};
    if (out.password && out.password->empty())
        return body_fault{"password: must not be empty"};
    return out;
}

body_result<email_address> read_email(const std::string& text) {
    auto email = email_address::parse(text);
    if (!email)
        return body_fault{"email: not an address"};
    return *std::move(email);
}

}  // namespace

body_result<user_draft> read_user_draft(std::string_view body) {
    auto read = read_members(body, false);
    if (!read)
        return read.error();
    if (!read->email)
        return body_fault{"email: is missing"};
    auto email = read_email(*read->email);
    if (!email)
        return email.error();
    user_draft draft{*std::move(email),
                     std::move(read->name).value_or(""),
                     std::move(read->groups).value_or(std::vector<std::string>{}),
                     {}};
    if (read->password)
        draft.password = *std::move(read->password);
    return draft;
}

body_result<user_patch> read_user_patch(std::string_view body) {
    auto read = read_members(body, true);
    if (!read)
        return read.error();
    user_patch patch;
    if (read->email) {
        auto email = read_email(*read->email);
        if (!email)
            return email.error();
        patch.email = *std::move(email);
    }
    patch.name = std::move(read->name);
    patch.groups = std::move(read->groups);
    patch.disabled = read->disabled;
    patch.password = std::move(read->password);
    return patch;
}

}  // namespace latchkey::http
