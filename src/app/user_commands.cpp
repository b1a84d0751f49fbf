#include "user_commands.hpp"

#include "argon2.hpp"
#include "generated_password.hpp"
#include "password_input.hpp"
#include "password_policy.hpp"
#include "user_desk.hpp"
#include "user_output.hpp"

#include <algorithm>
#include <iterator>

#include <unistd.h>

namespace latchkey {
namespace {

struct chosen_password {
    secret text;
    std::string hash;  // PHC string
};

attempt<secret> obtain_password(const user_desk& desk, const email_address& owner, password_source source) {
    switch (source) {
        case password_source::generated:
            return generated_password();
        case password_source::standard_input:
            return read_password_line(desk.io.in);
        case password_source::prompt:
            break;
    }
    return ask_for_new_password(desk.io.terminal, owner.str());
}

attempt<chosen_password> choose_password(const user_desk& desk, const email_address& owner, password_source source) {
    auto text = obtain_password(desk, owner, source);
    if (!text)
        return text.error();
    // A generated one is held against no rule: it is made by a better one.
    if (source != password_source::generated) {
        const auto verdict = judge_password(text->reveal(), owner, desk.options.password.min_length);
        if (verdict != password_verdict::acceptable)
            return failure{exit_refused, verdict == password_verdict::too_long ? "password_too_long" : "weak_password",
                           std::string(reason(verdict))};
    }
    const auto& options = desk.options.password;
    auto hash = hash_password(*text, {options.memory, options.iterations});
    if (!hash)
        return failure{exit_refused, "overloaded", "There is not enough memory to hash a password."};
    return chosen_password{std::move(*text), *std::move(hash)};
}

// Finds the user of `request`, has `change` done to it and tells what happened.
int change_user(const console& io, const user_request& request, const std::string& deed,
                const std::function<attempt<void>(user_desk&, user&)>& change) {
    const auto email = read_email(request.email);
    if (!email)
        return complain(io, request.json, email.error());
    return at_user_desk(io, request.config_file, request.json, [&](user_desk& desk) -> attempt<void> {
        auto found = find_user(desk, *email);
        if (!found)
            return found.error();
        user& u = found->profile;
        if (auto done = change(desk, u); !done)
            return done;
        print_user_change(io, request.json, u, deed + ' ' + u.email + '.');
        return {};
    });
}

attempt<void> done_or(const result<void>& outcome, const user& u) {
    if (!outcome)
        return store_failure(outcome.error(), u.email);
    return {};
}

std::vector<std::string> merged(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    std::vector<std::string> out;
    std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
    return out;
}

std::vector<std::string> without(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    std::vector<std::string> out;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
    return out;
}

}  // namespace

int add_user(const console& io, const user_request& request, const new_user_request& fresh) {
    const auto email = read_email(request.email);
    if (!email)
        return complain(io, request.json, email.error());
    const auto groups = read_groups(fresh.groups);
    if (!groups)
        return complain(io, request.json, groups.error());
    if (!validate_user_name(fresh.name))
        return complain(
            io, request.json,
            {exit_usage, "invalid_request", "A name is at most 128 bytes of UTF-8 text without control characters."});

    return at_user_desk(io, request.config_file, request.json, [&](user_desk& desk) -> attempt<void> {
        // Asked before anybody types a password in vain; add() decides.
        const auto taken = desk.users.find(*email);
        if (!taken)
            return store_failure(taken.error(), email->str());
        if (*taken)
            return store_failure(errc::already_exists, email->str());
        const auto password = choose_password(desk, *email, fresh.password);
        if (!password)
            return password.error();
        const auto added = desk.users.add(*email, fresh.name, *groups, password->hash);
        if (!added)
            return store_failure(added.error(), email->str());
        print_user_change(io, request.json, *added, "Added " + added->email + '.',
                          fresh.password == password_source::generated ? &password->text : nullptr);
        return {};
    });
}

int list_users(const console& io, const user_request& request) {
    return at_user_desk(io, request.config_file, request.json, [&](user_desk& desk) -> attempt<void> {
        std::vector<user> users;
        std::optional<public_id> after;
        do {
            auto page = desk.users.list(after, 1'000);
            if (!page)
                return store_failure(page.error(), {});
            std::move(page->users.begin(), page->users.end(), std::back_inserter(users));
            after = page->next;
        } while (after);
        std::sort(users.begin(), users.end(), [](const user& a, const user& b) { return a.email < b.email; });
        print_users(io, request.json, users);
        return {};
    });
}

int show_user(const console& io, const user_request& request) {
    const auto email = read_email(request.email);
    if (!email)
        return complain(io, request.json, email.error());
    return at_user_desk(io, request.config_file, request.json, [&](user_desk& desk) -> attempt<void> {
        const auto found = find_user(desk, *email);
        if (!found)
            return found.error();
        print_user(io, request.json, found->profile);
        return {};
    });
}

int change_password(const console& io, const user_request& request, password_source source) {
    const auto email = read_email(request.email);
    if (!email)
        return complain(io, request.json, email.error());
    return at_user_desk(io, request.config_file, request.json, [&](user_desk& desk) -> attempt<void> {
        const auto found = find_user(desk, *email);
        if (!found)
            return found.error();
        const auto password = choose_password(desk, *email, source);
        if (!password)
            return password.error();
        if (auto set = desk.users.set_password_hash(found->profile.id, password->hash); !set)
            return store_failure(set.error(), email->str());
        print_user_change(io, request.json, found->profile, "Changed the password of " + email->str() + '.',
                          source == password_source::generated ? &password->text : nullptr);
        return {};
    });
}

int set_user_disabled(const console& io, const user_request& request, bool disabled) {
    return change_user(io, request, disabled ? "Disabled" : "Enabled", [&](user_desk& desk, user& u) {
        u.disabled = disabled;
        return done_or(desk.users.set_disabled(u.id, disabled), u);
    });
}

int change_groups(const console& io, const user_request& request, const group_changes& changes) {
    if (!changes.set && changes.add.empty() && changes.remove.empty())
        return complain(io, request.json, {exit_usage, "usage", "Say what to change: --set, --add or --remove."});
    const auto set = read_groups(changes.set.value_or(""));
    const auto add = read_groups(changes.add);
    const auto remove = read_groups(changes.remove);
    for (const auto* groups : {&set, &add, &remove})
        if (!*groups)
            return complain(io, request.json, groups->error());
    return change_user(io, request, "Changed the groups of", [&](user_desk& desk, user& u) -> attempt<void> {
        u.groups = without(merged(changes.set ? *set : u.groups, *add), *remove);
        if (!canonical_groups(u.groups))
            return failure{exit_refused, "invalid_request", "A user can be in 64 groups at most."};
        return done_or(desk.users.set_groups(u.id, u.groups), u);
    });
}

int delete_user(const console& io, const user_request& request, bool confirmed) {
    return change_user(io, request, "Deleted", [&](user_desk& desk, user& u) -> attempt<void> {
        if (!confirmed) {
            if (isatty(io.in) == 0)
                return failure{exit_usage, "not_confirmed", "Without a terminal to ask on, deleting needs --yes."};
            const auto yes = ask_yes_or_no(io.terminal, "Delete " + u.email + " for good?");
            if (!yes)
                return yes.error();
            if (!*yes)
                return failure{exit_refused, "not_confirmed", "Nothing was deleted."};
        }
        return done_or(desk.users.remove(u.id), u);
    });
}

}  // namespace latchkey
