#include "admin_cursor.hpp"

#include "text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace latchkey::http {
namespace {

public_id id_of(std::uint8_t first) {
    public_id id;
    for (std::size_t i = 0; i < id.bytes.size(); ++i)
        id.bytes[i] = static_cast<std::uint8_t>(first + 17 * i);
    return id;
}

TEST(admin_cursor, comes_back_as_it_went) {
    for (const std::uint8_t first : std::array<std::uint8_t, 4>{0, 1, 127, 255}) {
        EXPECT_EQ(*read_user_cursor(write_cursor(id_of(first))), id_of(first));
        const session_cursor place{id_of(first), id_of(static_cast<std::uint8_t>(first + 1))};
        EXPECT_EQ(*read_session_cursor(write_cursor(place)), place);
    }
}

TEST(admin_cursor, needs_no_encoding_in_a_url) {
    const std::string text = write_cursor(session_cursor{id_of(3), id_of(250)});
    EXPECT_TRUE(std::all_of(text.begin(), text.end(), is_alnum)) << text;
}

TEST(admin_cursor, malformed_ones_are_refused) {
    const std::string user = write_cursor(id_of(9));
    const std::string session = write_cursor(session_cursor{id_of(9), id_of(8)});
    for (const std::string& bad :
         {std::string(), std::string("0"), std::string("u"), user + "0", user.substr(1), user.substr(0, 32),
          "s" + user.substr(1), "u" + std::string(31, '0') + "g", "u" + std::string(31, '0') + "A",
          "u" + std::string(31, '0') + '\0', std::string(33, '\xff'), std::string(100'000, 'u'), session})
        EXPECT_EQ(read_user_cursor(bad).error(), errc::invalid_request) << bad.substr(0, 80);
    for (const std::string& bad : {std::string(), user, session + "0", session.substr(1), "u" + session.substr(1),
                                   session.substr(0, 64) + "-", "s" + std::string(64, 'x')})
        EXPECT_EQ(read_session_cursor(bad).error(), errc::invalid_request) << bad;
}

}  // namespace
}  // namespace latchkey::http
