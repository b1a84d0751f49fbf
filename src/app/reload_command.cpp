#include "reload_command.hpp"

#include "admin_answer.hpp"
#include "admin_door.hpp"
#include "wording.hpp"

#include <ostream>

namespace latchkey {
namespace {

constexpr unsigned unprocessable = 422;

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words)
        out.append(out.empty() ? "" : ", ").append(one_line(word));
    return out;
}

void tell_lines(const console& io, std::string_view before, const std::vector<std::string>& lines) {
    for (const auto& line : lines)
        io.err << before << one_line(line) << '\n';
}

void tell_success(const console& io, const reload_report& report) {
    if (report.applied.empty() && report.needs_restart.empty())
        io.out << "Nothing has changed.\n";
    if (!report.applied.empty())
        io.out << "In force now: " << joined(report.applied) << '\n';
    if (!report.needs_restart.empty())
        io.out << "Needs a restart: " << joined(report.needs_restart) << '\n';
}

int tell(const console& io, bool json, const http::admin_reply& reply) {
    if (reply.status != 200 && reply.status != unprocessable)
        return complain(io, json, read_problem(reply.status, reply.body));
    const auto report = read_reload_report(reply.body);
    if (!report || (reply.status == unprocessable && report->faults.empty()))
        return complain(io, json, unreadable_answer());
    tell_lines(io, "warning: ", report->warnings);
    if (const auto count = report->faults.size(); count != 0) {
        tell_lines(io, "", report->faults);
        return complain(io, json,
                        {exit_usage, "configuration_faults",
                         "The server finds " + std::to_string(count) + (count == 1 ? " fault" : " faults") +
                             " in its configuration, and has changed nothing."});
    }
    if (json)
        io.out << reply.body << (reply.body.ends_with('\n') ? "" : "\n");
    else
        tell_success(io, *report);
    return exit_done;
}

}  // namespace

int reload_config(const console& io, const config_request& request) {
    // Faults are found here as well as there: the server reads the same file, but has an environment of its own.
    const auto loaded = load_for_command(io, request.file, request.json);
    if (!loaded.faults.empty())
        return exit_usage;
    const auto server = make_admin_client(loaded.values);
    if (!server)
        return complain(io, request.json, server.error());
    if (server->address().empty())
        return complain(io, request.json,
                        {exit_unavailable, "server_unreachable",
                         "server.admin_listen is \"off\": send the server SIGHUP instead, and read its log."});
    const auto reply = server->ask("POST", "/admin/reload");
    if (reply.outcome != http::admin_outcome::answered)
        return complain(io, request.json, unanswered(reply, server->address()));
    return tell(io, request.json, reply);
}

}  // namespace latchkey
