// H4, H9: the raw scan that every byte of a header block goes through.
#include "header_scanner.hpp"

#include <gtest/gtest.h>

#include <string>

namespace latchkey::http {
namespace {

using state = header_scanner::state;

state scan_whole(std::string_view text) {
    header_scanner scanner;
    return scanner.scan(text);
}

TEST(header_scanner, finds_the_end_and_no_byte_more) {
    const std::string block = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    header_scanner scanner;
    EXPECT_EQ(scanner.scan(block + "GET /next"), state::complete);
    EXPECT_EQ(scanner.size(), block.size());
}

TEST(header_scanner, gives_the_same_answer_for_every_split) {  // H9
    const std::string block = "GET / HTTP/1.1\r\nHost: a\r\nX: y\tz\r\n\r\n";
    for (std::size_t step = 1; step <= block.size(); ++step) {
        header_scanner scanner;
        std::size_t given = 0;
        auto last = state::incomplete;
        while (given < block.size()) {
            ASSERT_EQ(last, state::incomplete) << "step " << step << " at " << given;
            given = std::min(given + step, block.size());
            last = scanner.scan(std::string_view(block).substr(0, given));
        }
        EXPECT_EQ(last, state::complete);
        EXPECT_EQ(scanner.size(), block.size());
    }
}

TEST(header_scanner, tells_whether_the_request_line_is_there) {
    header_scanner scanner;
    EXPECT_EQ(scanner.scan("GET /"), state::incomplete);
    EXPECT_FALSE(scanner.line_complete());
    EXPECT_EQ(scanner.scan("GET / HTTP/1.1\r\nH"), state::incomplete);
    EXPECT_TRUE(scanner.line_complete());
}

TEST(header_scanner, refuses_what_parsers_read_differently) {  // H4
    using namespace std::string_literals;
    for (const auto& text : {"GET / HTTP/1.1\nHost: a\r\n\r\n"s, "GET / HTTP/1.1\r\nHost: a\n\r\n"s,
                             "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n"s, "GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n"s,
                             "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n"s, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"s,
                             "GET / HTTP/1.1\r\nHost: a\r\n\tfolded\r\n\r\n"s, "GET / HTTP/1.1\r\nX: \x1b[2J\r\n\r\n"s,
                             "GET / HTTP/1.1\r\nX: \x7f\r\n\r\n"s, "\nGET / HTTP/1.1\r\n\r\n"s, "\r\r\n"s,
                             "GET / HTTP/1.1\r\nHost: a\r\n\rX"s})
        EXPECT_EQ(scan_whole(text), state::malformed) << testing::PrintToString(text);
}

TEST(header_scanner, lets_high_bytes_pass_to_the_gate) {
    EXPECT_EQ(scan_whole("GET / HTTP/1.1\r\nX: \xc3\xa9\xff\r\n\r\n"), state::complete);
}

}  // namespace
}  // namespace latchkey::http
