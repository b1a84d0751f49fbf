#include "subcommands.hpp"

#include <CLI/CLI.hpp>

namespace latchkey {

void define_access(CLI::App& app, invocation& said, const console& io) {
    auto* group = app.add_subcommand("access", "See what the access rules say")->require_subcommand(1);
    auto* explain = define_command(*group, said, "explain", "Tell which access rule decides a request, and why");
    auto* email = explain->add_option("--user", said.explain.email, "Who asks")->type_name("EMAIL");
    explain->add_flag("--anonymous", said.explain.anonymous, "Nobody is signed in")->excludes(email);
    explain->add_option("--url", said.explain.url, "What is asked for, whole: https://app.example.com/path")
        ->required()
        ->type_name("URL");
    explain->add_option("--method", said.explain.method, "How, GET when not given")->type_name("METHOD");
    explain->add_option("--ip", said.explain.ip, "The client's address")->type_name("ADDRESS");
    takes_json(explain, said);
    explain->footer(
        "Names the rule that decides, the reading of the path it goes by, and why the rules before it do not\n"
        "match. Exits with 0 when the request may pass, and with 1 when it may not, or not before a login.\n\n"
        "The rules are those of the configuration file: a running server has them in force once it has\n"
        "reloaded it. Without --ip no rule with networks matches.\n\n"
        "Examples:\n"
        "  latchkey access explain --user ada@example.com --url https://wiki.example.com/admin/users\n"
        "  latchkey access explain --anonymous --url https://wiki.example.com/ --method POST --ip 192.0.2.7");
    explain->callback([&] {
        said.action = [&] {
            said.explain.config_file = said.config_file;
            said.explain.json = said.json;
            return explain_access_command(io, said.explain);
        };
    });
}

}  // namespace latchkey
