#include "prepared_users.hpp"

#include "latchkey_server.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>

#include <unistd.h>

namespace latchkey::test {
namespace {

namespace fs = std::filesystem;

// Of these settings, those of passwords alone have to do with what is stored of a user.
constexpr std::string_view harmless[] = {"server.", "session.",  "limits.", "throttle.", "cookie.",
                                         "access.", "redirect.", "pages.",  "password."};

bool is_harmless(const std::string& key) {
    return std::any_of(std::begin(harmless), std::end(harmless),
                       [&](std::string_view section) { return key.starts_with(section); });
}

std::string digest(const std::string& text) {
    return std::to_string(std::hash<std::string>{}(text));
}

}  // namespace

prepared_users::prepared_users(const server_setup& setup) {
    std::string content;
    for (const auto& [key, value] : setup.config) {
        if (!is_harmless(key))
            return;
        if (key.starts_with("password."))
            content += key + '=' + value + '\n';
    }
    for (const auto& user : setup.users)
        content += user.email + '\n' + user.password + '\n' + user.name + '\n' + user.groups + '\n' +
                   (user.disabled ? "disabled\n" : "\n");
    std::error_code error;
    const fs::path program = latchkey_program();
    const auto written = fs::last_write_time(program, error).time_since_epoch().count();
    if (error || setup.users.empty())
        return;
    file_ = program.parent_path() / "prepared-users" / std::to_string(written) / digest(content);
}

bool prepared_users::copy_to(const fs::path& database) const {
    std::error_code error;
    return fs::copy_file(file_, database, error);
}

// Whoever else makes the same one has made no other.
void prepared_users::keep(const fs::path& database) const {
    std::error_code error;
    const fs::path ours = file_.parent_path();
    if (fs::create_directories(ours, error))
        for (const auto& one : fs::directory_iterator(ours.parent_path(), error))
            if (one.path() != ours)  // an older program's
                fs::remove_all(one.path(), error);
    const fs::path draft = file_.string() + '.' + std::to_string(::getpid());
    if (fs::copy_file(database, draft, error))
        fs::rename(draft, file_, error);
}

}  // namespace latchkey::test
