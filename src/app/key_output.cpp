#include "key_output.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <iomanip>
#include <ostream>
#include <string>
#include <utility>

namespace latchkey {
namespace {

using key_json = nlohmann::ordered_json;

auto by_role(const key_survey& keys) {
    return std::array{std::pair{"current", &keys.current}, std::pair{"next", &keys.next},
                      std::pair{"retiring", &keys.retiring}};
}

void print_keys_json(const console& io, const key_survey& keys, std::string_view server) {
    key_json list = key_json::array();
    for (const auto& [role, held] : by_role(keys))
        if (*held)
            list.push_back({{"role", role},
                            {"id", (*held)->key.id()},
                            {"algorithm", name_of((*held)->key.algorithm())},
                            {"since", to_rfc3339((*held)->since)}});
    key_json out{{"keys", std::move(list)}, {"interrupted", keys.is_interrupted()}};
    if (!server.empty())
        out["server"] = server;
    io.out << out.dump() << '\n';
}

}  // namespace

void print_keys(const console& io, bool json, const key_survey& keys, std::string_view server) {
    if (json) {
        print_keys_json(io, keys, server);
        return;
    }
    const auto line = [&](std::string_view role, std::string_view id, std::string_view algorithm,
                          std::string_view since) {
        io.out << std::left << std::setw(10) << role << std::setw(45) << id << std::setw(11) << algorithm << since
               << '\n';
    };
    line("ROLE", "ID", "ALGORITHM", "SINCE");
    for (const auto& [role, held] : by_role(keys))
        if (*held)
            line(role, (*held)->key.id(), name_of((*held)->key.algorithm()), to_rfc3339((*held)->since));
    if (keys.is_interrupted())
        io.err << "A rotation was cut short: `latchkey key rotate` completes it. Tokens are not affected.\n";
}

}  // namespace latchkey
