#include "fake_session_journal.hpp"
#include "recording_logger.hpp"
#include "session_store_contract.hpp"
#include "table_session_store.hpp"

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

}  // namespace
}  // namespace latchkey::testing
