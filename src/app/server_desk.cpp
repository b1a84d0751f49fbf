#include "server_desk.hpp"

#include "account_failure.hpp"
#include "admin_answer.hpp"
#include "admin_door.hpp"

#include <nlohmann/json.hpp>

#include <iterator>
#include <span>
#include <utility>

namespace latchkey {
namespace {

constexpr std::string_view page_size = "1000";

std::string percent_encode(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~')
            out += c;
        else
            out.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
    return out;
}

void wipe(std::string& text) noexcept {
    latchkey::wipe(std::span(text.data(), text.size()));
}

// `fields` as a request's body, with the password where there is one.
secret write_body(nlohmann::json fields, const secret* password) {
    if (password)
        fields["password"] = password->reveal();
    std::string text = fields.dump();
    secret body(text);
    wipe(text);
    if (password)
        wipe(fields["password"].get_ref<std::string&>());
    return body;
}

// The server knows the user by id, the person by address.
failure about(failure why, const std::string& email) {
    if (why.code == "not_found")
        return no_such_user(email);
    if (why.code == "already_exists")
        return user_exists(email);
    return why;
}

class server_desk final : public account_desk {
public:
    explicit server_desk(http::admin_client server) : server_(std::move(server)) {}

    attempt<user> find(const email_address& email) override {
        const auto page = read(ask("GET", "/admin/users?email=" + percent_encode(email.str())), read_users);
        if (!page)
            return page.error();
        if (page->users.empty())
            return no_such_user(email.str());
        return page->users.front();
    }

    attempt<std::vector<user>> users() override {
        std::vector<user> all;
        std::string cursor;
        do {
            auto page = read(ask("GET", page_of("/admin/users", cursor)), read_users);
            if (!page)
                return page.error();
            std::move(page->users.begin(), page->users.end(), std::back_inserter(all));
            cursor = page->next;
        } while (!cursor.empty());
        return all;
    }

    attempt<user> add(user_draft draft) override {
        const nlohmann::json fields{{"email", draft.email.str()}, {"name", draft.name}, {"groups", draft.groups}};
        const auto body = write_body(fields, draft.password.empty() ? nullptr : &draft.password);
        auto added = read(ask("POST", "/admin/users", body.reveal()), read_user);
        if (!added)
            return about(added.error(), draft.email.str());
        return added;
    }

    attempt<user> change(const user& whom, user_patch patch) override {
        nlohmann::json fields = nlohmann::json::object();
        if (patch.email)
            fields["email"] = patch.email->str();
        if (patch.name)
            fields["name"] = *patch.name;
        if (patch.groups)
            fields["groups"] = *patch.groups;
        if (patch.disabled)
            fields["disabled"] = *patch.disabled;
        const auto body = write_body(std::move(fields), patch.password ? &*patch.password : nullptr);
        auto changed = read(ask("PATCH", path_of(whom), body.reveal()), read_user);
        if (!changed) {
            const bool taken = changed.error().code == "already_exists" && patch.email;
            return about(changed.error(), taken ? patch.email->str() : whom.email);
        }
        return changed;
    }

    attempt<void> remove(const user& whom) override {
        if (const auto answer = ask("DELETE", path_of(whom)); !answer)
            return about(answer.error(), whom.email);
        return {};
    }

    attempt<std::vector<listed_session>> sessions_of(const user& whom) override {
        auto found = read(ask("GET", path_of(whom) + "/sessions"), read_sessions);
        if (!found)
            return about(found.error(), whom.email);
        return std::move(found->sessions);
    }

    attempt<void> each_session(const std::function<void(const std::vector<listed_session>&)>& tell) override {
        std::string cursor;
        do {
            const auto page = read(ask("GET", page_of("/admin/sessions", cursor)), read_sessions);
            if (!page)
                return page.error();
            tell(page->sessions);
            cursor = page->next;
        } while (!cursor.empty());
        return {};
    }

    attempt<void> end_session(const public_id& id) override {
        const auto answer = ask("DELETE", "/admin/sessions/" + id.str());
        if (!answer)
            return answer.error().code == "not_found" ? no_such_session(id) : answer.error();
        return {};
    }

    attempt<std::size_t> end_sessions_of(const user& whom) override {
        const auto ended = read(ask("DELETE", path_of(whom) + "/sessions"), read_revoked);
        if (!ended)
            return about(ended.error(), whom.email);
        return *ended;
    }

    attempt<std::vector<throttle_entry>> throttles(const throttle_filter& which) override {
        const std::string target = "/admin/throttles?limit=" + std::string(page_size) + query_of(which);
        return read(ask("GET", target), read_throttles);
    }

    attempt<std::size_t> clear_throttles(const throttle_filter& which) override {
        const std::string query = query_of(which);
        return read(ask("DELETE", "/admin/throttles?" + (query.empty() ? "all=true" : query.substr(1))), read_cleared);
    }

private:
    // "&client=192.0.2.1"; "" when all are meant.
    static std::string query_of(const throttle_filter& which) {
        std::string out;
        if (!which.id.empty())
            out += "&id=" + percent_encode(which.id);
        if (!which.account.empty())
            out += "&account=" + percent_encode(which.account);
        if (which.client)
            out += "&client=" + percent_encode(which.client->str());
        return out;
    }

    static std::string path_of(const user& whom) { return "/admin/users/" + whom.id.str(); }

    static std::string page_of(const std::string& list, const std::string& cursor) {
        std::string target = list + "?limit=" + std::string(page_size);
        return cursor.empty() ? target : target + "&cursor=" + percent_encode(cursor);
    }

    // The body of a 2xx.
    attempt<std::string> ask(std::string_view method, const std::string& target, std::string_view body = {}) const {
        auto reply = server_.ask(method, target, body);
        if (reply.outcome != http::admin_outcome::answered)
            return unanswered(reply, server_.address());
        if (reply.status < 200 || reply.status > 299)
            return read_problem(reply.status, reply.body);
        return {boost::system::in_place_value, std::move(reply.body)};
    }

    template <class T>
    static attempt<T> read(const attempt<std::string>& answer, std::optional<T> (*parse)(const std::string&)) {
        if (!answer)
            return answer.error();
        auto parsed = parse(*answer);
        if (!parsed)
            return unreadable_answer();
        return {boost::system::in_place_value, *std::move(parsed)};
    }

    const http::admin_client server_;
};

}  // namespace

std::unique_ptr<account_desk> make_server_desk(http::admin_client server) {
    return std::make_unique<server_desk>(std::move(server));
}

}  // namespace latchkey
