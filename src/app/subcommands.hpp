// The commands of the command line: their options, and what --help says of them. command_line.cpp puts them together.
#pragma once

#include "access_commands.hpp"
#include "session_commands.hpp"
#include "throttle_commands.hpp"
#include "user_commands.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace latchkey {

// What the command line said. The action reads it after parsing has filled it.
struct invocation {
    std::function<int()> action;
    std::string config_file;
    bool json = false;
    std::string email;
    std::string id;
    std::string client;
    bool all = false;
    new_user_request fresh;
    std::string new_name, new_email;
    bool password_stdin = false;
    bool generate = false;
    bool yes = false;
    std::string set_groups, add_groups, remove_groups;
    std::string target = "250ms";
    std::string url, ca_file, connect_to;
    explain_request explain;
    std::size_t audit_count = 10;
    bool audit_follow = false;
    std::string algorithm;
    bool force = false;

    user_request user() const { return {config_file, json, email}; }
    session_request sessions() const { return {config_file, json, id, email}; }
    throttle_request throttles() const { return {config_file, json, id, email, client, all}; }
    password_source password() const {
        return generate         ? password_source::generated
               : password_stdin ? password_source::standard_input
                                : password_source::prompt;
    }
};

// `said` and `io` must outlive `app`.
void define_serve(CLI::App& app, invocation& said, const console& io);
void define_config(CLI::App& app, invocation& said, const console& io);
void define_hash(CLI::App& app, invocation& said, const console& io);
void define_user(CLI::App& app, invocation& said, const console& io);
void define_session(CLI::App& app, invocation& said, const console& io);
void define_throttle(CLI::App& app, invocation& said, const console& io);
void define_doctor(CLI::App& app, invocation& said, const console& io);
void define_audit(CLI::App& app, invocation& said, const console& io);
void define_key(CLI::App& app, invocation& said, const console& io);
void define_access(CLI::App& app, invocation& said, const console& io);

// What they share: a command with its --config, and options that several take.
CLI::App* define_command(CLI::App& parent, invocation& said, const std::string& name, const std::string& description);
void takes_json(CLI::App* leaf, invocation& said);
void takes_email(CLI::App* leaf, invocation& said);

// For the help of commands that change something.
inline constexpr auto with_and_without_server =
    "With a server running, it does the work, at once: what ends has ended when this command returns.\n"
    "Without one the database is changed, and the next server starts from that.";

}  // namespace latchkey
