// What the bodies of POST /admin/users and PATCH /admin/users/{id} say.
//
// Stricter than what browsers send: one flat JSON object with known members only, each at most once and of its type, so
// that a misspelt member is told and not passed over. A password goes into a secret without a stop.
#pragma once

#include <latchkey/administrator.hpp>

#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace latchkey::http {

// A sentence that names the member: "groups: must be an array of strings".
struct body_fault {
    std::string detail;
};

template <class T>
using body_result = boost::system::result<T, body_fault>;

// {email, password?, name?, groups?}
body_result<user_draft> read_user_draft(std::string_view body);

// Any of {email, password, name, groups, disabled}, also none.
body_result<user_patch> read_user_patch(std::string_view body);

}  // namespace latchkey::http
