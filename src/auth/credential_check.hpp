// The one way in which a user is found and a password judged, whatever the use case (requirements L1, L2, L4).
//
// Runs on the io thread of the caller's connection; the database and argon2id have threads of their own. Shared by the
// use cases of one authenticator; stateless.
#pragma once

#include "device_token.hpp"
#include "make_authenticator.hpp"
#include "password_attempt.hpp"

#include <optional>
#include <string_view>

namespace latchkey {

class credential_check {
public:
    // `parts` must outlive *this.
    explicit credential_check(const authenticator_parts& parts) : parts_(parts) {}

    // The user with the address that somebody typed. What can't be anybody's address is looked up all the same, as one
    // that nobody uses.
    task<result<std::optional<stored_user>>> find(std::string_view typed) const;
    task<result<std::optional<stored_user>>> find(public_id id) const;

    // May this client try a password at this account (a canonical email, or whatever was typed)? Counts the attempt.
    // `device`: the token that came along, whatever it is worth. errc::overloaded when no password could be judged now,
    // throttled_for(), errc::store_unavailable; none tells anything about the account. What `account` and `device`
    // refer to lives until the end.
    task<result<password_attempt>> admit(client_prefix client, std::string_view account, const secret& device) const;

    // One hash's worth of work, whoever it is for and whether or not there is such a user. errc::overloaded.
    task<result<judgement>> judge(password_attempt attempt, const secret& password,
                                  const std::optional<stored_user>& known) const;

    // A hash with today's parameters in place of the judged one. Failing is logged and no more: the next login tries
    // again.
    task<void> renew_hash(const secret& password, const stored_user& known, client_prefix client) const;

private:
    static std::string_view reason_against(const std::optional<stored_user>& known,
                                           const verification& checked) noexcept;
    void tell(log_level level, std::string_view what, const stored_user& about,
              const boost::system::error_code& error) const noexcept;

    const authenticator_parts& parts_;
    const email_address nobody_ = email_address::parse("nobody@invalid").value();
};

}  // namespace latchkey
