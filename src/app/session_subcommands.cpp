#include "subcommands.hpp"

#include <CLI/CLI.hpp>

namespace latchkey {
namespace {

void define_session_list(CLI::App& group, invocation& said, const console& io) {
    auto* list = define_command(group, said, "list", "List who is signed in, with which device, since when");
    list->add_option("--user", said.email, "Only this user's, newest first")->type_name("EMAIL");
    takes_json(list, said);
    list->footer(
        "Times are in UTC. EXPIRES is when the session ends at the latest; it ends earlier when it is not used\n"
        "(--json tells both).\n\n"
        "Without a running server this is what the next one will start with; last uses of the last minutes\n"
        "may be missing then.");
    list->callback([&] { said.action = [&] { return list_sessions(io, said.sessions()); }; });
}

void define_session_revoke(CLI::App& group, invocation& said, const console& io) {
    auto* revoke = define_command(group, said, "revoke", "End one session, or all of a user's");
    auto* id = revoke->add_option("ID", said.id, "Which session, as list shows it")->type_name("");
    revoke->add_option("--user", said.email, "All of this user's")->type_name("EMAIL")->excludes(id);
    takes_json(revoke, said);
    revoke->footer(std::string(with_and_without_server) +
                   "\n\n"
                   "Examples:\n"
                   "  latchkey session revoke 1f0c5bd2a6f34e0b8c1f9e7700d4a5b3\n"
                   "  latchkey session revoke --user ada@example.com");
    revoke->callback([&] { said.action = [&] { return revoke_sessions(io, said.sessions()); }; });
}

}  // namespace

void define_session(CLI::App& app, invocation& said, const console& io) {
    auto* group = app.add_subcommand("session", "See and end sessions")->require_subcommand(1);
    group->footer(
        "These commands work through the server that runs on the database named in the configuration, or on\n"
        "the database itself while there is none.");
    define_session_list(*group, said, io);
    define_session_revoke(*group, said, io);
}

}  // namespace latchkey
