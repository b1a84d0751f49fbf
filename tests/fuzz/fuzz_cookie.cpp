// M1, C3: Cookie lines over arbitrary bytes. Which values of the session cookie a request presents is what an obvious
// reading finds, and a value opens something in one spelling only.
#include "request_gate.hpp"
#include "tokens.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

using namespace latchkey;
using namespace latchkey::http;

namespace {

constexpr std::string_view name = "__Host-session";

void check(bool holds) {
    if (!holds)
        std::abort();
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

// Pairs between semicolons (RFC 6265 section 4.2.1), blanks around them don't count. Of more than four values the
// gate only counts how many there are.
void read_line(std::string_view line, std::vector<std::string>& values) {
    while (!line.empty()) {
        const auto end = std::min(line.find(';'), line.size());
        const auto pair = trimmed(line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
        const auto equals = pair.find('=');
        if (equals == pair.npos || pair.substr(0, equals) != name)
            continue;
        std::string value(pair.substr(equals + 1));
        const auto kept = values.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(values.size(), 4));
        if (std::find(values.begin(), kept, value) == kept)
            values.push_back(std::move(value));
    }
}

void check_value(std::string_view value) {
    const auto key = key_of(value);
    if (!key)
        return;
    check(value.size() == token_length);
    // Any other last character, of those with the same 252 bits, is another token or none.
    std::string other(value);
    for (const char c : std::string_view("AEIMQUYcgkosw048BCDFGHJKLNOPRSTVWXZabdefhijlmnpqrtuvxyz1235679-_=+/")) {
        other.back() = c;
        const auto again = key_of(other);
        check(!again || other == value || !(*again == *key));
    }
}

}  // namespace

// Each line of the input is the value of a Cookie field.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const gate_options options{limit_options{}, std::string(name)};
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    check_value(rest);
    std::string block = "GET / HTTP/1.1\r\nHost: a\r\n";
    std::vector<std::string> expected;
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        block.append("Cookie: ").append(line).append("\r\n");
        read_line(line, expected);
    }
    block.append("\r\n");

    request_head head;
    if (pass_gate(block, options, head) || head.block.size() != block.size())
        return 0;
    const auto& found = head.session_cookie;
    check(found.count == std::min<std::size_t>(expected.size(), 255));
    for (std::size_t i = 0; i < std::min<std::size_t>(found.count, found.values.size()); ++i) {
        check(found.values[i] == expected[i]);
        check_value(found.values[i]);
    }
    check(found.count == 1 || found.only().empty());
    return 0;
}
