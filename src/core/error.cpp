#include <latchkey/error.hpp>

#include <string>

namespace latchkey {
namespace {

class category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "latchkey"; }
    std::string message(int value) const override { return text(value); }
    const char* message(int value, char*, std::size_t) const noexcept override { return text(value); }

private:
    static const char* text(int value) noexcept {
        switch (static_cast<errc>(value)) {
            case errc::no_session:
                return "no such session, or it has ended";
            case errc::invalid_credentials:
                return "invalid email or password";
            case errc::ambiguous_credentials:
                return "credentials of two different users";
            case errc::forbidden:
                return "not permitted";
            case errc::invalid_email:
                return "not a valid email address";
            case errc::invalid_request:
                return "malformed request";
            case errc::password_too_long:
                return "the password is longer than 1024 bytes";
            case errc::password_too_short:
                return "the password is too short";
            case errc::password_common:
                return "the password is one of those that are guessed first";
            case errc::password_personal:
                return "the password is made of the user's email or the service's name";
            case errc::not_found:
                return "not found";
            case errc::already_exists:
                return "the email address belongs to another user";
            case errc::overloaded:
                return "too busy, try again later";
            case errc::session_limit:
                return "the server holds as many sessions as it may";
            case errc::store_unavailable:
                return "the store does not answer";
            case errc::unsupported_hash:
                return "the stored password hash is not argon2id within bounds";
            case errc::token_too_large:
                return "an access token for this user would be too large";
        }
        return "unknown error";
    }
};

}  // namespace

std::string_view advice(const boost::system::error_code& error) noexcept {
    if (error == errc::password_too_short)
        return "The password is too short. A few unrelated words make a good one.";
    if (error == errc::password_common)
        return "The password is on a list of common passwords.";
    if (error == errc::password_personal)
        return "The password is little more than your own email address or the name of this service.";
    return {};
}

const boost::system::error_category& latchkey_category() noexcept {
    static const category instance;
    return instance;
}

}  // namespace latchkey
