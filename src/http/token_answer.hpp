// What the token endpoints say, in the words of RFC 6749 sections 5.1 and 5.2 and of RFC 7662.
#pragma once

#include "exchange.hpp"

#include <latchkey/secret.hpp>
#include <latchkey/token_authority.hpp>

#include <string>
#include <string_view>

namespace latchkey::http {

// {"access_token":…,"token_type":"Bearer","expires_in":…[,"refresh_token":…]}, in memory that is wiped. Throws
// std::bad_alloc.
secret token_json(const access_token& access, const secret* refresh);

// {"active":true,…}: the claims, as they would stand in a token that was issued now.
std::string introspection_json(const token_account& account, const services& svc);

// {"error":…,"error_description":…}.
void refuse_grant(exchange& x, unsigned status, std::string_view error, std::string_view description,
                  unsigned retry_after = 0);
// The same for an error of the domain.
void refuse_grant(exchange& x, boost::system::error_code error);

}  // namespace latchkey::http
