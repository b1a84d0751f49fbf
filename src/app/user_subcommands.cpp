#include "subcommands.hpp"

#include <CLI/CLI.hpp>

namespace latchkey {
namespace {

constexpr auto password_note =
    "The password is asked for on the terminal, without echo, unless --password-stdin or --generate says\n"
    "otherwise. It is never taken from the command line, where everybody on this machine could read it.\n\n";

void takes_password(CLI::App* leaf, invocation& said) {
    auto* from_stdin = leaf->add_flag("--password-stdin", said.password_stdin,
                                      "Take the first line of standard input as the password");
    leaf->add_flag("--generate", said.generate, "Make up a strong password and print it, once")->excludes(from_stdin);
}

void define_user_add(CLI::App& group, invocation& said, const console& io) {
    auto* add = define_command(group, said, "add", "Add a user");
    add->add_option("--email", said.email, "Address to log in with")->required()->type_name("EMAIL");
    add->add_option("--name", said.fresh.name, "Name to be shown");
    add->add_option("--groups", said.fresh.groups, "Groups, separated by commas")->type_name("A,B");
    takes_password(add, said);
    takes_json(add, said);
    add->footer(std::string(password_note) +
                "Examples:\n"
                "  latchkey user add --email ada@example.com --name 'Ada Lovelace' --groups staff,admins\n"
                "  latchkey user add --email ada@example.com --generate --json\n"
                "  latchkey user add --email ada@example.com --password-stdin < password.txt");
    add->callback([&] {
        said.action = [&] {
            said.fresh.password = said.password();
            return add_user(io, said.user(), said.fresh);
        };
    });
}

void define_user_changes(CLI::App& group, invocation& said, const console& io) {
    auto* passwd = define_command(group, said, "passwd", "Change a user's password");
    takes_email(passwd, said);
    takes_password(passwd, said);
    takes_json(passwd, said);
    passwd->footer(std::string(password_note) + "Every session of the user ends.\n\n" + with_and_without_server);
    passwd->callback([&] { said.action = [&] { return change_password(io, said.user(), said.password()); }; });

    auto* disable = define_command(group, said, "disable", "Refuse a user's logins, and end all sessions");
    takes_email(disable, said);
    takes_json(disable, said);
    disable->footer(std::string("Every session of the user ends.\n\n") + with_and_without_server);
    disable->callback([&] { said.action = [&] { return set_user_disabled(io, said.user(), true); }; });

    auto* enable = define_command(group, said, "enable", "Let a disabled user log in again");
    takes_email(enable, said);
    takes_json(enable, said);
    enable->footer(std::string("Sessions that ended when the user was disabled stay so.\n\n") +
                   with_and_without_server);
    enable->callback([&] { said.action = [&] { return set_user_disabled(io, said.user(), false); }; });

    auto* remove = define_command(group, said, "delete", "Delete a user for good");
    takes_email(remove, said);
    remove->add_flag("--yes", said.yes, "Do not ask; needed where there is no terminal to ask on");
    takes_json(remove, said);
    remove->footer(std::string("Every session of the user ends.\n\n") + with_and_without_server);
    remove->callback([&] { said.action = [&] { return delete_user(io, said.user(), said.yes); }; });
}

void define_user_edit(CLI::App& group, invocation& said, const console& io) {
    auto* edit = define_command(group, said, "edit", "Change a user's name or address");
    takes_email(edit, said);
    auto* name = edit->add_option("--name", said.new_name, "Name to be shown; \"\" for none");
    auto* email = edit->add_option("--email", said.new_email, "Address to log in with from now on")->type_name("EMAIL");
    takes_json(edit, said);
    edit->footer(std::string("Sessions go on. Applications hear of the change with the user's next request.\n\n") +
                 with_and_without_server + "\n\nExample: latchkey user edit ada@example.com --name 'Ada King'");
    edit->callback([&said, &io, name, email] {
        said.action = [&said, &io, named = name->count() != 0, moved = email->count() != 0] {
            user_edit changes;
            if (named)
                changes.name = said.new_name;
            if (moved)
                changes.email = said.new_email;
            return edit_user(io, said.user(), changes);
        };
    });

    auto* groups = define_command(group, said, "groups", "Change a user's groups");
    takes_email(groups, said);
    auto* set = groups->add_option("--set", said.set_groups, "Be in these groups and no others; \"\" for none");
    auto* join = groups->add_option("--add", said.add_groups, "Join these groups")->excludes(set);
    auto* leave = groups->add_option("--remove", said.remove_groups, "Leave these groups")->excludes(set);
    for (auto* option : {set, join, leave})
        option->type_name("A,B");
    takes_json(groups, said);
    groups->footer(std::string("Sessions go on. Applications hear of the change with the user's next request.\n\n") +
                   with_and_without_server +
                   "\n\nExample: latchkey user groups ada@example.com --add admins --remove staff");
    groups->callback([&said, &io, set] {
        said.action = [&said, &io, is_set = set->count() != 0] {
            group_changes changes{std::nullopt, said.add_groups, said.remove_groups};
            if (is_set)
                changes.set = said.set_groups;
            return change_groups(io, said.user(), changes);
        };
    });
}

}  // namespace

void define_user(CLI::App& app, invocation& said, const console& io) {
    auto* group = app.add_subcommand("user", "Manage who can log in")->require_subcommand(1);
    group->footer(
        "These commands work through the server that runs on the database named in the configuration, or on\n"
        "the database itself while there is none.");
    define_user_add(*group, said, io);
    auto* list = define_command(*group, said, "list", "List all users");
    takes_json(list, said);
    list->callback([&] { said.action = [&] { return list_users(io, said.user()); }; });
    auto* show = define_command(*group, said, "show", "Show one user");
    takes_email(show, said);
    takes_json(show, said);
    show->callback([&] { said.action = [&] { return show_user(io, said.user()); }; });
    define_user_changes(*group, said, io);
    define_user_edit(*group, said, io);
}

}  // namespace latchkey
