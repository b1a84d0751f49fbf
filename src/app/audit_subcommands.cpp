#include "audit_commands.hpp"
#include "subcommands.hpp"

#include <CLI/CLI.hpp>

namespace latchkey {

void define_audit(CLI::App& app, invocation& said, const console& io) {
    auto* group = app.add_subcommand("audit", "Read the audit trail")->require_subcommand(1);
    auto* tail = define_command(*group, said, "tail", "Show the last audit events");
    tail->add_option("-n", said.audit_count, "How many")->type_name("N")->check(CLI::Range(0, 1'000'000));
    tail->add_flag("-f,--follow", said.audit_follow, "Then wait for more, also across a rotation");
    tail->add_flag("--json", said.json, "Print the lines as they are, JSON");
    tail->footer(
        "Reads audit.file, or log.file where audit events go with the log. The columns are time, event, outcome with\n"
        "its reason, email, client, and the ids of user, session and request; docs/audit.md explains them.\n\n"
        "Example: latchkey audit tail --follow --config /etc/latchkey/latchkey.toml");
    tail->callback([&said, &io] {
        said.action = [&said, &io] {
            return tail_audit(io, {said.config_file, said.json, said.audit_count, said.audit_follow});
        };
    });
}

}  // namespace latchkey
