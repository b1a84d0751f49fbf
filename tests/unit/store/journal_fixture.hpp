// A session journal over a real database, and hands to look into it from outside.
#pragma once

#include "await.hpp"
#include "database.hpp"
#include "recording_logger.hpp"
#include "sql_database.hpp"
#include "sql_session_journal.hpp"
#include "temporary_directory.hpp"

#include <latchkey/session_store.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <fstream>
#include <iterator>
#include <map>

namespace latchkey::testing {

inline public_id id_of(std::uint32_t n) {
    public_id id;
    id.bytes[0] = 0xab;
    for (std::size_t i = 0; i < 4; ++i)
        id.bytes[15 - i] = static_cast<std::uint8_t>(n >> (8 * i));
    return id;
}

inline session_key key_of_number(std::uint32_t n) {
    session_key key;
    key.bytes.fill(0xcd);
    for (std::size_t i = 0; i < 4; ++i)
        key.bytes[31 - i] = static_cast<std::uint8_t>(n >> (8 * i));
    return key;
}

inline std::string content_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

class journal_fixture : public ::testing::Test {
protected:
    static constexpr std::uint32_t alice = 0xA11CE;  // numbers of users
    static constexpr std::uint32_t bob = 0xB0B;

    std::string file() const { return directory / "latchkey.db"; }
    std::shared_ptr<sql_database> open(const std::string& path) { return open_database({"sqlite:" + path, 1}); }

    // A journal that has not loaded yet; the one before has gone.
    session_journal& make_on(const std::string& path) {
        journal.reset();
        database = open(path);
        journal = make_sql_session_journal(database, options, clock, line, false, log);
        return *journal;
    }
    struct loaded_session {
        journal_entry entry;
        profile_ptr user;
    };
    // What a server that starts now would have.
    std::vector<loaded_session> load_from(const std::string& path) {
        std::vector<loaded_session> found;
        make_on(path).load([&](const journal_entry& entry, const profile_ptr& user) {
            found.push_back({entry, user});
        });
        return found;
    }
    std::vector<loaded_session> load() { return load_from(file()); }
    std::vector<public_id> ids(const std::vector<loaded_session>& sessions) {
        std::vector<public_id> found;
        for (const auto& one : sessions)
            found.push_back(one.entry.id);
        return found;
    }

    void add_user(std::uint32_t n) {
        const std::string id = id_of(n).str();
        execute("INSERT INTO users (id, email, name, password_hash, disabled, created_at) VALUES ('" + id + "', 'u" +
                std::to_string(n) + "@example.com', 'U', '', 0, 0)");
        execute("INSERT INTO user_groups (user_id, name) VALUES ('" + id + "', 'staff')");
    }
    // By a connection of another program.
    soci::session outside() const { return soci::session("sqlite3", "dbname=" + file() + " timeout=5"); }
    void execute(const std::string& statement) { outside() << statement; }
    long long number(const std::string& query) {
        auto sql = outside();
        long long value = -1;
        sql << query, soci::into(value);
        return value;
    }
    long long rows() { return number("SELECT count(*) FROM sessions"); }

    // Session `n` of `user`, begun now.
    journal_entry entry(std::uint32_t n, std::uint32_t user = alice, bool remembered = false) const {
        journal_entry made;
        made.id = id_of(n);
        made.user = id_of(user);
        made.key = key_of_number(n);
        made.remembered = remembered;
        made.ip.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 7};
        made.user_agent = "agent " + std::to_string(n);
        made.created_at = made.authenticated_at = made.last_seen_at = clock.now();
        made.expires_at =
            made.created_at + (remembered ? options.remembered_absolute_timeout : options.absolute_timeout);
        return made;
    }
    static journal_change begin(journal_entry fresh) {
        journal_change change;
        change.insert = std::move(fresh);
        return change;
    }
    static journal_change end(std::uint32_t n) {
        journal_change change;
        change.erase.push_back(id_of(n));
        return change;
    }
    journal_change rotate(std::uint32_t n, std::uint32_t from, std::uint32_t to) const {
        journal_change change;
        change.rotate = journal_change::rotation{id_of(n), key_of_number(from), key_of_number(to), clock.now(),
                                                 key_of_number(from)};
        return change;
    }
    result<std::size_t> commit(const journal_change& change) { return run.await(journal->commit(change)); }

    // Many commits that wait together: all got their places, in order, when add() has returned for them.
    class crowd {
    public:
        explicit crowd(journal_fixture& test) : journal_(*test.journal), io_(test.contexts.emplace_back(1)) {}
        void add(journal_change change) {
            member& mine = members_.emplace_back();
            mine.change = std::move(change);
            boost::asio::co_spawn(io_, wait(mine), [](std::exception_ptr e) {
                if (e)
                    std::rethrow_exception(e);
            });
            io_.restart();
            while (!mine.queued && !mine.outcome)
                io_.run_one();
        }
        std::vector<result<std::size_t>> outcomes() {
            io_.restart();
            io_.run();
            std::vector<result<std::size_t>> all;
            for (member& one : members_)
                all.push_back(*one.outcome);
            return all;
        }

    private:
        struct member {
            journal_change change;
            bool queued = false;
            std::optional<result<std::size_t>> outcome;
        };
        task<void> wait(member& mine) {
            std::function<void()> queued = [&mine] { mine.queued = true; };
            mine.outcome = co_await journal_.commit(mine.change, std::move(queued));
        }
        session_journal& journal_;
        std::deque<member> members_;
        boost::asio::io_context& io_;
    };

    void begin_sessions(std::uint32_t from, std::uint32_t to, std::uint32_t user = alice, bool remembered = false) {
        for (std::uint32_t n = from; n <= to; ++n)
            ASSERT_TRUE(commit(begin(entry(n, user, remembered))));
    }
    // "journal_failed" lines in the log.
    std::size_t failures() const {
        const std::string text = log.text();
        std::size_t count = 0;
        for (auto at = text.find("journal_failed"); at != std::string::npos; at = text.find("journal_failed", at + 1))
            ++count;
        return count;
    }

    void SetUp() override {
        open(file());
        add_user(alice);
        add_user(bob);
        load();
    }

    temporary_directory directory;
    manual_clock clock;
    recording_logger log;
    session_options options;
    time_line line{"boot-1", 1'767'225'600 - 1000};
    runner run;
    std::deque<runner> runners;                    // for threads of a test's own
    std::deque<boost::asio::io_context> contexts;  // of crowds; all of them outlive the journal
    std::shared_ptr<sql_database> database;        // the journal's
    std::unique_ptr<session_journal> journal;
};

}  // namespace latchkey::testing
