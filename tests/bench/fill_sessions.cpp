// Writes live sessions into the database of a server that is not running, and their cookies into a file: there is no
// other way to have a million of them soon.
//
//   bench_fill_sessions DATABASE-FILE SESSIONS USERS COOKIES-FILE [SECONDS]
//
// With SECONDS, half of them, every other one of each user, die so long after now, and their cookies are not told. The
// cookies are one a line in random order, so that who reads them one after the other asks for random sessions.
#include "base64url.hpp"
#include "database.hpp"
#include "session_statements.hpp"
#include "sql_database.hpp"
#include "tokens.hpp"

#include <latchkey/clock.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace latchkey;

std::vector<public_id> add_users(soci::session& sql, std::size_t count) {
    std::vector<public_id> users;
    users.reserve(count);
    std::string id, email;
    soci::statement user = (sql.prepare << "INSERT INTO users (id, email, name, password_hash, disabled, created_at)"
                                           " VALUES (:id, :email, 'Some Body', '', 0, 0)",
                            soci::use(id, "id"), soci::use(email, "email"));
    soci::statement group =
        (sql.prepare << "INSERT INTO user_groups (user_id, name) VALUES (:id, 'staff')", soci::use(id, "id"));
    for (std::size_t i = 0; i < count; ++i) {
        users.push_back(random_public_id());
        id = users.back().str();
        email = "user" + std::to_string(i) + "@example.com";
        user.execute(true);
        group.execute(true);
    }
    return users;
}

class session_maker {
public:
    explicit session_maker(time_point now) : now_(now) {}

    // As from a login just now; `token` becomes its cookie.
    journal_entry operator()(const public_id& user, std::string& token) {
        std::array<std::uint8_t, 32> raw;
        fill_with_randomness(raw);
        token = write_base64url(raw).reveal();
        journal_entry fresh;
        fresh.id = random_public_id();
        fresh.user = user;
        fresh.key = *key_of(token);
        fresh.ip.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, static_cast<std::uint8_t>(random_())};
        fresh.user_agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/" +
                           std::to_string(90 + random_() % 40) + ".0.0.0 Safari/537.36";
        fresh.created_at = fresh.authenticated_at = fresh.last_seen_at = now_;
        fresh.expires_at = now_ + session_options().absolute_timeout;
        return fresh;
    }

private:
    time_point now_;
    std::mt19937_64 random_{1};
};

// Gives the tokens of those that live on.
std::vector<std::string> add_sessions(soci::session& sql, std::size_t count, const std::vector<public_id>& users,
                                      std::optional<seconds> short_life) {
    const auto now = make_system_clock()->now();
    session_maker make(now);
    insert_session insert(sql);
    std::vector<std::string> tokens;
    tokens.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        std::string token;
        auto fresh = make(users[i % users.size()], token);
        if (short_life && i / users.size() % 2 != 0)
            fresh.expires_at = now + *short_life;
        else
            tokens.push_back(std::move(token));
        insert(fresh);
    }
    return tokens;
}

void write_cookies(const std::string& path, std::vector<std::string> tokens) {
    std::shuffle(tokens.begin(), tokens.end(), std::mt19937_64(2));
    std::ofstream out(path);
    for (const std::string& token : tokens)
        out << token << '\n';
    if (!out.flush())
        throw std::runtime_error("cannot write " + path);
}

void fill(const std::string& file, std::size_t sessions, std::size_t users, const std::string& cookies,
          std::optional<seconds> short_life) {
    database_options options;
    options.url = "sqlite:" + file;
    const auto database = open_database(options);
    const auto sql = database->connect();
    *sql << "PRAGMA synchronous = OFF";
    *sql << "PRAGMA cache_size = -400000";
    *sql << "BEGIN";
    auto tokens = add_sessions(*sql, sessions, add_users(*sql, users), short_life);
    *sql << "COMMIT";
    write_cookies(cookies, std::move(tokens));
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 5 && argc != 6)
        throw std::runtime_error("usage: bench_fill_sessions DATABASE-FILE SESSIONS USERS COOKIES-FILE [SECONDS]");
    init_crypto();
    fill(argv[1], std::stoul(argv[2]), std::stoul(argv[3]), argv[4],
         argc == 6 ? std::optional(seconds{std::stol(argv[5])}) : std::nullopt);
} catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
}
