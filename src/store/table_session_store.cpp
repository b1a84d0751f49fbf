// How the verbs of the contract are made of the table's steps and the journal's.
//
// Whatever ends sessions is committed first and taken out of the table then: what is dead in memory is dead on disk,
// and a commit that failed has changed nothing. A beginning enters the table while its commit waits, right behind its
// place in the journal's order, so that every ending that can see it is ordered behind it. Without a journal every
// commit has been done at once.
#include "table_session_store.hpp"

#include "session_table.hpp"
#include "session_trim.hpp"
#include "step_aside.hpp"
#include "without_exceptions.hpp"

#include <algorithm>
#include <functional>
#include <new>
#include <optional>
#include <utility>
#include <vector>

namespace latchkey {
namespace {

// Moments. As long as anybody waits for an answer.
constexpr int most_attempts = 2000;

class table_session_store final : public session_store {
public:
    table_session_store(const session_options& options, const clock& now, std::unique_ptr<session_journal> journal,
                        revocation_log* revoked)
        : clock_(now), table_(options, now), journal_(std::move(journal)), revoked_(revoked) {}
    ~table_session_store() override { stop(); }

    void load(logger& log);

    task<result<maybe_session>> find(const session_key& key) override { co_return table_.find(key); }
    std::optional<maybe_session> find_at_once(const session_key& key) noexcept override { return table_.find(key); }
    void fetch(std::span<const session_key> keys) noexcept override { table_.fetch(keys); }
    task<result<maybe_session>> find(const public_id& user, const public_id& id) override {
        co_return table_.find(user, id);
    }
    std::optional<maybe_session> find_at_once(const public_id& user, const public_id& id) noexcept override {
        return table_.find(user, id);
    }
    task<result<std::optional<rotated_session>>> find_rotated(const session_key& key) override {
        co_return table_.find_rotated(key);
    }

    task<result<session>> insert(const session_key& key, const new_session& fresh,
                                 std::vector<public_id>* displaced) override {
        return without_exceptions(journal_ ? begin_durably(key, fresh, displaced) : begin(key, fresh, displaced));
    }
    task<result<maybe_session>> rotate(const session_key& key, const session_key& fresh,
                                       rotation_cause cause) override {
        return without_exceptions(exchange(key, fresh, cause));
    }
    task<result<maybe_session>> erase(const session_key& key) override {
        return without_exceptions(end(table_.trace(key), counts_.signed_out));
    }
    task<result<maybe_session>> erase(const public_id& user, const public_id& id) override {
        return without_exceptions(end(table_.look_up(user, id), counts_.revoked));
    }
    task<result<maybe_session>> erase_anyones(const public_id& id) override {
        return without_exceptions(search_and_end(id));
    }
    task<result<std::size_t>> erase_user(const public_id& user, std::optional<public_id> spare) override {
        return without_exceptions(end_all(user, spare));
    }
    task<result<std::vector<listed_session>>> list(const public_id& user) override {
        return without_exceptions(list_of(user));
    }
    task<result<session_page>> page(std::optional<session_cursor> after, std::size_t limit) override {
        return without_exceptions(page_behind(after, limit));
    }
    task<result<void>> refresh(profile_ptr user) override {
        table_.refresh(user);
        co_return result<void>();
    }

    void configure(const session_options& options) override;
    std::size_t size() const noexcept override { return table_.size(); }
    session_stats stats() const override;
    bool sweep() noexcept override;
    void stop() noexcept override;

private:
    task<result<session>> begin(const session_key& key, const new_session& fresh, std::vector<public_id>* displaced);
    task<result<session>> begin_durably(const session_key& key, const new_session& fresh,
                                        std::vector<public_id>* displaced);
    task<void> keep_to_cap(const public_id& user, std::vector<public_id>* displaced);
    task<result<maybe_session>> exchange(const session_key& key, const session_key& fresh, rotation_cause cause);
    task<result<maybe_session>> end(std::optional<traced_session> seen, session_counts::number& why);
    task<result<maybe_session>> search_and_end(const public_id& id);
    task<result<std::size_t>> end_all(const public_id& user, std::optional<public_id> spare);
    task<result<std::vector<listed_session>>> list_of(const public_id& user);
    task<result<session_page>> page_behind(std::optional<session_cursor> after, std::size_t limit);

    task<result<std::size_t>> commit(const journal_change& change) {
        if (!journal_)
            co_return std::size_t{1};
        co_return co_await journal_->commit(change);
    }

    void end_all_but(const std::vector<public_id>& present);

    // What a change that ends sessions says of them, and what follows once they are dead in the table. Also of those
    // that another thread has just taken out: whoever answers is sure that they are listed.
    void mark_revoked(journal_change& change) const noexcept {
        if (revoked_ && !change.erase.empty())
            change.revoked_at = clock_.now();
    }
    void list_revoked(const journal_change& change) noexcept {
        if (change.revoked_at)
            revoked_->add(change.erase, *change.revoked_at);
    }

