// One audit event as it stands in a log, for people.
#pragma once

#include <string>
#include <string_view>

namespace latchkey {

// Whether a line of a log in JSON, or one in text format, is an audit event.
bool is_json_audit_line(std::string_view line);
bool is_text_audit_line(std::string_view line);

// A line that is_json_audit_line(), as columns: time, event, outcome, and what else is known. Printable ASCII.
std::string readable_audit_line(std::string_view line);

}  // namespace latchkey
