#include "sqlite_database.hpp"

#include "sqlite_file.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <utility>

namespace latchkey {
namespace {

// Result codes of the C interface, which are part of its stable ABI; SOCI hands them through.
constexpr int sqlite_busy = 5;
constexpr int sqlite_constraint = 19;
constexpr int sqlite_corrupt = 11;
constexpr int sqlite_not_a_database = 26;

int code_of(const soci::soci_error& e) noexcept {
    const auto* error = dynamic_cast<const soci::sqlite3_soci_error*>(&e);
    return error ? error->result() & 0xFF : 0;
}

// "*** in database main ***", a line of its own, says nothing to anybody with one database.
std::string on_one_line(std::string verdict) {
    if (verdict.starts_with("***"))
        verdict.erase(0, verdict.find('\n') + 1);
    std::replace(verdict.begin(), verdict.end(), '\n', ' ');
    return verdict;
}

class sqlite_database final : public sql_database {
public:
    sqlite_database(const std::string& path, unsigned pool_size)
        : path_(path), name_("the database " + path), pool_(std::max(1U, pool_size)) {
        prepare_sqlite_file(path);
        for (std::size_t i = 0; i < std::max(1U, pool_size); ++i)
            open(pool_.at(i));
        soci::session sql(pool_);
        check(sql);
    }

    soci::connection_pool& pool() noexcept override { return pool_; }
    std::unique_ptr<soci::session> connect() override;
    const std::string& name() const noexcept override { return name_; }

    // Takes the write lock at once. A transaction that begins by reading could be refused it later, without waiting.
    void begin_exclusive(soci::session& sql) override { sql << "BEGIN IMMEDIATE"; }

    bool is_unique_violation(const soci::soci_error& e) const noexcept override {
        return code_of(e) == sqlite_constraint;
    }

    // A new row goes behind all others, and a VACUUM or a dump keeps them in order. Sorting by time would write a
    // temporary file as large as the table.
    const char* session_order() const noexcept override { return "rowid"; }

private:
    void open(soci::session& sql);
    void use_wal(soci::session& sql);
    void check(soci::session& sql);

    const std::string path_;
    const std::string name_;
    soci::connection_pool pool_;
};

void sqlite_database::open(soci::session& sql) try {
    sql.open("sqlite3", "dbname=\"" + path_ + "\" timeout=5");
    sql << "PRAGMA foreign_keys = ON";
    sql << "PRAGMA synchronous = FULL";
    use_wal(sql);
} catch (const soci::soci_error& e) {
    switch (code_of(e)) {
        case sqlite_not_a_database:
            throw std::runtime_error("cannot open " + name_ + ": it is not an SQLite database");
        case sqlite_corrupt:
            throw std::runtime_error("cannot open " + name_ + ": it is damaged; restore it from a backup");
        default:
            throw std::runtime_error("cannot open " + name_ + ": " + e.get_error_message());
    }
}

// Several processes that start at once may all want to change the mode of a new file. SQLite does not wait in that
// case, it reports "busy" to all but one; who asks again then finds the mode set.
void sqlite_database::use_wal(soci::session& sql) {
    for (int attempt = 1;; ++attempt) {
        try {
            std::string mode;
            sql << "PRAGMA journal_mode = WAL", soci::into(mode);
            if (mode != "wal")
                throw std::runtime_error("cannot open " + name_ +
                                         ": its file system does not support write-ahead logging");
            return;
        } catch (const soci::soci_error& e) {
            if (code_of(e) != sqlite_busy || attempt == 100)
                throw;
        }
        // Waits for the write lock, with the time-out of the connection.
        sql << "BEGIN IMMEDIATE";
        sql << "ROLLBACK";
    }
}

// Reads the whole file once: damage shall be found now, not at somebody's login.
void sqlite_database::check(soci::session& sql) {
    std::string verdict;
    int page_size = 0;
    int tables = 0;
    int ours = 0;
    try {
        sql << "PRAGMA quick_check(1)", soci::into(verdict);
        sql << "PRAGMA page_size", soci::into(page_size);
        if (verdict == "ok" && ends_inside_a_page(path_, static_cast<std::uintmax_t>(page_size)))
            verdict = "the end of its last page is missing";
        sql << "SELECT count(*), count(CASE WHEN name = 'schema_version' THEN 1 END) FROM sqlite_master",
            soci::into(tables), soci::into(ours);
    } catch (const soci::soci_error& e) {
        verdict = e.get_error_message();
    }
    if (verdict != "ok")
        throw std::runtime_error("cannot open " + name_ + ": it is damaged (" + on_one_line(verdict) +
                                 "); restore it from a backup");
    if (tables > 0 && ours == 0)
        throw std::runtime_error("cannot open " + name_ + ": it holds the tables of another program");
}

std::unique_ptr<soci::session> sqlite_database::connect() {
    if (!std::filesystem::exists(path_))
        throw std::runtime_error("cannot open " + name_ + ": it has gone");
    auto sql = std::make_unique<soci::session>();
    open(*sql);
    return sql;
}

}  // namespace

std::unique_ptr<sql_database> open_sqlite_database(const std::string& path, unsigned pool_size) {
    return std::make_unique<sqlite_database>(path, pool_size);
}

}  // namespace latchkey
