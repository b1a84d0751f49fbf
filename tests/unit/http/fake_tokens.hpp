// A token authority for handlers: knows the tokens that a test has written into it.
#pragma once

#include <latchkey/token_authority.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace latchkey::testing {

struct fake_tokens final : token_authority {
    std::map<std::string, session, std::less<>> live;  // access tokens
    std::optional<boost::system::error_code> failure;  // of every call
    std::optional<session> opened;                     // what a login or a refresh gives
    std::string last_secret;                           // the password or the token that came last
    std::string last_name;
    std::string last_request;
    std::optional<token_scrutiny> last_scrutiny;
    std::optional<token_account> account;
    std::string keys = R"({"keys":[]})";

    task<result<session>> verify(std::string_view token, token_scrutiny scrutiny) override {
        last_scrutiny = scrutiny;
        if (failure)
            co_return *failure;
        const auto found = live.find(token);
        if (found == live.end())
            co_return errc::no_session;
        co_return found->second;
    }
    result<access_token> issue(const session& of) override {
        if (failure)
            return *failure;
        return access_token{secret("at-of-" + of.id.str()), seconds{300}};
    }
    result<void> mint(const session& of, std::string& out) override {
        if (failure)
            return *failure;
        out.append("minted-for-").append(of.id.str());
        return {};
    }
    task<result<token_pair>> login(login_request request) override {
        last_name = request.email;
        last_secret = request.password.reveal();
        last_request = request.request_id;
        co_return pair();
    }
    task<result<token_pair>> refresh(std::string_view token, token_visit visit) override {
        last_secret = token;
        last_request = visit.request_id;
        co_return pair();
    }
    task<result<std::optional<session>>> revoke(std::string_view token, token_visit visit) override {
        last_secret = token;
        last_request = visit.request_id;
        if (failure)
            co_return *failure;
        co_return std::optional<session>{};
    }
    task<result<std::optional<token_account>>> introspect(std::string_view token) override {
        last_secret = token;
        if (failure)
            co_return *failure;
        co_return account;
    }
    std::shared_ptr<const std::string> jwks() const override { return std::make_shared<const std::string>(keys); }
    void use(std::shared_ptr<const token_keys>) override {}
    token_stats stats() const noexcept override { return {}; }

private:
    result<token_pair> pair() {
        if (failure)
            return *failure;
        return token_pair{{secret("new-access"), seconds{300}}, secret("new-refresh"), *opened};
    }
};

}  // namespace latchkey::testing
