#include "command_line.hpp"

#include "subcommands.hpp"
#include "wording.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <span>

namespace latchkey {
namespace {

constexpr auto about =
    "Latchkey: login, sessions and forward authentication for web applications.\n\n"
    "A server that stands beside a proxy such as nginx: people log in once, and the proxy asks Latchkey\n"
    "whether a request may pass, and as whom.\n";

constexpr auto main_notes =
    "Examples:\n"
    "  latchkey user add --email ada@example.com --generate\n"
    "  latchkey serve --config /etc/latchkey/latchkey.toml\n"
    "  latchkey session list --user ada@example.com\n"
    "\n"
    "A command finds the running server through the configuration: give it the server's own.\n"
    "\n"
    "Configuration: the file given with --config, else ./latchkey.toml (if it is yours or root's), else\n"
    "/etc/latchkey/latchkey.toml, else built-in defaults. Each key can be set from the environment too:\n"
    "LATCHKEY_SESSION_IDLE_TIMEOUT=45m is idle_timeout in section [session].\n"
    "\n"
    "Exit codes: 0 done, 1 refused or not found, 2 usage or configuration, 3 store unavailable.";

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
    define_session(app, said, io);
    define_throttle(app, said, io);
    define_access(app, said, io);
    define_audit(app, said, io);
    define_key(app, said, io);
    define_hash(app, said, io);
    define_doctor(app, said, io);

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
