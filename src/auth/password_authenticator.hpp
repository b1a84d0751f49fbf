// The authenticator's use cases. Each has a file of its own: login.cpp, reauthentication.cpp, password_change.cpp.
//
// Whatever is refused before the hash is refused by what the client sent or by how busy the server is, never by who the
// user is.
#pragma once

#include "credential_check.hpp"

#include <string_view>

namespace latchkey {

class password_authenticator final : public authenticator {
public:
    explicit password_authenticator(const authenticator_parts& parts) : parts_(parts) {}

    boost::system::error_code turn_away(const login_visit& visit) noexcept override;
    task<result<signed_in>> login(login_request request) override;
    task<result<opened_session>> reauthenticate(reauthentication_request request) override;
    task<result<opened_session>> change_password(password_change_request request) override;

private:
    using outcome = result<opened_session>;

    // Runs `attempt`, which leaves in `event` what happened, and records that, come what may.
    task<outcome> audited(audit_event& event, task<outcome> attempt);
    // Both note the refusal and return `error`.
    static boost::system::error_code refuse(audit_event& event, std::string_view reason,
                                            boost::system::error_code error) noexcept;
    static boost::system::error_code refuse(audit_event& event, boost::system::error_code error) noexcept;

    // login.cpp
    task<outcome> attempt_login(login_request& request, audit_event& event);
    task<result<void>> end_presented(const secret& token, const user& whose, const audit_event& login);
    void record_end(const audit_event& login, const user& whose, const public_id& id,
                    std::string_view reason) const noexcept;
    task<result<void>> judge_again(const stored_user& judged);

    // reauthentication.cpp
    task<outcome> attempt_reauthentication(reauthentication_request& request, session& held, audit_event& event);
    task<result<void>> hold(const secret& token, session& held, audit_event& event);
    task<outcome> rotate(const secret& token, const stored_user& judged, audit_event& event);

    // password_change.cpp
    task<outcome> attempt_password_change(password_change_request& request, session& held, audit_event& event);
    task<result<stored_user>> establish(const password_change_request& request, const session& held,
                                        audit_event& event);
    task<result<void>> put_in_force(const password_change_request& request, const stored_user& judged,
                                    const session& held);

    const authenticator_parts parts_;
    const credential_check credentials_{parts_};
};

}  // namespace latchkey
