#include "sql_throttle_store.hpp"

#include "connection_lease.hpp"
#include "sql_database.hpp"

#include <exception>
#include <string>
#include <utility>

namespace latchkey {
namespace {

// Looking for old rows reads all of them, 20 ms for 300,000, while nobody else may write.
constexpr seconds between_sweeps{60};

// Sixteen bytes as a table has them: 32 lower-case hex digits.
std::string to_text(const std::array<std::uint8_t, 16>& bytes) {
    public_id id;
    id.bytes = bytes;
    return id.str();
}

struct throttle_row {
    std::string key;
    int kind = 0;
    long long failures = 0;
    long long last_failure = 0;
    std::string client;
    std::string account;
};

throttle_row row_of(const throttle_record& record) {
    return {to_text(record.key.bytes),
            static_cast<int>(record.kind),
            record.failures,
            record.last.time_since_epoch().count(),
            to_text(record.client.network.bytes),
            record.account};
}

// Nothing for a row that this program did not write: what a throttle makes of the numbers is its own business.
std::optional<throttle_record> record_of(const throttle_row& row) {
    constexpr long long latest_kept = 1LL << 40;
    const auto key = public_id::parse(row.key);
    const auto client = public_id::parse(row.client);
    if (!key || !client || row.kind < 1 || row.kind > 4 || row.failures < 1 || row.failures > UINT32_MAX ||
        row.last_failure < 0 || row.last_failure > latest_kept || row.account.size() > 254)
        return std::nullopt;
    return throttle_record{{key->bytes},
                           static_cast<throttle_kind>(row.kind),
                           static_cast<std::uint32_t>(row.failures),
                           time_point{seconds{row.last_failure}},
                           client_prefix{{client->bytes}},
                           row.account};
}

class sql_throttle_store final : public throttle_store {
public:
    sql_throttle_store(std::shared_ptr<sql_database> database, logger& log)
        : database_(std::move(database)), log_(log) {}

    result<std::vector<throttle_record>> load() override;
    result<void> save(std::span<const throttle_record> changed, time_point forgotten_before) override;

private:
    boost::system::error_code failed(std::string_view operation, std::string_view why) noexcept {
        log_.write(log_level::error, "store_failed", {{"operation", operation}, {"error", why}});
        return errc::store_unavailable;
    }

    const std::shared_ptr<sql_database> database_;
    logger& log_;
    std::optional<time_point> swept_before_;  // what is older has been removed
};

result<std::vector<throttle_record>> sql_throttle_store::load() {
    try {
        connection_lease lease(*database_);
        soci::session& sql = lease.sql();
        throttle_row row;
        soci::statement all = (sql.prepare << "SELECT key, kind, failures, last_failure, client, account FROM throttle",
                               soci::into(row.key), soci::into(row.kind), soci::into(row.failures),
                               soci::into(row.last_failure), soci::into(row.client), soci::into(row.account));
        std::vector<throttle_record> out;
        all.execute();
        while (all.fetch())
            if (auto record = record_of(row))
                out.push_back(*std::move(record));
        return out;
    } catch (const soci::soci_error& e) {
        return failed("load_throttle", e.get_error_message());
    } catch (const std::exception& e) {
        return failed("load_throttle", e.what());
    }
}

result<void> sql_throttle_store::save(std::span<const throttle_record> changed, time_point forgotten_before) {
    try {
        connection_lease lease(*database_);
        soci::session& sql = lease.sql();
        exclusive_transaction transaction(*database_, sql);
        throttle_row row;
        soci::statement put =
            (sql.prepare << "INSERT INTO throttle (key, kind, failures, last_failure, client, account)"
                            " VALUES (:key, :kind, :failures, :last_failure, :client, :account)"
                            " ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, failures = excluded.failures,"
                            " last_failure = excluded.last_failure, client = excluded.client,"
                            " account = excluded.account",
             soci::use(row.key, "key"), soci::use(row.kind, "kind"), soci::use(row.failures, "failures"),
             soci::use(row.last_failure, "last_failure"), soci::use(row.client, "client"),
             soci::use(row.account, "account"));
        soci::statement remove = (sql.prepare << "DELETE FROM throttle WHERE key = :key", soci::use(row.key, "key"));
        for (const auto& record : changed) {
            row = row_of(record);
            (record.failures == 0 ? remove : put).execute(true);
        }
        const bool sweeps = !swept_before_ || forgotten_before >= *swept_before_ + between_sweeps;
        if (sweeps) {
            const long long oldest = forgotten_before.time_since_epoch().count();
            sql << "DELETE FROM throttle WHERE last_failure < :oldest", soci::use(oldest, "oldest");
        }
        transaction.commit();
        if (sweeps)
            swept_before_ = forgotten_before;
        return {};
    } catch (const soci::soci_error& e) {
        // Not what(): that one quotes the parameters.
        return failed("save_throttle", e.get_error_message());
    } catch (const std::exception& e) {
        return failed("save_throttle", e.what());
    }
}

}  // namespace

std::unique_ptr<throttle_store> make_sql_throttle_store(std::shared_ptr<sql_database> database, logger& log) {
    return std::make_unique<sql_throttle_store>(std::move(database), log);
}

}  // namespace latchkey
