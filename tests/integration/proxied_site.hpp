// A whole installation as its users meet it: a proxy with its sample configuration, Latchkey, and an application that
// tells what reached it.
#pragma once

#include "header_echo_upstream.hpp"
#include "latchkey_server.hpp"
#include "proxy_process.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>
#include <vector>

namespace latchkey::test {

class proxied_site {
public:
    explicit proxied_site(const proxy_kind& kind);

    const std::string& name() const noexcept { return kind_.name; }
    std::string host() const { return loopback_address(front_port_); }
    std::string origin() const { return kind_.scheme + "://" + host(); }
    latchkey_server& server() { return *server_; }
    std::uint16_t http2_port() const { return proxy_->http2_port(); }
    std::string proxy_log() const { return proxy_->log(); }

    raw_client connect() const { return proxy_->connect(); }
    // With the right Host, as a browser has it, unless there is one.
    std::string wire(http_request request) const;
    // On a connection of its own. Status 0 when that ended without an answer.
    http_response ask(const http_request& request) const;
    http_response send(const std::string& bytes, bool to_head = false) const;
    std::string login(const test_user& user) const;
    // What Latchkey says of that session.
    nlohmann::json session_of(const std::string& cookie) const;

    // What reached the application since the last call.
    std::vector<std::string> arrivals() { return app_->take_seen(); }

private:
    proxy_kind kind_;
    std::uint16_t front_port_;
    std::unique_ptr<header_echo_upstream> app_;
    std::unique_ptr<latchkey_server> server_;
    std::unique_ptr<proxy_process> proxy_;
};

// Every field of a request head whose name is `name`, underscores taken for hyphens as CGI does.
std::vector<std::string> fields_of(const std::string& request, const std::string& name);

// The target of a request, read as generously as any application might: decoded, with every kind of separator, without
// parameters, query and dot segments.
std::string loosest_path(const std::string& target);

}  // namespace latchkey::test
