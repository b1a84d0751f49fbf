#include "token_claims_value.hpp"

#include "value_rules.hpp"
#include "wording.hpp"

#include <algorithm>
#include <array>
#include <type_traits>

namespace latchkey {
namespace {

constexpr std::size_t most_claim_faults = 100;
constexpr std::size_t longest_claim_name = 64;
constexpr std::size_t most_claim_texts = 64;    // of a list
constexpr std::size_t most_claim_bytes = 2048;  // of all: a token has room for 8 KiB, and is sent with every request
constexpr std::int64_t largest_claim = 9'007'199'254'740'991;  // 2^53 - 1: beyond it JSON's readers disagree

// What tokens, their verifiers and introspection use by themselves.
constexpr auto own_claims = std::to_array<std::string_view>(
    {"iss",   "sub",  "aud",    "exp", "iat",       "nbf",   "jti",       "sid",    "auth_time",  "amr",
     "email", "name", "groups", "typ", "client_id", "scope", "token_use", "active", "token_type", "username"});

std::string claim_name_fault(std::string_view name) {
    const auto odd = [](char c) { return c <= ' ' || c > '~' || c == '"' || c == '\\'; };
    if (name.empty() || name.size() > longest_claim_name)
        return "has a name of other than 1 to 64 characters";
    if (std::any_of(name.begin(), name.end(), odd))
        return "has a name with a character that is no visible ASCII, or a quote";
    return std::find(own_claims.begin(), own_claims.end(), name) == own_claims.end()
               ? ""
               : "is a claim that tokens have of their own";
}

// Reads one claim.
class claim_reader {
public:
    claim_reader(const raw_table::entry& entry, std::vector<value_fault>& faults) : entry_(entry), faults_(faults) {}

    token_claim read() {
        if (auto fault = claim_name_fault(entry_.name); !fault.empty())
            add(entry_.line, std::move(fault));
        token_claim out{entry_.name, {}};
        if (const auto* text = std::get_if<std::string>(&entry_.value.value))
            out.value = checked(*text, entry_.line);
        else if (const auto* flag = std::get_if<bool>(&entry_.value.value))
            out.value = *flag;
        else if (const auto* number = std::get_if<std::int64_t>(&entry_.value.value))
            out.value = checked(*number);
        else if (const auto* list = std::get_if<raw_value::list>(&entry_.value.value))
            out.value = read_list(*list);
        else
            add(entry_.line, "must be a text, a whole number, true or false, or a list of texts, but is " +
                                 std::string(type_name(entry_.value)));
        return out;
    }

private:
    void add(unsigned line, std::string reason) {
        faults_.push_back({std::move(reason), 0, '.' + printable(entry_.name), line});
    }

    const std::string& checked(const std::string& text, unsigned line) {
        if (has_control_character(text))
            add(line, in_quotes(text) + " has a control character");
        return text;
    }

    std::int64_t checked(std::int64_t number) {
        if (number > largest_claim || number < -largest_claim)
            add(entry_.line, std::to_string(number) + " is beyond what every reader of JSON can hold (2^53 - 1)");
        return number;
    }

    std::vector<std::string> read_list(const raw_value::list& list) {
        std::vector<std::string> out;
        if (list.size() > most_claim_texts)
            add(entry_.line, "must have at most " + std::to_string(most_claim_texts) + " entries");
        for (std::size_t i = 0; i < std::min(list.size(), most_claim_texts); ++i) {
            const unsigned line = i < entry_.entry_lines.size() ? entry_.entry_lines[i] : entry_.line;
            if (list[i])
                out.push_back(checked(*list[i], line));
            else
                add(line, "entry " + std::to_string(i + 1) + " is not a text");
        }
        return out;
    }

    const raw_table::entry& entry_;
    std::vector<value_fault>& faults_;
};

// About as much as it takes in JSON.
std::size_t bytes_of(const token_claim& claim) {
    const auto bytes = [](const auto& value) -> std::size_t {
        using type = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<type, std::string>) {
            return value.size() + 2;
        } else if constexpr (std::is_same_v<type, std::vector<std::string>>) {
            std::size_t sum = 2;
            for (const auto& text : value)
                sum += text.size() + 3;
            return sum;
        } else {
            return 16;
        }
    };
    return claim.name.size() + 4 + std::visit(bytes, claim.value);
}

}  // namespace

std::vector<value_fault> assign_claims(const raw_value& raw, std::size_t most, std::vector<token_claim>& claims) {
    const auto* section = std::get_if<raw_value::section>(&raw.value);
    if (!section)
        return {{"must be a section, written [tokens.claims], but is " + std::string(type_name(raw))}};
    const auto& entries = section->content.front().entries;
    if (entries.size() > most)
        return {{"there are " + std::to_string(entries.size()) + " claims, more than " + std::to_string(most)}};

    std::vector<value_fault> faults;
    std::vector<token_claim> read;
    std::size_t bytes = 0;
    for (const auto& entry : entries) {
        read.push_back(claim_reader(entry, faults).read());
        bytes += bytes_of(read.back());
        if (faults.size() >= most_claim_faults)
            break;
    }
    if (bytes > most_claim_bytes)
        faults.push_back(
            {"take " + std::to_string(bytes) + " bytes of every token, more than " + std::to_string(most_claim_bytes)});
    if (faults.empty())
        claims = std::move(read);
    return faults;
}

std::string claims_to_toml(const std::vector<token_claim>& claims) {
    const auto text = [](const auto& value) -> std::string {
        using type = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<type, bool>)
            return value ? "true" : "false";
        else if constexpr (std::is_same_v<type, std::int64_t>)
            return std::to_string(value);
        else
            return to_toml(value);
    };
    std::string out = "{";
    for (const auto& claim : claims)
        out.append(out.size() > 1 ? ", " : "")
            .append(to_toml(claim.name) + " = ")
            .append(std::visit(text, claim.value));
    return out + '}';
}

}  // namespace latchkey
