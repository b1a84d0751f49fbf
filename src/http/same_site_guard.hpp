// Cross-site request refusal for everything that changes state (requirement X1).
//
// Browsers say where a request comes from, in Sec-Fetch-Site (W3C Fetch Metadata) and Origin (RFC 6454). A request
// that says so must come from this site; one that says nothing is no browser's, and SameSite cookies stand behind.
#pragma once

#include "request_head.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace latchkey::http {

class same_site_guard {
public:
    // `own_origin` and `allowed` are serialised origins in lower case, without default ports.
    same_site_guard(std::string own_origin, std::vector<std::string> allowed);

    // False: refuse with 403. Repeated fields, "null" and unknown values are refused too: ambiguity denies.
    bool permits(const request_head& head) const noexcept;

private:
    std::vector<std::string> origins_;
};

}  // namespace latchkey::http
