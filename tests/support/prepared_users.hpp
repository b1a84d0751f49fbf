// Databases with users, made once by the program itself and copied for every test that asks for the same users.
//
// Adding three users takes as many processes, which under a sanitizer is most of what a short test costs.
#pragma once

#include <filesystem>

namespace latchkey::test {

struct server_setup;

class prepared_users {
public:
    explicit prepared_users(const server_setup& setup);

    // Whether the same users by these settings come to the same database. What follows is for such a setup.
    bool shareable() const noexcept { return !file_.empty(); }
    // False when there is none yet.
    bool copy_to(const std::filesystem::path& database) const;
    // For the tests that come after this one.
    void keep(const std::filesystem::path& database) const;

private:
    std::filesystem::path file_;  // its name is what went into it
};

}  // namespace latchkey::test
