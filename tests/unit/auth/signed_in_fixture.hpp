// Somebody who is signed in, as `mine`, gives the password again: alice, who has the right one.
#pragma once

#include "login_fixture.hpp"

namespace latchkey::testing {

inline constexpr std::string_view fresh_password = "another lantern";

class signed_in_fixture : public login_fixture {
protected:
    result<opened_session> reauthenticate(const secret& token, std::string_view password = "right") {
        reauthentication_request r;
        r.token = secret(token.reveal());
        r.password = secret(password);
        r.client.bytes[15] = 1;
        r.request_id = "req-2";
        return run.await(subject->reauthenticate(std::move(r)));
    }
    result<opened_session> change(const secret& token, std::string_view current = "right",
                                  std::string_view fresh = fresh_password) {
        password_change_request r;
        r.token = secret(token.reveal());
        r.current_password = secret(current);
        r.new_password = secret(fresh);
        r.client.bytes[15] = 1;
        r.request_id = "req-3";
        return run.await(subject->change_password(std::move(r)));
    }

    stored_user& alice() { return users.users.at("alice@example.com"); }
    // As if somebody else had set it, sessions not yet ended.
    void set_password(std::string_view password) {
        alice().password_hash = "hash of " + std::string(password);
        ++alice().credential_version;
        ++alice().profile.version;
    }

    // Exactly one event since the last call, and this one.
    void expect_event(std::string_view type, bool success, std::string_view reason) {
        ASSERT_EQ(audit.events.size(), 1U);
        const kept_event& event = audit.events[0];
        EXPECT_EQ(event.type, type);
        EXPECT_EQ(event.success, success);
        EXPECT_EQ(event.reason, reason);
        EXPECT_EQ(event.request_id, type == "reauthentication" ? "req-2" : "req-3");
        EXPECT_EQ(event.client.bytes[15], 1);
        audit.events.clear();
    }

    static constexpr std::string_view unknown_token = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    secret mine = signed_in("alice");
};

}  // namespace latchkey::testing
