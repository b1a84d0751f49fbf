#include "throttle_output.hpp"

#include "admin_json.hpp"
#include "wording.hpp"

#include <algorithm>
#include <iomanip>
#include <ostream>
#include <string>

namespace latchkey {
namespace {

constexpr std::size_t longest_account = 64;

void print_throttles_json(const console& io, const std::vector<throttle_entry>& entries, time_point now) {
    io.out << "{\"throttles\":[";
    for (std::size_t i = 0; i < entries.size(); ++i) {
        std::string text = http::throttle_json(entries[i], now);
        text.erase(text.find_last_not_of('\n') + 1);
        io.out << (i == 0 ? "" : ",") << text;
    }
    io.out << "]}\n";
}

// "12s"; "-" when attempts are let through.
std::string wait_text(const throttle_entry& entry, time_point now) {
    return entry.open_at > now ? std::to_string((entry.open_at - now).count()) + 's' : "-";
}

}  // namespace

void print_throttles(const console& io, bool json, const std::vector<throttle_entry>& entries) {
    const time_point now = make_system_clock()->now();
    if (json) {
        print_throttles_json(io, entries, now);
        return;
    }
    if (entries.empty()) {
        io.err << "Nothing is held against anybody.\n";
        return;
    }
    const auto client_of = [](const throttle_entry& e) { return e.client ? e.client->str() : std::string("-"); };
    const auto account_of = [](const throttle_entry& e) {
        return e.account.empty() ? std::string("-") : printable(e.account, longest_account);
    };
    std::size_t client_width = 6, account_width = 7;
    for (const auto& entry : entries) {
        client_width = std::max(client_width, client_of(entry).size());
        account_width = std::max(account_width, account_of(entry).size());
    }
    const auto line = [&](std::string_view id, std::string_view kind, const std::string& client,
                          const std::string& account, const std::string& failures, const std::string& last,
                          const std::string& wait) {
        const auto column = [&](std::string_view text, std::size_t width) {
            io.out << std::left << std::setw(static_cast<int>(width) + 2) << text;
        };
        column(id, 32);
        column(kind, 7);
        column(client, client_width);
        column(account, account_width);
        column(failures, 8);
        column(last, 20);
        io.out << wait << '\n';
    };
    line("ID", "KIND", "CLIENT", "ACCOUNT", "FAILURES", "LAST FAILURE", "WAIT");
    for (const auto& entry : entries)
        line(entry.id, http::name_of(entry.kind), client_of(entry), account_of(entry), std::to_string(entry.failures),
             to_rfc3339(entry.last_failure), wait_text(entry, now));
}

}  // namespace latchkey
