// M1: scanner and gate over arbitrary bytes. Whatever passes must be framed without doubt, and be read by
// Beast's parser as it is by the gate.
#include "beast_reading.hpp"
#include "header_scanner.hpp"
#include "request_gate.hpp"

#include <cstdlib>
#include <string_view>

using namespace latchkey::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    header_scanner whole;
    const auto state = whole.scan(text);

    // H9: in two pieces as in one.
    header_scanner split;
    const std::size_t middle = size / 2;
    auto last = split.scan(text.substr(0, middle));
    if (last == header_scanner::state::incomplete)
        last = split.scan(text);
    if (last != state)
        std::abort();

    // The gate finds the same end, whatever follows.
    static const gate_options options{latchkey::limit_options{}, "__Host-session"};
    const bool is_whole = state == header_scanner::state::complete;
    request_head head, alone;
    const bool passes = !pass_gate(text, options, head);
    if (passes != (is_whole && !pass_gate(text.substr(0, whole.size()), options, alone)))
        std::abort();
    if (!passes)
        return 0;
    if (head.block.size() != whole.size())
        std::abort();
    for (const char c : head.path)
        if (static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) >= 0x7f)
            std::abort();
    if (head.verb == method::unknown)
        std::abort();
    if (!disagreement(head.block, head).empty())
        std::abort();
    return 0;
}
