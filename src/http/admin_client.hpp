// The other end of the admin listener, for the command line: asks a running server to act, one request at a time.
//
// Blocking, and bounded in time as a whole. Everything a caller may want to know is in the reply; nothing throws but
// exhausted memory.
#pragma once

#include <latchkey/clock.hpp>
#include <latchkey/secret.hpp>

#include <string>
#include <string_view>

namespace latchkey::http {

enum class admin_outcome {
    answered,        // `status` and `body` are the server's
    nobody_listens,  // no such socket, nobody behind it, or no address at all: act on the database instead
    no_permission,   // the socket is somebody else's
    failed,          // connected or not, there was no whole answer: whether anything was done is not known
};

struct admin_reply {
    admin_outcome outcome = admin_outcome::failed;
    unsigned status = 0;
    std::string body;    // JSON; never holds a password
    std::string reason;  // unless answered: "Connection refused", "no answer within 30 s"
};

class admin_client {
public:
    // `address` as config::admin_address() gives it: "unix:/path", "host:port" or empty. `token` is what TCP listeners
    // want to be shown; empty: none. `patience` covers connecting and the whole exchange.
    explicit admin_client(std::string address, secret token = {}, milliseconds patience = milliseconds{30'000});

    // `method` is "GET", "POST", "PATCH" or "DELETE"; `target` is the path and query, encoded. `json`, where not empty,
    // is sent as the body; it may hold a password: it is not copied, and stays the caller's to wipe.
    admin_reply ask(std::string_view method, std::string_view target, std::string_view json = {}) const;

    const std::string& address() const noexcept { return address_; }

private:
    std::string address_;
    secret token_;
    milliseconds patience_;
};

}  // namespace latchkey::http
