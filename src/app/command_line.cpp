#include "command_line.hpp"

#include "config_commands.hpp"
#include "hash_commands.hpp"
#include "serve.hpp"
#include "user_commands.hpp"
#include "wording.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <functional>
#include <iostream>
#include <span>

namespace latchkey {
namespace {

// What the command line said. The action reads it after parsing has filled it.
struct invocation {
    std::function<int()> action;
    std::string config_file;
    bool json = false;
    std::string email;
    new_user_request fresh;
    bool password_stdin = false;
    bool generate = false;
    bool yes = false;
    std::string set_groups, add_groups, remove_groups;
    std::string target = "250ms";

    user_request user() const { return {config_file, json, email}; }
    password_source password() const {
        return generate         ? password_source::generated
               : password_stdin ? password_source::standard_input
                                : password_source::prompt;
    }
};

constexpr auto about =
    "Latchkey: login, sessions and forward authentication for web applications.\n\n"
    "A server that stands beside a proxy such as nginx: people log in once, and the proxy asks Latchkey\n"
    "whether a request may pass, and as whom.\n";

constexpr auto main_notes =
    "Examples:\n"
    "  latchkey user add --email ada@example.com --generate\n"
    "  latchkey serve --config /etc/latchkey/latchkey.toml\n"
    "\n"
    "Configuration: the file given with --config, else ./latchkey.toml (if it is yours or root's), else\n"
    "/etc/latchkey/latchkey.toml, else built-in defaults. Each key can be set from the environment too:\n"
    "LATCHKEY_SESSION_IDLE_TIMEOUT=45m is idle_timeout in section [session].\n"
    "\n"
    "Exit codes: 0 done, 1 refused or not found, 2 usage or configuration, 3 store unavailable.";

constexpr auto open_sessions_note =
    "Sessions that are open on a running server are not touched by this command: they go on until they\n"
    "expire or the server restarts.";

constexpr auto password_note =
    "The password is asked for on the terminal, without echo, unless --password-stdin or --generate says\n"
    "otherwise. It is never taken from the command line, where everybody on this machine could read it.\n\n";

CLI::App* command(CLI::App& parent, invocation& said, const std::string& name, const std::string& description) {
    auto* leaf = parent.add_subcommand(name, description);
    leaf->add_option("--config", said.config_file, "Configuration file")->type_name("FILE");
    return leaf;
}

void takes_json(CLI::App* leaf, invocation& said) {
    leaf->add_flag("--json", said.json, "Print JSON, and errors as JSON too");
}

void takes_email(CLI::App* leaf, invocation& said) {
    leaf->add_option("EMAIL", said.email, "Whose")->required()->type_name("");
}

void takes_password(CLI::App* leaf, invocation& said) {
    auto* from_stdin = leaf->add_flag("--password-stdin", said.password_stdin,
                                      "Take the first line of standard input as the password");
    leaf->add_flag("--generate", said.generate, "Make up a strong password and print it, once")->excludes(from_stdin);
}

void define_serve(CLI::App& app, invocation& said, const console& io) {
    auto* serve_command = command(app, said, "serve", "Run the server, until SIGTERM or Ctrl-C");
    serve_command->footer(
        "SIGTERM and SIGINT let requests in flight finish, for server.drain_timeout at most, and then end the\n"
        "server with 0.\n\n"
        "Example: latchkey serve --config /etc/latchkey/latchkey.toml");
    serve_command->callback([&said, &io] {
        said.action = [&said, &io]() -> int {
            const auto loaded = load_for_command(io, said.config_file, false);
            return loaded.faults.empty() ? serve(loaded) : exit_usage;
        };
    });
}

void define_config(CLI::App& app, invocation& said, const console& io) {
    auto* group = app.add_subcommand("config", "Check or show the configuration")->require_subcommand(1);
    auto* check = command(*group, said, "check", "Report every fault at once, with file, line and key");
    takes_json(check, said);
    check->footer(
        "Faults and warnings go to standard error. Exits with 0 and prints \"ok\" when there is no fault, "
        "and with 2 otherwise.");
    check->callback([&] { said.action = [&] { return check_config(io, {said.config_file, said.json}); }; });

    auto* print = command(*group, said, "print", "Show every key in force and where its value came from");
    takes_json(print, said);
    print->footer("What it prints is a configuration file that sets these values.");
    print->callback([&] { said.action = [&] { return print_config(io, {said.config_file, said.json}); }; });
}

void define_user_add(CLI::App& group, invocation& said, const console& io) {
    auto* add = command(group, said, "add", "Add a user");
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
    auto* passwd = command(group, said, "passwd", "Change a user's password");
    takes_email(passwd, said);
    takes_password(passwd, said);
    takes_json(passwd, said);
    passwd->footer(std::string(password_note) + open_sessions_note);
    passwd->callback([&] { said.action = [&] { return change_password(io, said.user(), said.password()); }; });

    auto* disable = command(group, said, "disable", "Refuse a user's logins from now on");
    takes_email(disable, said);
    takes_json(disable, said);
    disable->footer(open_sessions_note);
    disable->callback([&] { said.action = [&] { return set_user_disabled(io, said.user(), true); }; });

    auto* enable = command(group, said, "enable", "Let a disabled user log in again");
    takes_email(enable, said);
    takes_json(enable, said);
    enable->callback([&] { said.action = [&] { return set_user_disabled(io, said.user(), false); }; });

    auto* remove = command(group, said, "delete", "Delete a user for good");
    takes_email(remove, said);
    remove->add_flag("--yes", said.yes, "Do not ask; needed where there is no terminal to ask on");
    takes_json(remove, said);
    remove->footer(open_sessions_note);
    remove->callback([&] { said.action = [&] { return delete_user(io, said.user(), said.yes); }; });

    auto* groups = command(group, said, "groups", "Change a user's groups");
    takes_email(groups, said);
    auto* set = groups->add_option("--set", said.set_groups, "Be in these groups and no others; \"\" for none");
    auto* join = groups->add_option("--add", said.add_groups, "Join these groups")->excludes(set);
    auto* leave = groups->add_option("--remove", said.remove_groups, "Leave these groups")->excludes(set);
    for (auto* option : {set, join, leave})
        option->type_name("A,B");
    takes_json(groups, said);
    groups->footer(
        "Applications hear of the change from the user's next login on.\n\n"
        "Example: latchkey user groups ada@example.com --add admins --remove staff");
    groups->callback([&said, &io, set] {
        said.action = [&said, &io, is_set = set->count() != 0] {
            group_changes changes{std::nullopt, said.add_groups, said.remove_groups};
            if (is_set)
                changes.set = said.set_groups;
            return change_groups(io, said.user(), changes);
        };
    });
}

void define_user(CLI::App& app, invocation& said, const console& io) {
    auto* group = app.add_subcommand("user", "Manage who can log in")->require_subcommand(1);
    group->footer("These commands act on the database named in the configuration; the server need not run.");
    define_user_add(*group, said, io);
    auto* list = command(*group, said, "list", "List all users");
    takes_json(list, said);
    list->callback([&] { said.action = [&] { return list_users(io, said.user()); }; });
    auto* show = command(*group, said, "show", "Show one user");
    takes_email(show, said);
    takes_json(show, said);
    show->callback([&] { said.action = [&] { return show_user(io, said.user()); }; });
    define_user_changes(*group, said, io);
}

void define_hash(CLI::App& app, invocation& said, const console& io) {
    auto* group = app.add_subcommand("hash", "Choose how dear password guesses are")->require_subcommand(1);
    auto* calibrate = command(*group, said, "calibrate", "Measure argon2id here and propose [password] settings");
    calibrate->add_option("--target", said.target, "What one login may cost, 250ms when not given")
        ->type_name("DURATION");
    takes_json(calibrate, said);
    calibrate->footer("Takes some seconds of one core. Run it on the machine that will serve, while it is idle.");
    calibrate->callback([&] { said.action = [&] { return calibrate_hash(io, said.target, said.json); }; });
}

// The innermost subcommand that was recognised: whose help to show.
const CLI::App& innermost(const CLI::App& app) {
    const auto inner = app.get_subcommands();
    return inner.empty() ? app : innermost(*inner.front());
}

// "latchkey user add"
std::string full_name(const CLI::App& app) {
    const auto* parent = app.get_parent();
    return parent ? full_name(*parent) + ' ' + app.get_name() : app.get_name();
}

std::string help(const CLI::App& app) {
    const auto* parent = app.get_parent();
    return app.help(parent ? full_name(*parent) : "");
}

std::string unknown_command(const CLI::App& where, const std::string& word) {
    std::vector<std::string> names;
    for (const auto* sub : where.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(sub->get_name());
    const std::vector<std::string_view> views(names.begin(), names.end());
    const auto hint = did_you_mean(word, views);
    return "There is no command " + in_quotes(word) + " here" + (hint.empty() ? "." : hint);
}

// What to say of arguments nobody asked for. It names options but never a value, which may be a password.
std::string unexpected(const CLI::App& where, const std::vector<std::string>& arguments) {
    for (const auto& argument : arguments) {
        if (argument.starts_with("--pass"))
            return "Passwords are not taken from the command line: use --password-stdin or --generate.";
        // A short option's value may follow it without a space.
        if (argument.starts_with("-"))
            return "There is no option " +
                   in_quotes(argument.substr(0, argument.starts_with("--") ? argument.find('=') : 2)) + " here.";
    }
    const bool wants_command = where.get_require_subcommand_min() != 0;
    return wants_command ? unknown_command(where, arguments.front()) : "There is an argument too many.";
}

std::string explain(const CLI::App& app, const CLI::ParseError& error) {
    if (const auto left = app.remaining(true); !left.empty())
        return unexpected(innermost(app), left);
    const std::string text = error.what();
    if (dynamic_cast<const CLI::ConversionError*>(&error))
        return "A flag takes no value.";
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error))
        return text.substr(0, text.find(':')) + " needs exactly one value.";
    return text.ends_with('.') ? text : text + '.';
}

}  // namespace

