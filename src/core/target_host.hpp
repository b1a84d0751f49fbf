// The host somebody asks for, in the one form that access rules are compared with (requirement F5).
#pragma once

#include <latchkey/error.hpp>

#include <string>
#include <string_view>

namespace latchkey {

// Lower case, without one trailing dot; an IPv6 address keeps its brackets and gets its shortest spelling. `host` comes
// without a port. The result is a view into `host` where that is canonical already, else into `scratch`.
//
// errc::invalid_request, after which access must be denied: nothing at all, an empty label, a byte that no host name
// has (letters, digits, `-` and `_` are had), over 253 bytes, a last label that is a number without the whole being an
// IPv4 address, as some servers take "2130706433" for 127.0.0.1.
result<std::string_view> canonical_host(std::string_view host, std::string& scratch);

}  // namespace latchkey
