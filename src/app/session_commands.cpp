#include "session_commands.hpp"

#include "open_desk.hpp"
#include "session_output.hpp"
#include "typed_values.hpp"

#include <ostream>

namespace latchkey {
namespace {

void tell_revoked(const console& io, bool as_json, std::size_t count, const std::string& sentence) {
    if (as_json)
        io.out << "{\"revoked\":" << count << "}\n";
    else
        io.out << sentence << '\n';
}

attempt<void> print_sessions_of(account_desk& desk, const email_address& email, session_printer& out) {
    const auto found = desk.find(email);
    if (!found)
        return found.error();
    const auto sessions = desk.sessions_of(*found);
    if (!sessions)
        return sessions.error();
    out.add(*sessions);
    return {};
}

int revoke_one(const console& io, const session_request& request) {
    const auto id = read_session_id(request.id);
    if (!id)
        return complain(io, request.json, id.error());
    const auto work = [&](account_desk& desk, const config&) -> attempt<void> {
        if (const auto ended = desk.end_session(*id); !ended)
            return ended;
        tell_revoked(io, request.json, 1, "Ended session " + id->str() + '.');
        return {};
    };
    return at_account_desk(io, request.config_file, request.json, desk_access::change, work);
}

int revoke_all_of_user(const console& io, const session_request& request) {
    const auto email = read_email(request.email);
    if (!email)
        return complain(io, request.json, email.error());
    const auto work = [&](account_desk& desk, const config&) -> attempt<void> {
        const auto found = desk.find(*email);
        if (!found)
            return found.error();
        const auto ended = desk.end_sessions_of(*found);
        if (!ended)
            return ended.error();
        tell_revoked(
            io, request.json, *ended,
            "Ended " + std::to_string(*ended) + (*ended == 1 ? " session of " : " sessions of ") + found->email + '.');
        return {};
    };
    return at_account_desk(io, request.config_file, request.json, desk_access::change, work);
}

}  // namespace

int list_sessions(const console& io, const session_request& request) {
    std::optional<email_address> of;
    if (!request.email.empty()) {
        const auto email = read_email(request.email);
        if (!email)
            return complain(io, request.json, email.error());
        of = *email;
    }
    const auto work = [&](account_desk& desk, const config&) -> attempt<void> {
        session_printer out(io, request.json);
        const auto told =
            of ? print_sessions_of(desk, *of, out) : desk.each_session([&](const auto& page) { out.add(page); });
        if (told)
            out.finish();
        return told;
    };
    return at_account_desk(io, request.config_file, request.json, desk_access::read, work);
}

int revoke_sessions(const console& io, const session_request& request) {
    if (request.id.empty() == request.email.empty())
        return complain(io, request.json,
                        {exit_usage, "usage", "Say what to end: the ID of a session, or --user for all of a user's."});
    return request.id.empty() ? revoke_all_of_user(io, request) : revoke_one(io, request);
}

}  // namespace latchkey
