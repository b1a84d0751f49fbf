// The device cookie: what a browser keeps of having logged in, whether or not it is signed in now (requirement L7).
//
// Nobody but the throttle reads it, so it is looked for when a password has come, and never on a check: not by the
// gate, but in the header block that the gate has passed.
#pragma once

#include "request_head.hpp"

#include <latchkey/config.hpp>

#include <string>
#include <string_view>

namespace latchkey::http {

class device_cookie {
public:
    explicit device_cookie(const config& options);

    // Every value it has in the request.
    presented_cookies in(const request_head& head) const noexcept;

    // Appends "Set-Cookie: …\r\n".
    void append_set(std::string& out, std::string_view token) const;

private:
    std::string name_;
    std::string attributes_;
};

}  // namespace latchkey::http
