// A server with access rules, as proxies of three dialects ask it: what several suites here share.
//
// Clients at 127.0.0.1 are trusted proxies, those at 127.0.0.2 are not.
#pragma once

#include "latchkey_server.hpp"

#include <string>
#include <vector>

namespace latchkey::test {

inline const std::vector<std::string> identity_headers{"Remote-User", "Remote-Email", "Remote-Name", "Remote-Groups",
                                                       "Remote-Session"};

// app: for everybody with an account, "/public/*" for the whole world by GET and HEAD; admin: for the group "admins";
// office: for clients in 192.0.2.0/24, others sign in; closed: for nobody. Everything else is denied.
server_setup guarded_sites();

// The fields that forward-auth reads.
header_list forwarded(const std::string& host, const std::string& uri, const std::string& method = "GET",
                      header_list more = {});
// The fields by which a browser says that it goes to a page.
header_list as_browser(header_list headers);

// Nothing in it but the status, and no header of an identity.
void expect_bare_refusal(const http_response& response, int status);
// Each identity header once, all of them empty.
void expect_nobody(const http_response& response);

}  // namespace latchkey::test
