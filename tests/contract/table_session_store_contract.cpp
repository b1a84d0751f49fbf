#include "fake_session_journal.hpp"
#include "recording_logger.hpp"
#include "session_store_contract.hpp"
#include "table_session_store.hpp"

#include <atomic>
#include <deque>
#include <optional>
#include <thread>
#include <vector>

namespace latchkey::testing {
namespace {

class in_memory final : public session_store_backing {
public:
    std::unique_ptr<session_store> open(const session_options& options, const clock& now,
                                        revocation_log* revoked) override {
        return make_memory_session_store(options, now, revoked);
    }
};

class with_fake_journal final : public session_store_backing {
public:
    std::unique_ptr<session_store> open(const session_options& options, const clock& now,
                                        revocation_log* revoked) override {
        return make_journaled_session_store(options, now, make_fake_session_journal(rows_, options, now), log_,
                                            revoked);
    }
    void add_user(const profile_ptr& user) override {
        mutex_lock lock(rows_->mutex);
        rows_->users[user->id] = user;
    }
    void cut_off() override { rows_->cut = true; }
    void fail(bool on) override { rows_->failing = on; }

private:
    const std::shared_ptr<journal_rows> rows_ = std::make_shared<journal_rows>();
    recording_logger log_;
};

const session_store_factory memory{"memory", [] { return std::make_unique<in_memory>(); }};
const session_store_factory journaled{"journaled", [] { return std::make_unique<with_fake_journal>(); }, true};
const auto name_of = [](const auto& test) { return test.param.name; };

INSTANTIATE_TEST_SUITE_P(table, session_store_contract, ::testing::Values(memory, journaled), name_of);
INSTANTIATE_TEST_SUITE_P(table, session_store_model, ::testing::Values(memory, journaled), name_of);
INSTANTIATE_TEST_SUITE_P(table, session_store_concurrent, ::testing::Values(memory, journaled), name_of);
INSTANTIATE_TEST_SUITE_P(table, session_store_durable, ::testing::Values(journaled), name_of);
INSTANTIATE_TEST_SUITE_P(table, session_store_beside_users, ::testing::Values(journaled), name_of);

// A table that is large enough to be fetched from, while it grows and shrinks. Run it under ThreadSanitizer.
TEST(table_fetch, beside_what_changes) {
    constexpr std::uint64_t staying = 6'000, coming = 14'000, at_once = 8;
    const manual_clock clock;
    std::deque<runner> runners(2);  // outlive the store
    session_options options;
    options.max_per_user = staying + coming;
    const auto store = make_memory_session_store(options, clock);
    const profile_ptr user = nth_user(1);
    const auto insert = [&](runner& own, std::uint64_t n) {
        new_session fresh;
        fresh.id = nth_id(n);
        fresh.user = user;
        return own.await(store->insert(nth_key(n), fresh)).has_value();
    };
    for (std::uint64_t n = 0; n < staying; ++n)
        ASSERT_TRUE(insert(runners[0], n));

    std::atomic<bool> done{false};
    std::thread change([&] {
        std::uint64_t failed = 0;
        for (std::uint64_t n = staying; n < staying + coming; ++n)
            failed += insert(runners[1], n) ? 0 : 1;
        for (std::uint64_t n = staying; n < staying + coming; ++n)
            failed += runners[1].await(store->erase(nth_key(n))).value() ? 0 : 1;
        EXPECT_EQ(failed, 0U);
        done = true;
    });
    std::uint64_t missing = 0;
    while (!done)
        for (std::uint64_t n = 0; n < staying; n += 2 * at_once) {
            std::vector<session_key> keys;  // of those that stay and of those that come and go
            for (std::uint64_t i = n; i < n + at_once; ++i) {
                keys.push_back(nth_key(i));
                keys.push_back(nth_key(i + staying));
            }
            store->fetch(keys);
            for (std::size_t i = 0; i < keys.size(); ++i) {
                const auto found = store->find_at_once(keys[i]);
                missing += found && (*found || i % 2 != 0) ? 0 : 1;
            }
        }
    change.join();
    EXPECT_EQ(missing, 0U);
    EXPECT_EQ(store->size(), staying);
}

}  // namespace
}  // namespace latchkey::testing
