#include "session_output.hpp"

#include "session_json.hpp"
#include "wording.hpp"

#include <algorithm>
#include <iomanip>
#include <ostream>

namespace latchkey {
namespace {

constexpr std::size_t longest_agent = 48;

}  // namespace

void session_printer::add(const std::vector<listed_session>& page) {
    if (json_) {
        for (const auto& s : page)
            add_json(s);
        return;
    }
    for (const auto& s : page) {
        user_width_ = std::max(user_width_, s.value.user->email().size());
        address_width_ = std::max(address_width_, s.value.ip.str().size());
    }
    if (!page.empty() && !begun_) {
        line("ID", "USER", "ADDRESS", "CREATED", "LAST SEEN", "EXPIRES", "USER AGENT");
        begun_ = true;
    }
    for (const auto& s : page)
        line(s.value.id.str(), s.value.user->email(), s.value.ip.str(), to_rfc3339(s.value.created_at),
             to_rfc3339(s.value.last_seen_at), to_rfc3339(s.value.expires_at), printable(s.user_agent, longest_agent));
}

void session_printer::finish() {
    if (json_)
        io_.out << (begun_ ? "]}\n" : "{\"sessions\":[]}\n");
    else if (!begun_)
        io_.err << "There are no sessions.\n";
}

void session_printer::add_json(const listed_session& s) {
    std::string text = http::session_json(s, false);
    text.erase(text.find_last_not_of('\n') + 1);
    io_.out << (begun_ ? "," : "{\"sessions\":[") << text;
    begun_ = true;
}

// The agent comes last, as the one whose width varies most.
void session_printer::line(std::string_view id, std::string_view user, std::string_view address,
                           std::string_view created, std::string_view seen, std::string_view expires,
                           std::string_view agent) {
    const auto column = [this](std::string_view text, std::size_t width) {
        io_.out << std::left << std::setw(static_cast<int>(width) + 2) << text;
    };
    column(id, 32);
    column(user, user_width_);
    column(address, address_width_);
    for (const auto time : {created, seen, expires})
        column(time, 20);
    io_.out << agent << '\n';
}

}  // namespace latchkey
