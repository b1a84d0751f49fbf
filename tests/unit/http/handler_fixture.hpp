// A request through the gate, the routes and its handler, without a socket.
#pragma once

#include "fake_domain.hpp"
#include "routes.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <span>
#include <string>

namespace latchkey::testing {

struct answer {
    int status = 0;
    std::string head;  // with the blank line
    std::string body;

    // Of the first field with this name; "" when there is none.
    std::string header(const std::string& name) const {
        const auto at = head.find("\r\n" + name + ": ");
        if (at == std::string::npos)
            return {};
        const auto begin = at + name.size() + 4;
        return head.substr(begin, head.find("\r\n", begin) - begin);
    }
    nlohmann::json json() const { return nlohmann::json::parse(body); }
    std::string code() const { return json().value("code", ""); }
};

class handler_fixture : public ::testing::Test {
protected:
    // `fields`: further header lines, each ended by CRLF. `body`: sent as JSON, unless `fields` names a type.
    answer ask(const std::string& line, const std::string& fields = {}, const std::string& body = {}) {
        std::string block = line + " HTTP/1.1\r\nHost: " + host_ + "\r\n" + fields;
        if (!body.empty() && fields.find("Content-Type") == std::string::npos)
            block += "Content-Type: application/json\r\n";
        block += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";

        http::exchange x(*services_, core_, peer_, peer_trusted_);
        x.for_programs = for_programs_;
        const auto refused = http::pass_gate(block, services_->gate, x.head);
        EXPECT_FALSE(refused) << refused->title;
        x.start();
        x.body = secret(body);
        found_ = http::find_route(x, routes_);
        parameter_ = x.path_parameter;
        if (found_) {
            boost::asio::co_spawn(io_, found_->handle(x), boost::asio::detached);
            io_.restart();
            io_.run();
        }
        std::string text = std::exchange(core_.out, {});
        if (x.shared_content)
            text += *x.shared_content;
        return split(text);
    }

    // On the clock of the deadlines, which sees no other.
    void pass_ms(std::int64_t ms) { core_.now += ms; }

    // What is in force from the next request on.
    void use(const config& options, std::shared_ptr<const access_policy> policy) {
        services_ = std::make_shared<const http::services>(options, std::move(policy), domain_.get(), state_);
        core_.bring(services_);
    }

    // Who answers from the next request on.
    void use_domain(const http::domain& parts, const config& options = {},
                    std::shared_ptr<const access_policy> policy = std::make_shared<members_only>()) {
        services_ = std::make_shared<const http::services>(options, std::move(policy), parts, state_);
        core_.bring(services_);
    }

    static std::string cookie(const std::string& token) { return "Cookie: __Host-session=" + token + "\r\n"; }

    fake_domain domain_;
    bool peer_trusted_ = false;
    std::string host_ = "x";
    std::span<const http::route> routes_ = http::public_routes();
    const http::route* found_ = nullptr;  // by the last request
    std::string parameter_;
    bool for_programs_ = false;  // as on the administrators' site

private:
    static answer split(const std::string& text) {
        const auto end = text.find("\r\n\r\n");
        if (end == std::string::npos)
            throw std::runtime_error("no answer: " + text);
        return {std::stoi(text.substr(9, 3)), text.substr(0, end + 4), text.substr(end + 4)};
    }

    boost::asio::io_context io_{1};
    http::server_state state_;
    std::shared_ptr<const http::services> services_ =
        std::make_shared<const http::services>(config{}, std::make_shared<members_only>(), domain_.get(), state_);
    http::core_context core_{io_, services_, 1};

protected:
    client_address peer_;
};

}  // namespace latchkey::testing
