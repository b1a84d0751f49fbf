#include "console.hpp"

#include <nlohmann/json.hpp>

#include <ostream>

namespace latchkey {

int complain(const console& io, bool json, const failure& why) {
    io.err << "latchkey: " << why.title << '\n';
    if (json) {
        const nlohmann::ordered_json object{{"code", why.code}, {"title", why.title}};
        // What a person typed may be part of the title, and need not be UTF-8.
        io.err << object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    }
    return why.exit;
}

void tell_faults(const console& io, const loaded_config& loaded, bool json) {
    for (const auto& fault : loaded.faults)
        io.err << fault.text() << '\n';
    const auto count = loaded.faults.size();
    if (count != 0)
        complain(io, json,
                 {exit_usage, "configuration_faults",
                  "The configuration has " + std::to_string(count) + (count == 1 ? " fault." : " faults.")});
}

loaded_config load_for_command(const console& io, const std::string& file, bool json) {
    auto loaded = load_config(file.empty() ? std::nullopt : std::optional(file), io.variables);
    tell_faults(io, loaded, json);
    return loaded;
}

}  // namespace latchkey
