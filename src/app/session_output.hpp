// Sessions as people and programs see them on standard output, told a page at a time.
#pragma once

#include "console.hpp"

#include <latchkey/session_store.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace latchkey {

class session_printer {
public:
    // With `json` one object, {"sessions":[…]}, whole once finish() was called; without it a table. Nothing is printed
    // before the first add() or finish().
    session_printer(const console& io, bool json) noexcept : io_(io), json_(json) {}

    void add(const std::vector<listed_session>& page);
    void finish();

private:
    void add_json(const listed_session& s);
    void line(std::string_view id, std::string_view user, std::string_view address, std::string_view created,
              std::string_view seen, std::string_view expires, std::string_view agent);

    const console& io_;
    const bool json_;
    bool begun_ = false;
    std::size_t user_width_ = 4;  // of the widest so far
    std::size_t address_width_ = 7;
};

}  // namespace latchkey
