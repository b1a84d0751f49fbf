#include "subcommands.hpp"

#include "config_commands.hpp"
#include "hash_commands.hpp"
#include "named_files.hpp"
#include "reload_command.hpp"
#include "serve.hpp"

#include <CLI/CLI.hpp>

namespace latchkey {

CLI::App* define_command(CLI::App& parent, invocation& said, const std::string& name, const std::string& description) {
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

void define_serve(CLI::App& app, invocation& said, const console& io) {
    auto* serve_command = define_command(app, said, "serve", "Run the server, until SIGTERM or Ctrl-C");
    serve_command->footer(
        "SIGTERM and SIGINT let requests in flight finish, for server.drain_timeout at most, and then end the\n"
        "server with 0. SIGHUP reloads the configuration, as `latchkey config reload` does, and opens the files of "
        "the\n"
        "log anew.\n\n"
        "One server at a time works on a database; a second one waits 5 seconds for the first to end.\n\n"
        "Example: latchkey serve --config /etc/latchkey/latchkey.toml");
    serve_command->callback([&said, &io] {
        said.action = [&said, &io]() -> int {
            const auto loaded = load_for_server(io, said.config_file, false, false);
            return loaded.faults.empty() ? serve(loaded, io.variables) : exit_usage;
        };
    });
}

void define_config(CLI::App& app, invocation& said, const console& io) {
    auto* group = app.add_subcommand("config", "Check, show or reload the configuration")->require_subcommand(1);
    auto* check = define_command(*group, said, "check", "Report every fault at once, with file, line and key");
    takes_json(check, said);
    check->footer(
        "Faults and warnings go to standard error. Exits with 0 and prints \"ok\" when there is no fault, "
        "and with 2 otherwise.");
    check->callback([&] { said.action = [&] { return check_config(io, {said.config_file, said.json}); }; });

    auto* print = define_command(*group, said, "print", "Show every key in force and where its value came from");
    takes_json(print, said);
    print->footer("What it prints is a configuration file that sets these values.");
    print->callback([&] { said.action = [&] { return print_config(io, {said.config_file, said.json}); }; });

    auto* reload = define_command(*group, said, "reload", "Have the running server take over what changed");
    takes_json(reload, said);
    reload->footer(
        "Prints which keys are in force now and which need a restart. A configuration with a fault changes\n"
        "nothing: every fault is printed, and the command exits with 2. Exits with 3 when no server answers.\n"
        "`latchkey config print` marks the keys that can change this way. Environment variables are those the\n"
        "server was started with.");
    reload->callback([&] { said.action = [&] { return reload_config(io, {said.config_file, said.json}); }; });
}

void define_hash(CLI::App& app, invocation& said, const console& io) {
    auto* group = app.add_subcommand("hash", "Choose how dear password guesses are")->require_subcommand(1);
    auto* calibrate =
        define_command(*group, said, "calibrate", "Measure argon2id here and propose [password] settings");
    calibrate->add_option("--target", said.target, "What one login may cost, 250ms when not given")
        ->type_name("DURATION");
    takes_json(calibrate, said);
    calibrate->footer("Takes some seconds of one core. Run it on the machine that will serve, while it is idle.");
    calibrate->callback([&] { said.action = [&] { return calibrate_hash(io, said.target, said.json); }; });
}

}  // namespace latchkey
