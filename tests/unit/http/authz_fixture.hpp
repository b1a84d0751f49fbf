// Questions of proxies to the handlers: whoever asks is trusted, a session is there, and a policy writes down what it
// is asked and answers what a test wants.
#pragma once

#include "handler_fixture.hpp"

#include <latchkey/access_policy.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace latchkey::testing {

struct question_book final : access_policy {
    struct entry {
        std::string host, method, client;
        std::vector<std::string> paths;
        std::string who;  // the email; "" for anonymous
    };
    access_outcome outcome = access_outcome::allow;  // for those signed in
    access_outcome outcome_for_anonymous = access_outcome::login;
    std::string forbidden_method;
    mutable std::vector<entry> asked;

    access_decision decide(const access_question& q) const noexcept override {
        entry e{
            std::string(q.host), std::string(q.method), q.client.str(), {}, std::string(q.who ? q.who->email() : "")};
        for (const auto path : q.paths)
            e.paths.emplace_back(path);
        asked.push_back(std::move(e));
        if (!forbidden_method.empty() && q.method == forbidden_method)
            return {access_outcome::forbid, 0};
        return {decide_by_default(q.who), 0};
    }
    access_outcome decide_by_default(const user_profile* who) const noexcept override {
        return who ? outcome : outcome_for_anonymous;
    }
};

using field_list = std::vector<std::pair<std::string, std::string>>;

inline std::string lines(const field_list& fields) {
    std::string out;
    for (const auto& [name, value] : fields)
        out.append(name).append(": ").append(value).append("\r\n");
    return out;
}

class authz_fixture : public handler_fixture {
protected:
    static constexpr const char* nginx = "/api/authz/auth-request";
    static constexpr const char* forward = "/api/authz/forward-auth";
    static constexpr const char* envoy = "/api/authz/ext-authz";
    static constexpr const char* oauth2 = "/oauth2/auth";

    authz_fixture() {
        peer_trusted_ = true;
        options_.server.public_url = "https://auth.example.com";
        options_.server.trusted_proxies = {"10.0.0.0/8"};
        options_.access.rules.push_back({{}, {}, {}, {}, {"192.0.2.0/24"}, "authenticated"});  // so that clients matter
        use(options_, book_);
        user u;
        u.id = numbered_id(1);
        u.email = "ada@example.com";
        u.name = "Ada";
        u.groups = {"ops", "staff"};
        domain_.add_session("adas", 11, make_profile(u, false));
    }

    // What proxies send of "GET https://app.example.com/a/b?c=d".
    static field_list original() {
        return {{"X-Original-URL", "https://app.example.com/a/b?c=d"}, {"X-Original-Method", "GET"}};
    }
    static field_list forwarded() {
        return {{"X-Forwarded-Proto", "https"},
                {"X-Forwarded-Host", "app.example.com"},
                {"X-Forwarded-Uri", "/a/b?c=d"},
                {"X-Forwarded-Method", "GET"}};
    }
    // The same with the field replaced, or added at the end.
    static field_list with(field_list fields, const std::string& name, const std::string& value) {
        for (auto& f : fields)
            if (f.first == name) {
                f.second = value;
                return fields;
            }
        fields.emplace_back(name, value);
        return fields;
    }
    static field_list plus(field_list fields, const std::string& name, const std::string& value) {
        fields.emplace_back(name, value);
        return fields;
    }
    static field_list without(field_list fields, const std::string& name) {
        std::erase_if(fields, [&](const auto& f) { return f.first == name; });
        return fields;
    }
    static field_list signed_in(field_list fields) { return plus(std::move(fields), "Cookie", "__Host-session=adas"); }
    static field_list browser(field_list fields) {
        return plus(std::move(fields), "Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    }

    answer get(const std::string& target, const field_list& fields) { return ask("GET " + target, lines(fields)); }
    // The last question of the policy.
    const question_book::entry& asked() const {
        if (book_->asked.empty())
            throw std::runtime_error("the policy was not asked");
        return book_->asked.back();
    }

    config options_;
    std::shared_ptr<question_book> book_ = std::make_shared<question_book>();
};

}  // namespace latchkey::testing