    const clock& clock_;
    session_table table_;
    session_counts& counts_ = table_.counts();
    const std::unique_ptr<session_journal> journal_;
    revocation_log* const revoked_;
    bool stopped_ = false;
};

void table_session_store::stop() noexcept {
    if (!journal_ || std::exchange(stopped_, true))
        return;
    for (std::uint32_t shard = 0; shard < session_table::shard_count; ++shard) {
        try {
            if (auto moved = table_.take_moved(shard); !moved.empty())
                journal_->note_later(std::move(moved));
        } catch (const std::bad_alloc&) {
            // These sessions end a little sooner.
        }
    }
    journal_->stop();
}

void table_session_store::load(logger& log) {
    std::int64_t doubles = 0;
    if (revoked_)
        journal_->keep_revocations(revoked_->keep());
    journal_->when_in_doubt([this](const std::vector<public_id>& present) { end_all_but(present); });
    journal_->load(
        [&](const journal_entry& entry, const profile_ptr& user) { doubles += table_.restore(entry, user) ? 0 : 1; });
    if (revoked_)
        for (const stored_revocation& one : journal_->kept_revocations())
            revoked_->add({&one.session, 1}, one.at);
    if (doubles > 0)
        log.write(log_level::warn, "sessions_skipped", {{"doubles", doubles}});
    log.write(log_level::info, "sessions_loaded", {{"sessions", static_cast<std::int64_t>(table_.size())}});
}

// What the journal has not is dead, though nobody was told so.
void table_session_store::end_all_but(const std::vector<public_id>& present) {
    for (std::uint32_t shard = 0; shard < session_table::shard_count; ++shard)
        for (const traced_session& one : table_.strangers(shard, present)) {
            const auto gone = table_.erase(one);
            if (gone && revoked_)
                revoked_->add({&one.value.id, 1}, clock_.now());
        }
}

task<result<session>> table_session_store::begin(const session_key& key, const new_session& fresh,
                                                 std::vector<public_id>* displaced) {
    std::vector<public_id> ended;
    auto made = table_.insert(table_.draft(key, fresh), fresh.user, &ended);
    if (made)
        session_counts::add(counts_.created);
    if (revoked_ && !ended.empty())
        revoked_->add(ended, clock_.now());
    if (made && displaced)
        *displaced = std::move(ended);
    co_return made;
}

task<result<session>> table_session_store::begin_durably(const session_key& key, const new_session& fresh,
                                                         std::vector<public_id>* displaced) {
    const public_id& user = fresh.user->id;
    journal_change change;
    change.insert = table_.draft(key, fresh);
    change.erase = table_.surplus(user, 1);
    mark_revoked(change);
    // A user at the cap gets in even when all places are taken: one of the user's own becomes free.
    session_places::lease place(table_.places());
    if (change.erase.empty() && !place.take())
        co_return errc::session_limit;
    if (table_.trace(key))
        co_return errc::store_unavailable;

    result<session> made = errc::store_unavailable;
    const auto enter = [&]() noexcept { made = table_.enter(*change.insert, fresh.user, place); };
    std::function<void()> queued = std::cref(enter);
    const auto committed = co_await journal_->commit(change, std::move(queued));
    const public_id mine[] = {fresh.id};
    if (!committed) {
        if (made)
            table_.erase(user, mine);
        co_return committed.error();
    }
    session_counts::add(counts_.over_cap, table_.erase(user, change.erase));
    list_revoked(change);
    if (displaced)
        *displaced = std::move(change.erase);
    if (!made) {  // no memory or no place for it, so it must not be there after a restart either
        journal_->forget_later({fresh.id});
        co_return made;
    }
    session_counts::add(counts_.created);
    if (!table_.settle(key))
        co_return errc::store_unavailable;  // ended again by somebody who saw it before it was durable
    co_await keep_to_cap(user, displaced);
    co_return made;
}

// Logins that came together did not know of each other. When a commit fails, the user's next login tries again.
task<void> table_session_store::keep_to_cap(const public_id& user, std::vector<public_id>* displaced) {
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        const session_trim trim(table_, user);
        if (trim.busy()) {
            co_await a_moment();
            continue;
        }
        if (trim.going().empty())
            co_return;
        journal_change eviction;
        eviction.erase = trim.going();
        mark_revoked(eviction);
        const auto committed = co_await commit(eviction);
        if (!committed)
            co_return;
        session_counts::add(counts_.over_cap, table_.erase(user, eviction.erase));
        list_revoked(eviction);
        if (displaced)
            trim.tell(*displaced);
    }
}

task<result<maybe_session>> table_session_store::exchange(const session_key& key, const session_key& fresh,
                                                          rotation_cause cause) {
    const bool refreshed = cause == rotation_cause::refreshed;
    if (key == fresh)
        co_return errc::store_unavailable;
    std::optional<session_key> refused;
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        const auto seen = table_.trace(key);
        if (!seen || !seen->alive || (refreshed && seen->key != key))
            co_return maybe_session();
        if (table_.trace(fresh)) {
            if (!refreshed)
                co_return errc::store_unavailable;
            // Those who refresh with the same key may bring the same next one: somebody has just been quicker.
            co_await a_moment();
            continue;
        }
        if (seen->key == refused) {
            co_await a_moment();
            continue;
        }
        journal_change change;
        change.rotate = journal_change::rotation{seen->value.id, seen->key, fresh, clock_.now(), key, !refreshed};
        const auto rows = co_await commit(change);
        if (!rows)
            co_return rows.error();
        if (*rows == 0) {
            // Somebody else was quicker and is about to give it another key here, too, or to take it out.
            refused = seen->key;
            continue;
        }
        auto rotated = table_.rotate(*seen, fresh, change.rotate->at, cause);
        if (!rotated) {  // no memory: back to where it was
            std::swap(change.rotate->from, change.rotate->to);
            (void)co_await commit(change);
        }
        if (rotated && *rotated)
            session_counts::add(counts_.rotated);
        if (!rotated || *rotated)
            co_return rotated;
    }
    co_return errc::store_unavailable;
}

