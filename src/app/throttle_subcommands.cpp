#include "subcommands.hpp"

#include <CLI/CLI.hpp>

namespace latchkey {
namespace {

void define_throttle_list(CLI::App& group, invocation& said, const console& io) {
    auto* list = define_command(group, said, "list", "List failed attempts that are held against somebody");
    list->add_option("--account", said.email, "Only at this account")->type_name("EMAIL");
    list->add_option("--client", said.client, "Only from this address or IPv6 network")->type_name("ADDRESS");
    takes_json(list, said);
    list->footer(
        "WAIT is how long attempts are still refused; \"-\": they are not. Accounts are named as far as they\n"
        "are kept. Of very many, these are the 1,000 that wait longest.\n\n"
        "Without a running server this is what the next one will start with; where servers share a Redis,\n"
        "what is there.");
    list->callback([&] { said.action = [&] { return list_throttles(io, said.throttles()); }; });
}

void define_throttle_clear(CLI::App& group, invocation& said, const console& io) {
    auto* clear = define_command(group, said, "clear", "Forget failed attempts, so that whoever waits need not");
    clear->add_option("--account", said.email, "At this account, from everywhere")->type_name("EMAIL");
    clear->add_option("--client", said.client, "From this address or IPv6 network")->type_name("ADDRESS");
    clear->add_option("--id", said.id, "One, as list shows it")->type_name("ID");
    clear->add_flag("--all", said.all, "Everything");
    takes_json(clear, said);
    clear->footer(std::string(with_and_without_server) +
                  "\n\n"
                  "Of several options all must fit.\n\n"
                  "Examples:\n"
                  "  latchkey throttle clear --account ada@example.com\n"
                  "  latchkey throttle clear --client 192.0.2.7");
    clear->callback([&] { said.action = [&] { return clear_throttles(io, said.throttles()); }; });
}

}  // namespace

void define_throttle(CLI::App& app, invocation& said, const console& io) {
    auto* group = app.add_subcommand("throttle", "See and forget failed attempts")->require_subcommand(1);
    group->footer(
        "These commands work through the server that runs on the database named in the configuration. While\n"
        "there is none they work on the database itself, or on the Redis that servers share.");
    define_throttle_list(*group, said, io);
    define_throttle_clear(*group, said, io);
}

}  // namespace latchkey
