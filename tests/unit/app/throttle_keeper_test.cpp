// What changed in the throttle gets to the database, sooner or later, and nobody waits for it.
#include "throttle_keeper.hpp"

#include "await.hpp"
#include "recording_logger.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace latchkey {
namespace {

class notebook final : public throttle_store {
public:
    bool fails = false;
    bool throws = false;
    std::vector<throttle_record> kept;
    std::vector<std::vector<throttle_record>> saved;
    time_point forgotten;

    result<std::vector<throttle_record>> load() override {
        if (fails)
            return errc::store_unavailable;
        return kept;
    }
    result<void> save(std::span<const throttle_record> changed, time_point forgotten_before) override {
        if (throws)
            throw std::bad_alloc();
        if (fails)
            return errc::store_unavailable;
        saved.emplace_back(changed.begin(), changed.end());
        forgotten = forgotten_before;
        return {};
    }
};

class cardboard_table final : public persistent_throttle {
public:
    std::vector<throttle_record> changed, restored;
    bool out_of_memory = false;

    void restore(std::span<const throttle_record> records) noexcept override {
        restored.assign(records.begin(), records.end());
    }
    std::vector<throttle_record> take_changed(std::size_t most) override {
        if (out_of_memory)
            throw std::bad_alloc();
        const auto end = changed.begin() + static_cast<std::ptrdiff_t>(std::min(most, changed.size()));
        std::vector<throttle_record> out(changed.begin(), end);
        changed.erase(changed.begin(), end);
        return out;
    }
    void put_back(std::span<const throttle_record> records) noexcept override {
        changed.insert(changed.begin(), records.begin(), records.end());
    }
    time_point forgotten_before() const noexcept override { return time_point{seconds{77}}; }
    void configure(const throttle_options&) noexcept override {}
    result<throttle_ticket> admit(const throttle_attempt&) noexcept override { return throttle_ticket{}; }
    void succeeded(const throttle_ticket&) noexcept override {}
    void forgive(const throttle_ticket&) noexcept override {}
    seconds client_wait(const client_prefix&) const noexcept override { return seconds{0}; }
    std::vector<throttle_entry> list(const throttle_filter&, std::size_t) const override { return {}; }
    std::size_t clear(const throttle_filter&) noexcept override { return 0; }
    throttle_stats stats() const noexcept override { return {}; }
};

throttle_record record(std::uint32_t failures) {
    throttle_record r;
    r.failures = failures;
    return r;
}

class throttle_keeper_test : public ::testing::Test {
protected:
    using numbers = std::vector<std::uint32_t>;
    numbers last_saved() const {
        numbers out;
        for (const auto& r : store.saved.empty() ? std::vector<throttle_record>{} : store.saved.back())
            out.push_back(r.failures);
        return out;
    }
    std::size_t lines(std::string_view text) const {
        const std::string all = log.text();
        std::size_t n = 0;
        for (auto at = all.find(text); at != all.npos; at = all.find(text, at + 1))
            ++n;
        return n;
    }
    bool save() { return run.await(keeper.save()); }

    notebook store;
    cardboard_table table;
    testing::recording_logger log;
    testing::runner run;
    worker_pool database{{"sql", 1, 8, thread_priority::normal}};
    throttle_keeper keeper{table, store, database, log};
};

// L8: what is held against somebody survives a restart.
TEST_F(throttle_keeper_test, loads_what_there_was) {
    store.kept = {record(1), record(2)};
    EXPECT_TRUE(keeper.load());
    EXPECT_EQ(table.restored.size(), 2U);
    store.fails = true;
    EXPECT_EQ(keeper.load().error(), errc::store_unavailable);
}

TEST_F(throttle_keeper_test, saves_what_changed) {
    table.changed = {record(1), record(2)};
    EXPECT_TRUE(save());
    EXPECT_EQ(last_saved(), (numbers{1, 2}));
    EXPECT_EQ(store.forgotten, time_point{seconds{77}});
    EXPECT_TRUE(save());
    EXPECT_EQ(store.saved.size(), 1U) << "there was nothing to save";
    table.changed = {record(3)};
    EXPECT_TRUE(keeper.save_last());
    EXPECT_EQ(last_saved(), (numbers{3}));
    EXPECT_EQ(log.text(), "");
}

TEST_F(throttle_keeper_test, saves_much_in_several_transactions) {
    table.changed.assign(2 * throttle_keeper::batch_size + 1, record(1));
    EXPECT_TRUE(save());
    EXPECT_EQ(store.saved.size(), 3U);
    EXPECT_EQ(last_saved().size(), 1U);
}

TEST_F(throttle_keeper_test, tries_again_and_says_so_once) {
    store.fails = true;
    table.changed = {record(1), record(2)};
    for (int i = 0; i < 3; ++i)
        EXPECT_FALSE(save());
    store.fails = false;
    store.throws = true;
    EXPECT_FALSE(save());
    EXPECT_FALSE(keeper.save_last());
    EXPECT_EQ(lines("throttle_not_saved"), 1U);
    store.throws = false;
    EXPECT_TRUE(save());
    EXPECT_EQ(last_saved(), (numbers{1, 2}));
    EXPECT_EQ(lines("throttle_saved_again"), 1U);
    store.fails = true;
    table.changed = {record(4)};
    EXPECT_FALSE(save());
    EXPECT_EQ(lines("throttle_not_saved"), 2U) << "another outage";
}

TEST_F(throttle_keeper_test, survives_a_want_of_memory) {
    table.changed = {record(1)};
    table.out_of_memory = true;
    EXPECT_TRUE(save());
    EXPECT_TRUE(store.saved.empty());
    table.out_of_memory = false;
    EXPECT_TRUE(save());
    EXPECT_EQ(last_saved(), (numbers{1}));
}

// What was taken and refused by a pool that stops is saved all the same.
TEST_F(throttle_keeper_test, saves_at_the_end_what_could_not_be_before) {
    database.stop();
    table.changed = {record(1)};
    EXPECT_FALSE(save());
    EXPECT_TRUE(keeper.save_last());
    EXPECT_EQ(last_saved(), (numbers{1}));
}

}  // namespace
}  // namespace latchkey