int run_command_line(int argc, const char* const* argv, const console& io) try {
    invocation said;
    CLI::App app{about, "latchkey"};
    app.footer(main_notes);
    app.set_help_flag("-h,--help", "Print this help");
    app.set_version_flag("--version", "latchkey " LATCHKEY_VERSION, "Print the version");
    app.require_subcommand(1);
    app.get_formatter()->column_width(28);
    app.get_formatter()->label("REQUIRED", "(required)");
    app.get_formatter()->label("Excludes", "not with");
    define_serve(app, said, io);
    define_config(app, said, io);
    define_user(app, said, io);
    define_hash(app, said, io);

    const std::span arguments(argv, static_cast<std::size_t>(argc));
    const bool json =
        std::any_of(arguments.begin(), arguments.end(), [](std::string_view argument) { return argument == "--json"; });
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        io.out << help(innermost(app));
        return exit_done;
    } catch (const CLI::CallForVersion& version) {
        io.out << version.what() << '\n';
        return exit_done;
    } catch (const CLI::ParseError& error) {
        const auto& where = innermost(app);
        if (where.get_require_subcommand_min() != 0 && app.remaining_size(true) == 0) {
            io.err << help(where);  // no fault, just not finished
            return exit_usage;
        }
        return complain(io, json, {exit_usage, "usage", explain(app, error) + " See " + full_name(where) + " --help."});
    }
    return said.action();
} catch (const std::exception& bug) {
    return complain(io, false, {exit_refused, "internal_error", bug.what()});
}

int run_command_line(int argc, char** argv) {
    return run_command_line(argc, argv, {std::cout, std::cerr, 0, "/dev/tty", process_environment()});
}

}  // namespace latchkey
