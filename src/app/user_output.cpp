#include "user_output.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iomanip>
#include <ostream>

namespace latchkey {
namespace {

using json_value = nlohmann::ordered_json;

json_value to_json(const user& u) {
    return {{"id", u.id.str()},   {"email", u.email},       {"name", u.name},
            {"groups", u.groups}, {"disabled", u.disabled}, {"created_at", to_rfc3339(u.created_at)}};
}

std::string join(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words)
        out.append(out.empty() ? "" : ",").append(word);
    return out;
}

std::string_view state(const user& u) {
    return u.disabled ? "disabled" : "active";
}

}  // namespace

void print_user_change(const console& io, bool json, const user& u, std::string_view sentence,
                       const secret* generated) {
    if (json) {
        auto object = to_json(u);
        if (generated)
            object["password"] = generated->reveal();
        io.out << object.dump() << '\n';
        return;
    }
    io.out << sentence << '\n';
    if (generated)
        io.out << "Password (shown this once): " << generated->reveal() << '\n';
}

void print_user(const console& io, bool json, const user& u) {
    if (json) {
        io.out << to_json(u).dump() << '\n';
        return;
    }
    io.out << "email    " << u.email << "\nname     " << u.name << "\ngroups   " << join(u.groups) << "\nstate    "
           << state(u) << "\ncreated  " << to_rfc3339(u.created_at) << "\nid       " << u.id.str() << '\n';
}

void print_users(const console& io, bool json, const std::vector<user>& users) {
    if (json) {
        auto list = json_value::array();
        for (const auto& u : users)
            list.push_back(to_json(u));
        io.out << json_value{{"users", std::move(list)}}.dump() << '\n';
        return;
    }
    if (users.empty()) {
        io.err << "There are no users yet. Add one with: latchkey user add --email you@example.com\n";
        return;
    }
    std::size_t email_width = 5;
    std::size_t group_width = 6;
    for (const auto& u : users) {
        email_width = std::max(email_width, u.email.size());
        group_width = std::max(group_width, join(u.groups).size());
    }
    // The name comes last: it may hold characters whose width nobody knows.
    const auto line = [&](std::string_view email, std::string_view s, std::string_view groups, std::string_view name) {
        io.out << std::left << std::setw(static_cast<int>(email_width) + 2) << email << std::setw(10) << s
               << std::setw(static_cast<int>(group_width) + 2) << groups << name << '\n';
    };
    line("EMAIL", "STATE", "GROUPS", "NAME");
    for (const auto& u : users)
        line(u.email, state(u), join(u.groups), u.name);
}

}  // namespace latchkey