task<result<maybe_session>> table_session_store::end(std::optional<traced_session> seen, session_counts::number& why) {
    if (!seen)
        co_return maybe_session();
    journal_change change;
    change.erase.push_back(seen->value.id);
    mark_revoked(change);
    const auto committed = co_await commit(change);
    if (!committed)
        co_return committed.error();
    auto ended = table_.erase(*seen);
    list_revoked(change);
    if (!ended || !ended->alive)
        co_return maybe_session();
    session_counts::add(why);
    co_return maybe_session(std::move(ended->value));
}

task<result<maybe_session>> table_session_store::search_and_end(const public_id& id) {
    table_walk where;
    while (where.shard < session_table::shard_count) {
        if (auto found = table_.search(id, where))
            co_return co_await end(std::move(found), counts_.revoked);
        co_await let_others_run();
    }
    co_return maybe_session();
}

task<result<std::size_t>> table_session_store::end_all(const public_id& user, std::optional<public_id> spare) {
    journal_change change;
    change.erase = table_.ids_of(user, spare);
    if (change.erase.empty())
        co_return std::size_t{0};
    mark_revoked(change);
    const auto committed = co_await commit(change);
    if (!committed)
        co_return committed.error();
    const std::size_t ended = table_.erase(user, change.erase);
    list_revoked(change);
    session_counts::add(counts_.revoked, ended);
    co_return ended;
}

task<result<std::vector<listed_session>>> table_session_store::list_of(const public_id& user) {
    co_return table_.list(user);
}

task<result<session_page>> table_session_store::page_behind(std::optional<session_cursor> after, std::size_t limit) {
    limit = std::clamp<std::size_t>(limit, 1, 1000);
    session_page page;
    // One more than asked for, to see whether anything follows.
    std::uint32_t shard = after ? session_table::shard_of(after->user) : 0;
    table_.page(shard, after ? &*after : nullptr, limit + 1, page.sessions);
    while (++shard < session_table::shard_count && page.sessions.size() <= limit) {
        co_await let_others_run();
        table_.page(shard, nullptr, limit + 1, page.sessions);
    }
    if (page.sessions.size() > limit) {
        page.sessions.resize(limit);
        const session& last = page.sessions.back().value;
        page.next = session_cursor{last.user->id, last.id};
    }
    co_return page;
}

session_stats table_session_store::stats() const {
    session_stats out = counts_.read();
    out.live = table_.size();
    out.limit = table_.limit();
    if (journal_)
        out.journal = journal_->stats();
    return out;
}

void table_session_store::configure(const session_options& options) {
    std::vector<public_id> dead;
    table_.configure(options, &dead);
    if (!journal_)
        return;
    if (!dead.empty())
        journal_->forget_later(std::move(dead));
    journal_->configure(options);
}

bool table_session_store::sweep() noexcept {
    if (revoked_)
        revoked_->forget_expired();
    if (!journal_)
        return table_.sweep();
    sweep_report report;
    const bool has_more = table_.sweep(&report);
    if (!report.dead.empty())
        journal_->forget_later(std::move(report.dead));
    if (!report.moved.empty())
        journal_->note_later(std::move(report.moved));
    return has_more;
}

}  // namespace

std::unique_ptr<session_store> make_memory_session_store(const session_options& options, const clock& now,
                                                         revocation_log* revoked) {
    return std::make_unique<table_session_store>(options, now, nullptr, revoked);
}

std::unique_ptr<session_store> make_journaled_session_store(const session_options& options, const clock& now,
                                                            std::unique_ptr<session_journal> journal, logger& log,
                                                            revocation_log* revoked) {
    auto store = std::make_unique<table_session_store>(options, now, std::move(journal), revoked);
    store->load(log);
    return store;
}

}  // namespace latchkey
