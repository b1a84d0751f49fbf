#include "token_claims.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <variant>

namespace latchkey {
namespace {

// Written by hand, and read without a document: nlohmann's arrays and objects allocate when they are destroyed, and so
// end the program where memory is short (E5). Its strings don't.

std::string quoted(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string list_of(const std::vector<std::string>& texts) {
    std::string out = "[";
    for (const auto& text : texts)
        out.append(out.size() > 1 ? "," : "").append(quoted(text));
    return out.append("]");
}

std::string number(wall_time t) {
    return std::to_string(t.time_since_epoch().count());
}

// token_use stands in some tokens only, and last.
enum class claim : std::uint8_t { iss, sub, aud, exp, iat, nbf, jti, sid, auth_time, email, name, groups, token_use };

constexpr std::array<std::string_view, 13> claim_names{"iss", "sub",       "aud",   "exp",  "iat",    "nbf",      "jti",
                                                       "sid", "auth_time", "email", "name", "groups", "token_use"};
constexpr auto needed_claims = claim_names.size() - 1;

constexpr std::int64_t latest = std::int64_t{1} << 53;  // what every JSON reader can hold

std::optional<claim> claim_of(std::string_view name) noexcept {
    for (std::size_t i = 0; i < claim_names.size(); ++i)
        if (claim_names[i] == name)
            return static_cast<claim>(i);
    return std::nullopt;
}

// nlohmann's events; false ends the parse.
class claim_reader final : public nlohmann::json_sax<nlohmann::json> {
public:
    token_claims claims;

    bool complete() const noexcept { return (seen_ | std::bitset<claim_names.size()>(1U << needed_claims)).all(); }

    bool null() override { return passing_over(); }
    bool boolean(bool) override { return passing_over(); }
    bool number_integer(number_integer_t) override { return passing_over(); }  // a negative one
    bool number_unsigned(number_unsigned_t value) override {
        if (passing_over())
            return true;
        if (depth_ != 1 || value > static_cast<std::uint64_t>(latest))
            return false;
        wall_time* const into = time_of(*current_);
        if (into)
            *into = wall_time{seconds{static_cast<std::int64_t>(value)}};
        return into;
    }
    bool number_float(number_float_t, const string_t&) override { return passing_over(); }
    bool string(string_t& value) override {
        if (passing_over())
            return true;
        if (depth_ == 0)
            return false;
        if (depth_ == 2) {
            claims.groups.push_back(value);
            return true;
        }
        if (*current_ == claim::token_use)
            return claims.for_upstream = true;
        if (std::string* const text = text_of(*current_)) {
            *text = value;
            return true;
        }
        public_id* const into = id_of(*current_);
        const auto id = public_id::parse(value);
        if (into && id)
            *into = *id;
        return into && id;
    }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override {
        if (depth_ != 0 && !passing_over())
            return false;
        ++depth_;
        return true;
    }
    bool key(string_t& name) override {
        if (depth_ > 1)
            return true;
        current_ = claim_of(name);
        if (!current_)
            return true;
        const auto bit = static_cast<std::size_t>(*current_);
        const bool again = seen_.test(bit);
        seen_.set(bit);
        return !again;
    }
    bool end_object() override {
        --depth_;
        return true;
    }
    bool start_array(std::size_t) override {
        if (!passing_over() && (depth_ != 1 || *current_ != claim::groups))
            return false;
        ++depth_;
        return true;
    }
    bool end_array() override {
        --depth_;
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

private:
    // Inside the object, in a member that is none of the claims.
    bool passing_over() const noexcept { return depth_ != 0 && !current_; }

    wall_time* time_of(claim c) noexcept {
        switch (c) {
            case claim::exp:
                return &claims.expires_at;
            case claim::iat:
                return &claims.issued_at;
            case claim::nbf:
                return &claims.not_before;
            case claim::auth_time:
                return &claims.authenticated;
            default:
                return nullptr;
        }
    }
    std::string* text_of(claim c) noexcept {
        switch (c) {
            case claim::iss:
                return &claims.issuer;
            case claim::aud:
                return &claims.audience;
            case claim::email:
                return &claims.email;
            case claim::name:
                return &claims.name;
            default:
                return nullptr;
        }
    }
    public_id* id_of(claim c) noexcept {
        switch (c) {
            case claim::sub:
                return &claims.subject;
            case claim::sid:
                return &claims.session;
            case claim::jti:
                return &claims.id;
            default:
                return nullptr;
        }
    }

    std::bitset<claim_names.size()> seen_;
    std::optional<claim> current_;  // of the member under way; nothing: none of them
    std::size_t depth_ = 0;
};

}  // namespace

std::string write_claims(const token_claims& c, std::string_view more) {
    std::string out = "{\"iss\":" + quoted(c.issuer);
    out.append(",\"sub\":\"").append(c.subject.str());
    out.append("\",\"aud\":").append(quoted(c.audience));
    out.append(",\"exp\":").append(number(c.expires_at));
    out.append(",\"iat\":").append(number(c.issued_at));
    out.append(",\"nbf\":").append(number(c.not_before));
    out.append(",\"jti\":\"").append(c.id.str());
    out.append("\",\"sid\":\"").append(c.session.str());
    out.append("\",\"auth_time\":").append(number(c.authenticated));
    out.append(",\"amr\":[\"pwd\"],\"email\":").append(quoted(c.email));
    out.append(",\"name\":").append(quoted(c.name)).append(",\"groups\":").append(list_of(c.groups));
    if (c.for_upstream)
        out.append(",\"token_use\":\"upstream\"");
    return out.append(more).append("}");
}

std::string write_static_claims(const std::vector<token_claim>& claims) {
    const auto value_of = [](const auto& value) -> std::string {
        using type = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<type, std::string>)
            return quoted(value);
        else if constexpr (std::is_same_v<type, bool>)
            return value ? "true" : "false";
        else if constexpr (std::is_same_v<type, std::vector<std::string>>)
            return list_of(value);
        else
            return std::to_string(value);
    };
    std::string out;
    for (const auto& claim : claims)
        out.append(",").append(quoted(claim.name)).append(":").append(std::visit(value_of, claim.value));
    return out;
}

result<token_claims> read_claims(std::string_view json) {
    claim_reader reader;
    // nlohmann's lexer takes a NUL byte for the end of the text, whatever follows.
    if (json.find('\0') != json.npos || !nlohmann::json::sax_parse(json.begin(), json.end(), &reader) ||
        !reader.complete())
        return errc::no_session;
    return std::move(reader.claims);
}

}  // namespace latchkey
