#include "key_commands.hpp"
#include "subcommands.hpp"

#include <CLI/CLI.hpp>

namespace latchkey {
namespace {

key_request key_request_of(const invocation& said) {
    return {said.config_file, said.json, said.algorithm, said.force};
}

void define_key_generate(CLI::App& group, invocation& said, const console& io) {
    auto* generate = define_command(group, said, "generate", "Make the first key, and the one after it");
    generate->add_option("--algorithm", said.algorithm, "EdDSA, ES256 or HS256; tokens.algorithm when not given")
        ->type_name("NAME");
    generate->add_flag("--force", said.force, "Replace every key: all access tokens become void");
    takes_json(generate, said);
    generate->footer(
        "Writes tokens.key_file and, beside it, the next key (.next), for their owner alone: run it as the\n"
        "account of the server. Refuses when there is a key.\n\n"
        "When a key has leaked, --force makes all access tokens void at once; people stay signed in.");
    generate->callback([&] { said.action = [&] { return generate_keys(io, key_request_of(said)); }; });
}

void define_key_rotate(CLI::App& group, invocation& said, const console& io) {
    auto* rotate = define_command(group, said, "rotate", "Have the next key sign, and make another next one");
    rotate->add_flag("--force", said.force, "Although some tokens will be refused somewhere");
    takes_json(rotate, said);
    rotate->footer(
        "The current key retires: it signs no more, but what it signed stays good. Refuses while tokens of the\n"
        "key that retired before may still live (1h), and while verifiers may not know the next key yet (5m).\n"
        "A rotation that was cut short is completed by the next one.\n\n"
        "Example, weekly: 17 4 * * 1  latchkey key rotate --config /etc/latchkey/latchkey.toml");
    rotate->callback([&] { said.action = [&] { return rotate_keys(io, key_request_of(said)); }; });
}

void define_key_retire(CLI::App& group, invocation& said, const console& io) {
    auto* retire = define_command(group, said, "retire", "Remove the retiring key");
    retire->add_flag("--force", said.force, "Although tokens of it may still live");
    takes_json(retire, said);
    retire->footer("The next rotation does it too. Refuses for tokens.access_lifetime after the rotation.");
    retire->callback([&] { said.action = [&] { return retire_key(io, key_request_of(said)); }; });
}

}  // namespace

void define_key(CLI::App& app, invocation& said, const console& io) {
    auto* group = app.add_subcommand("key", "Make and change the keys of access tokens")->require_subcommand(1);
    group->footer(
        "Keys are files: tokens.key_file, and beside it .next and .retiring. Each change leaves complete files, and\n"
        "a running server takes it over at once. docs/tokens.md says more.");
    define_key_generate(*group, said, io);
    define_key_rotate(*group, said, io);
    auto* list = define_command(*group, said, "list", "Show the keys, and nothing secret");
    takes_json(list, said);
    list->footer("SINCE is when a key came to its role. ID is the \"kid\" of its tokens.");
    list->callback([&] { said.action = [&] { return list_keys(io, key_request_of(said)); }; });
    define_key_retire(*group, said, io);
}

}  // namespace latchkey
