#include "password_policy.hpp"

#include "ascii.hpp"
#include "common_passwords.hpp"
#include "utf8.hpp"

namespace latchkey {
namespace {

constexpr std::string_view service_name = "latchkey";
// "latchkey2026!" is the name and little else, "latchkey under the blue mat" is not.
constexpr std::size_t little = 6;
// Shorter local parts ("jo") say nothing: half of all passwords would hold them.
constexpr std::size_t shortest_telling_word = 4;

// Whether `password` holds `word`, and taking out all of them leaves fewer than `little` bytes.
bool is_little_but(std::string_view word, std::string_view password) noexcept {
    std::size_t left = 0;
    bool found = false;
    while (!password.empty()) {
        const bool here = starts_with_folded(password, word);
        found = found || here;
        left += here ? 0 : 1;
        password.remove_prefix(here ? word.size() : 1);
    }
    return found && left < little;
}

bool is_own_email(std::string_view password, std::string_view email) noexcept {
    const std::string_view local = email.substr(0, email.find('@'));
    if (compare_folded(password, local) == 0 || is_little_but(email, password))
        return true;
    return local.size() >= shortest_telling_word && is_little_but(local, password);
}

}  // namespace

password_verdict judge_password(std::string_view password, const email_address& owner,
                                std::size_t min_length) noexcept {
    if (password.size() > longest_password)
        return password_verdict::too_long;
    const auto length = count_code_points(password);
    if (!length)
        return password_verdict::not_utf8;
    if (*length < min_length)
        return password_verdict::too_short;
    if (is_common_password(password))
        return password_verdict::common;
    if (is_own_email(password, owner.str()))
        return password_verdict::own_email;
    if (is_little_but(service_name, password))
        return password_verdict::service_name;
    return password_verdict::acceptable;
}

std::string_view reason(password_verdict verdict) noexcept {
    switch (verdict) {
        case password_verdict::acceptable:
            return "";
        case password_verdict::too_long:
            return "The password is longer than 1,024 bytes.";
        case password_verdict::not_utf8:
            return "The password is not valid UTF-8 text.";
        case password_verdict::too_short:
            return "The password is too short. A few unrelated words make a good one.";
        case password_verdict::common:
            return "The password is on a list of common passwords.";
        case password_verdict::own_email:
            return "The password is little more than your own email address.";
        case password_verdict::service_name:
            return "The password is little more than the name of this service.";
    }
    return "";
}

boost::system::error_code to_error(password_verdict verdict) noexcept {
    switch (verdict) {
        case password_verdict::acceptable:
            return {};
        case password_verdict::too_long:
            return errc::password_too_long;
        case password_verdict::not_utf8:
            return errc::invalid_request;
        case password_verdict::too_short:
            return errc::password_too_short;
        case password_verdict::common:
            return errc::password_common;
        case password_verdict::own_email:
        case password_verdict::service_name:
            return errc::password_personal;
    }
    return errc::invalid_request;
}

}  // namespace latchkey
