#include "user_commands.hpp"

#include "account_failure.hpp"
#include "open_desk.hpp"
#include "password_input.hpp"
#include "typed_values.hpp"
#include "user_output.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <unistd.h>

namespace latchkey {
namespace {

using change_work = std::function<attempt<user>(account_desk&, const config&, const user&)>;

// Finds the user of `request`, has `change` done and tells what happened.
int change_user(const console& io, const user_request& request, const std::string& deed, const change_work& change) {
    const auto email = read_email(request.email);
    if (!email)
        return complain(io, request.json, email.error());
    const auto work = [&](account_desk& desk, const config& options) -> attempt<void> {
        const auto found = desk.find(*email);
        if (!found)
            return found.error();
        const auto changed = change(desk, options, *found);
        if (!changed)
            return changed.error();
        print_user_change(io, request.json, *changed, deed + ' ' + changed->email + '.');
        return {};
    };
    return at_account_desk(io, request.config_file, request.json, desk_access::change, work);
}

// The same for a change that needs nothing but to be made.
int patch_user(const console& io, const user_request& request, const std::string& deed, const user_patch& patch) {
    return change_user(io, request, deed, [&](account_desk& desk, const config&, const user& u) {
        return desk.change(u, {patch.email, patch.name, patch.groups, patch.disabled, {}});
    });
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

attempt<void> confirm_deletion(const console& io, const user& u) {
    if (isatty(io.in) == 0)
        return failure{exit_usage, "not_confirmed", "Without a terminal to ask on, deleting needs --yes."};
    const auto yes = ask_yes_or_no(io.terminal, "Delete " + u.email + " for good?");
    if (!yes)
        return yes.error();
    if (!*yes)
        return failure{exit_refused, "not_confirmed", "Nothing was deleted."};
    return {};
}

// Asked before anybody types a password in vain; adding decides.
attempt<void> expect_nobody(account_desk& desk, const email_address& email) {
    const auto taken = desk.find(email);
    if (taken)
        return user_exists(email.str());
    if (taken.error().code != "not_found")
        return taken.error();
    return {};
}

}  // namespace

int add_user(const console& io, const user_request& request, const new_user_request& fresh) {
    const auto email = read_email(request.email);
    if (!email)
        return complain(io, request.json, email.error());
    const auto groups = read_groups(fresh.groups);
    if (!groups)
        return complain(io, request.json, groups.error());
    const auto name = read_name(fresh.name);
    if (!name)
        return complain(io, request.json, name.error());

    const auto work = [&](account_desk& desk, const config& options) -> attempt<void> {
        if (const auto nobody = expect_nobody(desk, *email); !nobody)
            return nobody;
        const auto password = obtain_password(io, *email, fresh.password, options.password);
        if (!password)
            return password.error();
        const auto added = desk.add({*email, *name, *groups, secret(password->reveal())});
        if (!added)
            return added.error();
        print_user_change(io, request.json, *added, "Added " + added->email + '.',
                          fresh.password == password_source::generated ? &*password : nullptr);
        return {};
    };
    return at_account_desk(io, request.config_file, request.json, desk_access::change, work);
}

int list_users(const console& io, const user_request& request) {
    const auto work = [&](account_desk& desk, const config&) -> attempt<void> {
        auto users = desk.users();
        if (!users)
            return users.error();
        std::sort(users->begin(), users->end(), [](const user& a, const user& b) { return a.email < b.email; });
        print_users(io, request.json, *users);
        return {};
    };
    return at_account_desk(io, request.config_file, request.json, desk_access::read, work);
}

int show_user(const console& io, const user_request& request) {
    const auto email = read_email(request.email);
    if (!email)
        return complain(io, request.json, email.error());
    const auto work = [&](account_desk& desk, const config&) -> attempt<void> {
        const auto found = desk.find(*email);
        if (!found)
            return found.error();
        print_user(io, request.json, *found);
        return {};
    };
    return at_account_desk(io, request.config_file, request.json, desk_access::read, work);
}

int change_password(const console& io, const user_request& request, password_source source) {
    const auto email = read_email(request.email);
    if (!email)
        return complain(io, request.json, email.error());
    const auto work = [&](account_desk& desk, const config& options) -> attempt<void> {
        const auto found = desk.find(*email);
        if (!found)
            return found.error();
        const auto password = obtain_password(io, *email, source, options.password);
        if (!password)
            return password.error();
        user_patch patch;
        patch.password.emplace(password->reveal());
        const auto changed = desk.change(*found, std::move(patch));
        if (!changed)
            return changed.error();
        print_user_change(io, request.json, *changed, "Changed the password of " + changed->email + '.',
                          source == password_source::generated ? &*password : nullptr);
        return {};
    };
    return at_account_desk(io, request.config_file, request.json, desk_access::change, work);
}

int set_user_disabled(const console& io, const user_request& request, bool disabled) {
    user_patch patch;
    patch.disabled = disabled;
    return patch_user(io, request, disabled ? "Disabled" : "Enabled", patch);
}

int edit_user(const console& io, const user_request& request, const user_edit& edit) {
    user_patch patch;
    if (edit.name) {
        const auto name = read_name(*edit.name);
        if (!name)
            return complain(io, request.json, name.error());
        patch.name = *name;
    }
    if (edit.email) {
        const auto email = read_email(*edit.email);
        if (!email)
            return complain(io, request.json, email.error());
        patch.email = *email;
    }
    if (!patch.name && !patch.email)
        return complain(io, request.json, {exit_usage, "usage", "Say what to change: --name or --email."});
    return patch_user(io, request, "Changed", patch);
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
    return change_user(io, request, "Changed the groups of",
                       [&](account_desk& desk, const config&, const user& u) -> attempt<user> {
                           user_patch patch;
                           patch.groups = without(merged(changes.set ? *set : u.groups, *add), *remove);
                           if (!canonical_groups(*patch.groups))
                               return failure{exit_refused, "invalid_request", "A user can be in 64 groups at most."};
                           return desk.change(u, std::move(patch));
                       });
}

int delete_user(const console& io, const user_request& request, bool confirmed) {
    return change_user(io, request, "Deleted", [&](account_desk& desk, const config&, const user& u) -> attempt<user> {
        if (!confirmed)
            if (const auto yes = confirm_deletion(io, u); !yes)
                return yes.error();
        if (const auto removed = desk.remove(u); !removed)
            return removed.error();
        return u;
    });
}

}  // namespace latchkey
