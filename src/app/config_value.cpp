#include "config_value.hpp"

#include "access_rules_value.hpp"
#include "quantity.hpp"
#include "token_claims_value.hpp"
#include "value_rules.hpp"
#include "wording.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>

namespace latchkey {
namespace {

using faults = std::vector<value_fault>;

constexpr std::uint64_t most_failures = 1'000'000;  // that a budget can let pass

faults wrong_type(std::string_view wanted, const raw_value& raw) {
    return {{"must be " + std::string(wanted) + ", but is " + std::string(type_name(raw))}};
}

std::string format_number(key_type type, std::uint64_t value) {
    if (type == key_type::bytes)
        return format_size(value);
    return type == key_type::duration ? format_duration(milliseconds{static_cast<std::int64_t>(value)})
                                      : std::to_string(value);
}

// Why `value` is none for `key`, or nothing.
std::string text_fault(const config_key& key, std::string_view value) {
    const auto said = key.confidential ? std::string{} : in_quotes(value) + ' ';
    if (has_control_character(value))
        return said + "has a control character";
    if (!key.choices.empty() && std::find(key.choices.begin(), key.choices.end(), value) == key.choices.end())
        return said + "is not one of " + any_of_these(key.choices) + did_you_mean(value, key.choices);
    const auto fault = key.check ? key.check(value) : std::string{};
    return fault.empty() ? fault : said + fault;
}

faults store_number(const config_key& key, std::uint64_t value, config& values) {
    if (value < key.least || value > key.most)
        return {{format_number(key.type, value) + " is not between " + format_number(key.type, key.least) + " and " +
                 format_number(key.type, key.most)}};
    return std::visit(
        [&](auto* member) -> faults {
            using type = std::remove_pointer_t<decltype(member)>;
            if constexpr (std::is_same_v<type, seconds>) {
                if (value % 1'000 != 0)
                    return {{format_number(key.type, value) + " is not a whole number of seconds"}};
                *member = seconds{static_cast<std::int64_t>(value / 1'000)};
            } else if constexpr (std::is_same_v<type, milliseconds>) {
                *member = milliseconds{static_cast<std::int64_t>(value)};
            } else if constexpr (std::is_integral_v<type> && !std::is_same_v<type, bool>) {
                *member = static_cast<type>(value);
            }
            return {};
        },
        key.member(values));
}

faults assign_text(const config_key& key, const raw_value& raw, config& values) {
    const auto* text = std::get_if<std::string>(&raw.value);
    if (!text)
        return wrong_type("a string", raw);
    if (auto fault = text_fault(key, *text); !fault.empty())
        return {{std::move(fault)}};
    *std::get<std::string*>(key.member(values)) = *text;
    return {};
}

faults assign_flag(const config_key& key, const raw_value& raw, config& values) {
    const auto* flag = std::get_if<bool>(&raw.value);
    if (!flag)
        return wrong_type("true or false", raw);
    *std::get<bool*>(key.member(values)) = *flag;
    return {};
}

faults assign_number(const config_key& key, const raw_value& raw, config& values) {
    if (const auto* number = std::get_if<std::int64_t>(&raw.value); number && key.type != key_type::duration) {
        if (*number < 0)
            return {{std::to_string(*number) + " is negative"}};
        return store_number(key, static_cast<std::uint64_t>(*number), values);
    }
    const auto* text = std::get_if<std::string>(&raw.value);
    if (key.type == key_type::count)
        return wrong_type("a whole number", raw);
    if (!text)
        return wrong_type(key.type == key_type::bytes ? "a size such as \"16KiB\"" : "a duration such as \"30m\"", raw);
    if (key.type == key_type::bytes) {
        const auto size = parse_size(*text);
        return size ? store_number(key, *size, values) : faults{{in_quotes(*text) + ' ' + size.error().reason}};
    }
    const auto duration = parse_duration(*text);
    return duration ? store_number(key, static_cast<std::uint64_t>(duration->count()), values)
                    : faults{{in_quotes(*text) + ' ' + duration.error().reason}};
}

// "10/15m"
faults assign_budget(const config_key& key, const raw_value& raw, config& values) {
    const auto* text = std::get_if<std::string>(&raw.value);
    if (!text)
        return wrong_type("failures in a time, such as \"10/15m\"", raw);
    const auto slash = text->find('/');
    const auto said = in_quotes(*text) + ' ';
    if (slash == std::string::npos)
        return {{said + "is no budget: write failures and a time, such as \"10/15m\""}};
    const auto failures = parse_count(std::string_view(*text).substr(0, slash));
    if (!failures)
        return {{said + failures.error().reason}};
    if (*failures < 1 || *failures > most_failures)
        return {{said + "must let between 1 and " + std::to_string(most_failures) + " failures pass"}};
    const auto window = parse_duration(std::string_view(*text).substr(slash + 1));
    if (!window)
        return {{said + window.error().reason}};
    const auto length = static_cast<std::uint64_t>(window->count());
    if (length < key.least || length > key.most || length % 1'000 != 0)
        return {{said + "must have a time of whole seconds between " + format_number(key_type::duration, key.least) +
                 " and " + format_number(key_type::duration, key.most)}};
    *std::get<throttle_budget*>(key.member(values)) = {static_cast<unsigned>(*failures),
                                                       std::chrono::duration_cast<seconds>(*window)};
    return {};
}

faults assign_list(const config_key& key, const raw_value& raw, config& values) {
    const auto* entries = std::get_if<raw_value::list>(&raw.value);
    if (!entries)
        return wrong_type("a list of strings", raw);
    if (entries->size() < key.least || entries->size() > key.most)
        return {{"must have between " + std::to_string(key.least) + " and " + std::to_string(key.most) + " entries"}};
    faults out;
    std::vector<std::string> list;
    for (std::size_t i = 0; i < entries->size(); ++i) {
        const auto& entry = (*entries)[i];
        if (!entry)
            out.push_back({"entry " + std::to_string(i + 1) + " is not a string", i});
        else if (auto fault = text_fault(key, *entry); !fault.empty())
            out.push_back({std::move(fault), i});
        else if (std::find(list.begin(), list.end(), *entry) != list.end())
            out.push_back({in_quotes(*entry) + " is listed twice", i});
        else
            list.push_back(*entry);
    }
    if (out.empty())
        *std::get<std::vector<std::string>*>(key.member(values)) = std::move(list);
    return out;
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    return first == std::string_view::npos ? std::string_view{}
                                           : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

raw_value::list split(std::string_view text) {
    raw_value::list out;
    if (trim(text).empty())
        return out;
    for (;;) {
        const auto comma = text.find(',');
        out.emplace_back(std::string(trim(text.substr(0, comma))));
        if (comma == std::string_view::npos)
            return out;
        text.remove_prefix(comma + 1);
    }
}

}  // namespace

std::string_view type_name(const raw_value& raw) {
    constexpr std::string_view names[] = {"",       "a string",           "a boolean", "a number",
                                          "a list", "a list of sections", "a section"};
    const auto* other = std::get_if<raw_value::other>(&raw.value);
    return other ? other->type : names[raw.value.index()];
}

std::vector<value_fault> assign(const config_key& key, const raw_value& raw, config& values) {
    switch (key.type) {
        case key_type::text:
            return assign_text(key, raw, values);
        case key_type::flag:
            return assign_flag(key, raw, values);
        case key_type::list:
            return assign_list(key, raw, values);
        case key_type::budget:
            return assign_budget(key, raw, values);
        case key_type::rules:
            return assign_rules(raw, key.most, *std::get<std::vector<access_rule>*>(key.member(values)));
        case key_type::claims:
            return assign_claims(raw, key.most, *std::get<std::vector<token_claim>*>(key.member(values)));
        case key_type::count:
        case key_type::bytes:
        case key_type::duration:
            break;
    }
    return assign_number(key, raw, values);
}

raw_value from_variable(const config_key& key, std::string_view text) {
    if (key.type == key_type::list)
        return {split(text)};
    if (key.type == key_type::flag && (text == "true" || text == "false"))
        return {text == "true"};
    if (key.type == key_type::count)
        if (const auto number = parse_count(text))
            return {static_cast<std::int64_t>(*number)};
    return {std::string(text)};
}

// Control characters never get this far.
std::string to_toml(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + '"';
}

std::string to_toml(const std::vector<std::string>& list) {
    std::string out = "[";
    for (const auto& entry : list)
        out.append(out.size() > 1 ? ", " : "").append(to_toml(entry));
    return out + ']';
}

std::string to_toml(const config_key& key, const config& values) {
    // The table hands out pointers to write through; this one is only read.
    return std::visit(
        [&](const auto* member) -> std::string {
            using type = std::remove_cv_t<std::remove_pointer_t<decltype(member)>>;
            if constexpr (std::is_same_v<type, std::string>) {
                return to_toml(*member);
            } else if constexpr (std::is_same_v<type, bool>) {
                return *member ? "true" : "false";
            } else if constexpr (std::is_same_v<type, seconds> || std::is_same_v<type, milliseconds>) {
                return to_toml(format_duration(*member));
            } else if constexpr (std::is_same_v<type, throttle_budget>) {
                return to_toml(std::to_string(member->failures) + '/' + format_duration(member->window));
            } else if constexpr (std::is_same_v<type, std::vector<std::string>>) {
                return to_toml(*member);
            } else if constexpr (std::is_same_v<type, std::vector<access_rule>>) {
                return rules_to_toml(*member);
            } else if constexpr (std::is_same_v<type, std::vector<token_claim>>) {
                return claims_to_toml(*member);
            } else {
                return key.type == key_type::bytes ? to_toml(format_size(*member)) : std::to_string(*member);
            }
        },
        key.member(const_cast<config&>(values)));
}

}  // namespace latchkey
