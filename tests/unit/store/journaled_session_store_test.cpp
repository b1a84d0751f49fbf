// The store while commits wait: what others do to a session meanwhile, and in which order both become durable.
#include "allocations.hpp"
#include "fake_session_journal.hpp"
#include "recording_logger.hpp"
#include "session_table.hpp"
#include "table_session_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <optional>
#include <vector>

namespace latchkey {
namespace {

// Passes everything on, and lets an allocation fail in what the store does between two of its calls.
class starving_journal final : public session_journal {
public:
    starving_journal(std::unique_ptr<session_journal> real, const std::optional<std::size_t>& nth)
        : real_(std::move(real)), nth_(nth) {}

    void load(const std::function<void(const journal_entry&, const profile_ptr&)>& take) override { real_->load(take); }
    void keep_revocations(seconds how_long) noexcept override { real_->keep_revocations(how_long); }
    std::vector<stored_revocation> kept_revocations() noexcept override { return real_->kept_revocations(); }
    task<result<std::size_t>> commit(const journal_change& change, std::function<void()> queued) override {
        fault_.reset();
        const auto starved = [&] {
            arm();
            if (queued)
                queued();
            fault_.reset();
        };
        std::function<void()> hook = starved;
        const auto rows = co_await real_->commit(change, std::move(hook));
        if (change.rotate)
            arm();
        co_return rows;
    }
    void forget_later(std::vector<public_id> dead) noexcept override { real_->forget_later(std::move(dead)); }
    void note_later(std::vector<last_seen> seen) noexcept override { real_->note_later(std::move(seen)); }
    void configure(const session_options& o) noexcept override { real_->configure(o); }
    void stop() noexcept override { real_->stop(); }
    void feed() { fault_.reset(); }

private:
    void arm() {
        if (nth_)
            fault_.emplace(*nth_);
    }

    const std::unique_ptr<session_journal> real_;
    const std::optional<std::size_t>& nth_;
    std::optional<testing::failing_allocation> fault_;
};

class journaled_session_store_test : public ::testing::Test {
protected:
    journaled_session_store_test() {
        user someone;
        someone.id.bytes[0] = 1;
        someone.email = "someone@example.com";
        alice = make_profile(someone, false);
        mutex_lock lock(rows->mutex);
        rows->users[alice->id] = alice;
    }

    session_store& store() {
        if (!store_)
            restart();
        return *store_;
    }
    void restart() {
        store_.reset();
        auto journal =
            std::make_unique<starving_journal>(testing::make_fake_session_journal(rows, options, clock), starving);
        journal_ = journal.get();
        store_ = make_journaled_session_store(options, clock, std::move(journal), log);
    }

    static session_key key(std::uint64_t n) {
        session_key k;
        std::memcpy(k.bytes.data(), &n, sizeof n);
        std::memcpy(k.bytes.data() + 8, &n, sizeof n);
        return k;
    }
    static public_id id(std::uint64_t n) {
        public_id i;
        std::memcpy(i.bytes.data(), &n, sizeof n);
        return i;
    }

    // Begins the task; its answer appears in what this returns as soon as the event loop got that far.
    template <class T>
    std::shared_ptr<std::optional<T>> start(task<T> work) {
        auto answer = std::make_shared<std::optional<T>>();
        boost::asio::co_spawn(io, keep(std::move(work), answer), boost::asio::detached);
        turn();
        return answer;
    }
    // Long enough for everything that does not wait for the journal, and for the journal when it is not held.
    void turn() { turn(io); }
    static void turn(boost::asio::io_context& loop) {
        loop.restart();
        for (int i = 0; i < 200; ++i)
            loop.poll_one();
    }
    void release() {
        rows->held = false;
        turn();
    }

    task<result<session>> login(std::uint64_t n) {
        const session_key k = key(n);
        new_session fresh;
        fresh.id = id(n);
        fresh.user = alice;
        co_return co_await store().insert(k, fresh);
    }
    task<result<std::optional<session>>> logout(std::uint64_t n) {
        const session_key k = key(n);
        co_return co_await store().erase(k);
    }
    task<result<std::optional<session>>> rotation(std::uint64_t n, std::uint64_t to) {
        const session_key k = key(n);
        const session_key fresh = key(to);
        co_return co_await store().rotate(k, fresh);
    }
    bool alive(std::uint64_t n) {
        const session_key k = key(n);
        return (*start(store().find(k)))->value().has_value();
    }

    session_options options;
    manual_clock clock;
    testing::recording_logger log;
    std::shared_ptr<testing::journal_rows> rows = std::make_shared<testing::journal_rows>();
    profile_ptr alice;
    boost::asio::io_context io{1};
    std::optional<std::size_t> starving;  // which allocation fails right after a change got to the journal

private:
    template <class T>
    task<void> keep(task<T> work, std::shared_ptr<std::optional<T>> answer) {
        answer->emplace(co_await std::move(work));
        journal_->feed();
    }

