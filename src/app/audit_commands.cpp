#include "audit_commands.hpp"

#include "audit_line.hpp"
#include "log_reader.hpp"
#include "wording.hpp"

#include <chrono>
#include <ostream>
#include <thread>

namespace latchkey {
namespace {

constexpr std::chrono::milliseconds glance{200};  // between two looks at the file

// False when nobody reads any more.
bool print_events(const console& io, const std::vector<std::string>& lines, bool as_they_are) {
    for (const auto& line : lines)
        io.out << (as_they_are ? line : readable_audit_line(line)) << '\n';
    io.out.flush();
    return io.out.good();
}

failure no_file() {
    return {exit_usage, "audit_on_standard_output",
            "Audit events go to standard output with the log. Set audit.file, or ask whoever collects the output: "
            "journalctl -u latchkey, for example."};
}

failure not_json() {
    return {exit_usage, "log_is_text", "log.format is \"text\", so there is no JSON to print: set audit.file."};
}

failure unreadable_log(std::string_view key, const std::string& path, const std::error_code& error) {
    const std::string why = error == std::errc::invalid_argument ? "is not a regular file." : error.message() + '.';
    return {exit_refused, "log_unreadable", std::string(key) + ' ' + in_quotes(path) + ": " + why};
}

}  // namespace

int tail_audit(const console& io, const audit_request& request) {
    const auto loaded = load_for_command(io, request.config_file, request.json);
    if (!loaded.faults.empty())
        return exit_usage;
    const auto& options = loaded.values;
    const bool separate = !options.audit.file.empty();
    const std::string& path = separate ? options.audit.file : options.log.file;
    if (path.empty())
        return complain(io, request.json, no_file());
    const bool is_text = !separate && options.log.format == "text";
    if (is_text && request.json)
        return complain(io, request.json, not_json());

    log_reader file(path, is_text ? is_text_audit_line : is_json_audit_line);
    if (const auto error = file.open())
        return complain(io, request.json, unreadable_log(separate ? "audit.file" : "log.file", path, error));
    const bool as_they_are = is_text || request.json;
    bool read = print_events(io, file.last(request.count), as_they_are);
    while (read && request.follow) {
        std::this_thread::sleep_for(glance);
        read = print_events(io, file.more(), as_they_are);
    }
    return exit_done;
}

}  // namespace latchkey