    std::unique_ptr<session_store> store_;
    starving_journal* journal_ = nullptr;
};

TEST_F(journaled_session_store_test, nothing_is_answered_before_it_is_durable) {
    rows->held = true;
    const auto in = start(login(1));
    EXPECT_FALSE(*in);
    release();
    ASSERT_TRUE(*in);
    EXPECT_TRUE((*in)->has_value());
    rows->held = true;
    const auto out = start(logout(1));
    EXPECT_FALSE(*out);
    EXPECT_TRUE(alive(1));  // what is dead here is dead on disk
    release();
    EXPECT_TRUE((*out)->value());
    EXPECT_FALSE(alive(1));
    EXPECT_EQ(rows->size(), 0U);
}

// V3: whoever ends all sessions of a user ends the one that is just beginning, too.
TEST_F(journaled_session_store_test, a_login_overtaken_by_the_end_of_all_opens_nothing) {
    rows->held = true;
    const auto in = start(login(1));
    boost::asio::io_context elsewhere(1);
    std::size_t ended = 0;
    const auto end_all = [&]() -> task<void> { ended = (co_await store().erase_user(alice->id, {})).value(); };
    boost::asio::co_spawn(elsewhere, end_all, boost::asio::detached);
    turn(elsewhere);
    EXPECT_FALSE(*in);
    rows->held = false;
    turn(elsewhere);
    EXPECT_EQ(ended, 1U);
    turn();
    ASSERT_TRUE(*in);
    EXPECT_EQ((*in)->error(), errc::store_unavailable);
    EXPECT_FALSE(alive(1));
    EXPECT_EQ(rows->size(), 0U);
    EXPECT_EQ(store().size(), 0U);
}

// V5: logins that come together do not know of each other. In the end the cap holds, here and on disk.
TEST_F(journaled_session_store_test, logins_that_come_together_keep_to_the_cap) {
    options.max_per_user = 3;
    for (const std::uint64_t already : {0U, 2U, 3U}) {
        rows->held = false;
        (void)start(store().erase_user(alice->id, {}));
        for (std::uint64_t n = 100; n < 100 + already; ++n)
            ASSERT_TRUE((*start(login(n)))->has_value());
        rows->held = true;
        std::vector<std::shared_ptr<std::optional<result<session>>>> answers;
        for (std::uint64_t n = 0; n < 10; ++n)
            answers.push_back(start(login(n)));
        release();
        for (const auto& answer : answers)
            EXPECT_TRUE((*answer)->has_value());
        EXPECT_EQ((*start(store().list(alice->id)))->value().size(), 3U);
        EXPECT_EQ(rows->size(), 3U);
        EXPECT_EQ(store().size(), 3U);
        EXPECT_TRUE(alive(9));
    }
}

// V5: a place under the total is held from the first step on, and given back when nothing comes of it.
TEST_F(journaled_session_store_test, places_are_exact_while_logins_wait) {
    options.max_total = 3;
    rows->held = true;
    std::vector<std::shared_ptr<std::optional<result<session>>>> answers;
    for (std::uint64_t n = 0; n < 5; ++n)
        answers.push_back(start(login(n)));
    for (std::uint64_t n = 3; n < 5; ++n)
        EXPECT_EQ((*answers[n])->error(), errc::session_limit);
    rows->failing = true;
    release();
    for (std::uint64_t n = 0; n < 3; ++n)
        EXPECT_EQ((*answers[n])->error(), errc::store_unavailable);
    EXPECT_EQ(store().size(), 0U);
    EXPECT_EQ(rows->size(), 0U);
    rows->failing = false;
    for (std::uint64_t n = 0; n < 3; ++n)
        EXPECT_TRUE((*start(login(n)))->has_value());
    EXPECT_EQ((*start(login(3)))->error(), errc::session_limit);
}

// V5: in a full store a user at the cap replaces a session; the place stays one when that ends by itself meanwhile.
TEST_F(journaled_session_store_test, a_login_and_the_end_of_what_it_replaces_that_meet) {
    options.max_per_user = 1;
    options.max_total = 1;
    ASSERT_TRUE((*start(login(1)))->has_value());
    rows->held = true;
    const auto out = start(logout(1));
    const auto in = start(login(2));
    release();
    EXPECT_TRUE((*out)->value());
    EXPECT_TRUE((*in)->has_value());
    EXPECT_EQ(store().size(), 1U);
    EXPECT_EQ(rows->size(), 1U);
    EXPECT_TRUE(alive(2));
}

TEST_F(journaled_session_store_test, a_rotation_and_an_end_that_meet) {
    for (const bool rotation_first : {true, false}) {
        rows->held = false;
        ASSERT_TRUE((*start(login(1)))->has_value());
        rows->held = true;
        std::shared_ptr<std::optional<result<std::optional<session>>>> out;
        if (!rotation_first)
            out = start(logout(1));
        const auto rotated = start(rotation(1, 2));
        if (rotation_first)
            out = start(logout(1));
        release();
        EXPECT_TRUE((*out)->value());
        ASSERT_TRUE(*rotated);
        EXPECT_FALSE(alive(1));
        EXPECT_FALSE(alive(2));
        EXPECT_EQ(rows->size(), 0U);
        EXPECT_EQ(store().size(), 0U);
    }
}

// The client sent it twice: the second one follows the first, and its answer counts.
TEST_F(journaled_session_store_test, two_rotations_that_meet) {
    ASSERT_TRUE((*start(login(1)))->has_value());
    rows->held = true;
    const auto first = start(rotation(1, 2));
    const auto second = start(rotation(1, 3));
    release();
    EXPECT_TRUE((*first)->value());
    EXPECT_TRUE((*second)->value());
    EXPECT_FALSE(alive(1));
    EXPECT_FALSE(alive(2));
    EXPECT_TRUE(alive(3));
    EXPECT_EQ(rows->row(id(1))->key, key(3));
    // What the client holds, not what was never seen: see rotation_survives_a_crash.
    EXPECT_EQ(rows->row(id(1))->rotated_from, key(1));
}

// T1: a session that expires while its rotation waits stays dead.
TEST_F(journaled_session_store_test, a_rotation_never_revives) {
    ASSERT_TRUE((*start(login(1)))->has_value());
    clock.advance(options.idle_timeout - seconds{1});
    rows->held = true;
    const auto rotated = start(rotation(1, 2));
    clock.advance(seconds{1});
    release();
    EXPECT_FALSE((*rotated)->value());
    EXPECT_FALSE(alive(1));
    EXPECT_FALSE(alive(2));
}

// E5: memory runs out right after the journal has it: an error, and journal and table agree again.
TEST_F(journaled_session_store_test, out_of_memory_leaves_journal_and_table_in_agreement) {
    options.max_per_user = 3;
    std::uint64_t n = 0;
    std::size_t refused = 0;
    for (std::size_t nth = 0; nth < 300; ++nth) {
        starving = {};
        const std::uint64_t current = ++n;
        ASSERT_TRUE((*start(login(current)))->has_value());
        starving = nth % 10;
        const auto in = start(login(++n));
        refused += (*in)->has_value() ? 0 : 1;
        EXPECT_EQ((*in)->has_value(), alive(n));
        const auto rotated = start(rotation(current, ++n));
        refused += (*rotated)->has_value() ? 0 : 1;
        EXPECT_EQ((*rotated)->has_value(), alive(n));
        EXPECT_NE((*rotated)->has_value(), alive(current));
        const auto row = rows->row(id(current));
        ASSERT_TRUE(row);
        EXPECT_EQ(row->key, key(*rotated ? (**rotated ? n : current) : 0));
        const auto listed = (*start(store().list(alice->id)))->value();
        EXPECT_EQ(store().size(), listed.size());
        EXPECT_EQ(rows->size(), listed.size());
        for (const auto& l : listed)
            EXPECT_TRUE(rows->row(l.value.id));
    }
    EXPECT_GT(refused, 5U);
}

// Rows of what expired go by themselves, and a touch gets to the journal without anybody waiting for it.
TEST_F(journaled_session_store_test, the_sweep_tells_the_journal) {
    ASSERT_TRUE((*start(login(1)))->has_value());
    clock.advance(seconds{600});
    ASSERT_TRUE(alive(1));
    const std::size_t commits = rows->commits;
    for (std::uint32_t i = 0; i < session_table::shard_count; ++i)
        store().sweep();
    EXPECT_EQ(rows->row(id(1))->last_seen_at, clock.now());
    clock.advance(options.idle_timeout);
    for (std::uint32_t i = 0; i < session_table::shard_count; ++i)
        store().sweep();
    EXPECT_EQ(rows->size(), 0U);
    EXPECT_EQ(rows->commits, commits);
}

TEST_F(journaled_session_store_test, loading_says_how_many_came_back) {
    for (std::uint64_t n = 1; n <= 5; ++n)
        ASSERT_TRUE((*start(login(n)))->has_value());
    options.max_total = 2;  // those that are there go on
    restart();
    EXPECT_EQ(store().size(), 5U);
    EXPECT_NE(log.text().find("sessions_loaded sessions=5"), std::string::npos);
    EXPECT_EQ((*start(login(6)))->error(), errc::session_limit);
}

}  // namespace
}  // namespace latchkey
