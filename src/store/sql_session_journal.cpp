// One thread takes turns: a transaction for the changes that wait, and when there are none, a small one for the chores.
//
// The write lock of the database comes first and the changes are taken then, so that what arrives while another writer
// has it shares the transaction. See session_loading.hpp for the start.
#include "sql_session_journal.hpp"

#include "journal_connection.hpp"
#include "journal_queue.hpp"
#include "return_ticket.hpp"
#include "session_loading.hpp"
#include "tally.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/this_coro.hpp>

#include <array>
#include <chrono>
#include <new>
#include <stdexcept>
#include <thread>
#include <utility>

#include <pthread.h>

namespace latchkey {
namespace {

constexpr std::size_t most_changes = 512;    // in a transaction
constexpr std::size_t most_chores = 512;     // while somebody may want to commit a change soon
constexpr std::size_t last_chores = 16'384;  // when nobody can any more
constexpr std::chrono::seconds chores_at_stop{3};
constexpr std::array<std::uint64_t, 10> batch_bounds{1, 2, 4, 8, 16, 32, 64, 128, 256, 512};
constexpr seconds renewal{60};  // of the last second that is noted

// One await of commit(), in its own frame.
template <class Handler>
class awaited_change final : public waiting_change {
public:
    awaited_change(const journal_change& c, executor home) : waiting_change(c), home_(std::move(home)) {}

    void resume_with(Handler handler) { handler_.emplace(std::move(handler)); }
    void finish(result<std::size_t> outcome) noexcept override {
        outcome_ = outcome;
        // The frame that holds *this may be gone as soon as the home thread runs: touch nothing after the post.
        Handler handler = std::move(*handler_);
        executor home = home_;
        ticket_.bring(home, std::move(handler));
    }
    const result<std::size_t>& outcome() const noexcept { return outcome_; }

private:
    executor home_;
    std::optional<Handler> handler_;
    return_ticket ticket_;
    result<std::size_t> outcome_ = errc::store_unavailable;
};

class sql_session_journal final : public session_journal {
public:
    sql_session_journal(std::shared_ptr<sql_database> database, const session_options& options, const clock& now,
                        time_line line, bool remote_user_is_email, logger& log, std::function<void()> taken_over)
        : database_(std::move(database)),
          clock_(now),
          log_(log),
          loading_{options, std::move(line), now.now(), remote_user_is_email},
          limits_(idle_limits_of(options)),
          taken_over_(std::move(taken_over)),
          connection_(*database_) {
        connection_.when_back([this](bool committed) { settle(committed); },
                              [this](const std::vector<public_id>& present) {
                                  if (told_)
                                      told_(present);
                              });
    }
    ~sql_session_journal() override { stop(); }

    void load(const std::function<void(const journal_entry&, const profile_ptr&)>& take) override;
    void keep_revocations(seconds how_long) noexcept override { loading_.keep_revocations = how_long; }
    std::vector<stored_revocation> kept_revocations() noexcept override { return std::exchange(revocations_, {}); }
    task<result<std::size_t>> commit(const journal_change& change, std::function<void()> queued) override;
    void forget_later(std::vector<public_id> dead) noexcept override { queue_.forget(std::move(dead)); }
    void note_later(std::vector<last_seen> seen) noexcept override { queue_.note(std::move(seen)); }
    void when_in_doubt(std::function<void(const std::vector<public_id>&)> told) override { told_ = std::move(told); }
    void configure(const session_options& options) noexcept override;
    journal_stats stats() const override;
    void stop() noexcept override;

private:
    using steady = std::chrono::steady_clock;

    // On the journal's thread.
    void work() noexcept;
    void finish_work() noexcept;
    bool commit_changes() noexcept;
    bool do_chores(std::size_t most, bool last = false) noexcept;
    idle_limits storable_limits(const stored_time_line& state) const noexcept;
    bool renewal_due(const stored_time_line& state) const noexcept;
    void renew(stored_time_line& state, bool anyway = false);
    void remember_doubt(const change_list& batch);
    void settle(bool committed);
    void note_takeover(const std::exception& e) noexcept;
    void note_commit(steady::time_point begun, std::size_t changes) noexcept;
    void complain(std::string_view operation, std::size_t count, const std::exception& e) noexcept;

    void report(const loading_report& loaded);
    idle_limits limits() const noexcept {
        mutex_lock lock(mutex_);
        return limits_;
    }

    const std::shared_ptr<sql_database> database_;
    const clock& clock_;
    logger& log_;
    loading_options loading_;
    std::vector<stored_revocation> revocations_;  // for whoever asks first
    journal_queue queue_;
    mutable mutex mutex_;
    idle_limits limits_ LATCHKEY_GUARDED_BY(mutex_);

    const std::function<void()> taken_over_;
    std::function<void(const std::vector<public_id>&)> told_;
    journal_connection connection_;  // the thread's, once it runs
    const std::chrono::milliseconds look_around_{database_->is_fenced() ? seconds{1} : renewal};
    std::vector<journal_change> doubtful_;  // likewise: refused, and perhaps done
    stored_time_line state_;                // likewise: as it is in the database
    struct {                                // counted by the thread, read by everybody
        tally_by_class<waiting_bounds_us> commits_us;
        tally_by_class<batch_bounds> batches;
        tally failed_commits;
        tally failed_upkeep;
    } counts_;
    std::thread thread_;
};

void sql_session_journal::load(const std::function<void(const journal_entry&, const profile_ptr&)>& take) {
    try {
        loading_.now = clock_.now();
        loading_.also = [this] { connection_.own(); };
        auto loaded = load_sessions(*database_, connection_.sql(), loading_, take);
        report(loaded);
        state_ = loaded.state;
        revocations_ = std::move(loaded.revocations);
        if (!loaded.expired.empty())
            queue_.forget(std::move(loaded.expired));
        thread_ = std::thread([this] { work(); });
        pthread_setname_np(thread_.native_handle(), "latchkey-jrnl");
    } catch (const std::exception& e) {
        throw std::runtime_error("cannot load the sessions from " + database_->name() + ": " + message_of(e));
    }
}

void sql_session_journal::report(const loading_report& loaded) {
    const auto number = [](std::size_t n) { return static_cast<std::int64_t>(n); };
    if (loaded.malformed + loaded.without_user + loaded.damaged_users > 0)
        log_.write(log_level::warn, "sessions_dropped",
                   {{"malformed", number(loaded.malformed)},
                    {"without_user", number(loaded.without_user)},
                    {"damaged_users", number(loaded.damaged_users)}});
    if (loaded.displaced_by != 0)
        log_.write(log_level::warn, "session_times_moved",
                   {{"seconds", loaded.displaced_by}, {"meaning", "the wall clock was set since the last start"}});
}

task<result<std::size_t>> sql_session_journal::commit(const journal_change& change, std::function<void()> queued) {
    using token = std::remove_const_t<decltype(use_task)>;
    using handler = typename boost::asio::async_result<token, void()>::handler_type;

    executor home = co_await boost::asio::this_coro::executor;
    awaited_change<handler> waiting(change, home);
    auto start = [this, &waiting, &queued](handler resume) {
        waiting.resume_with(std::move(resume));
        if (!queue_.push(waiting))
            waiting.finish(errc::store_unavailable);
        else if (queued)
            queued();
    };
    co_await boost::asio::async_initiate<const token, void()>(start, use_task);
    co_return waiting.outcome();
}

void sql_session_journal::configure(const session_options& options) noexcept {
    {
        mutex_lock lock(mutex_);
        limits_ = idle_limits_of(options);
    }
    queue_.nudge();
}

void sql_session_journal::stop() noexcept {
    queue_.stop();
    if (thread_.joinable())
        thread_.join();
}

void sql_session_journal::work() noexcept {
    bool trouble = false;  // then chores wait for better times, and changes don't wait for them
    for (;;) {
        const bool waited_long = queue_.wait(look_around_, !trouble);
        if (queue_.has_changes())
            trouble = !commit_changes();
        else if (queue_.stopped())
            break;
        else if (!trouble || waited_long)
            trouble = !do_chores(most_chores);
    }
    if (!trouble)
        finish_work();
}

// No change can come any more. What a crash may lose must not keep the server from ending in time.
void sql_session_journal::finish_work() noexcept {
    const auto until = steady::now() + chores_at_stop;
    while (queue_.has_chores() && steady::now() < until)
        if (!do_chores(last_chores))
            return;
    do_chores(0, true);
}

// One transaction for all that waits, up to a bound. False: nothing of it was done, and all were told so. When not even
// the transaction could begin, that is said to everybody: nobody waits through another's time-out.
bool sql_session_journal::commit_changes() noexcept {
    change_list batch;
    const auto begun = steady::now();
    try {
        stored_time_line state = state_;
        connection_.begin();
        batch = queue_.take(most_changes);
        batch.for_each([this](waiting_change& one) { one.rows = connection_.statements().apply(one.change); });
        renew(state);
        connection_.commit();
        state_ = std::move(state);
    } catch (const std::exception& e) {
        connection_.give_up();
        if (connection_.in_doubt())
            remember_doubt(batch);
        if (batch.empty())
            batch = queue_.take_all();
        counts_.failed_commits.add();
        complain("commit", batch.size(), e);
        note_takeover(e);
        batch.finish([](const waiting_change&) { return errc::store_unavailable; });
        return false;
    }
    note_commit(begun, batch.size());  // first: whoever has its answer finds it counted
    batch.finish([](const waiting_change& one) { return one.rows; });
    return true;
}

void sql_session_journal::note_takeover(const std::exception& e) noexcept {
    if (taken_over_ && dynamic_cast<const journal_taken_over*>(&e))
        taken_over_();
}

// What was refused without anybody knowing whether it was done.
void sql_session_journal::remember_doubt(const change_list& batch) {
    batch.for_each([this](waiting_change& one) { doubtful_.push_back(one.change); });
}

// What was refused is undone where that can be: nobody has heard of the session that began, or of the new key. An end
// stays one.
void sql_session_journal::settle(bool committed) {
    soci::session& sql = connection_.sql();
    for (const journal_change& one : doubtful_) {
        if (committed && one.insert)
            delete_session{sql}(one.insert->id);
        if (committed && one.rotate) {
            journal_change::rotation back = *one.rotate;
            std::swap(back.from, back.to);
            back.presented = back.to;
            rotate_session{sql}(back);
        }
    }
    doubtful_.clear();
}

// False: nothing of it was done. The dead are tried again later.
bool sql_session_journal::do_chores(std::size_t most, bool last) noexcept {
    journal_chores chores;
    try {
        chores = queue_.take_chores(most);
        stored_time_line state = state_;
        if (chores.empty() && !last && !renewal_due(state_) && !connection_.asks())
            return true;
        connection_.begin();
        for (const public_id& id : chores.dead)
            connection_.statements().erase(id);
        for (const last_seen& seen : chores.seen)
            connection_.statements().note(seen);
        renew(state, last);
        connection_.commit();
        state_ = std::move(state);
        return true;
    } catch (const std::exception& e) {
        connection_.give_up();
        counts_.failed_upkeep.add();
        complain("upkeep", chores.dead.size() + chores.seen.size(), e);
        note_takeover(e);
        queue_.forget(std::move(chores.dead));
        return false;
    }
}

// New limits count once nothing that died by the old ones is left.
idle_limits sql_session_journal::storable_limits(const stored_time_line& state) const noexcept {
    const idle_limits current = limits();  // first: what died before they came is in the queue by now
    return queue_.all_forgotten() ? current : stricter(current, state.limits);
}

bool sql_session_journal::renewal_due(const stored_time_line& state) const noexcept {
    return clock_.now() - time_point{seconds{state.last_second}} >= renewal || storable_limits(state) != state.limits;
}

// As a part of the transaction that is open.
void sql_session_journal::renew(stored_time_line& state, bool anyway) {
    if (!anyway && !renewal_due(state))
        return;
    state.last_second = clock_.now().time_since_epoch().count();
    state.limits = storable_limits(state);
    write_time_line(connection_.sql(), state);
    if (loading_.keep_revocations > seconds{0}) {
        const long long past = state.last_second - loading_.keep_revocations.count();
        connection_.sql() << "DELETE FROM revocations WHERE revoked_at <= :past", soci::use(past, "past");
    }
}

void sql_session_journal::note_commit(steady::time_point begun, std::size_t changes) noexcept {
    const auto took = std::chrono::ceil<std::chrono::microseconds>(steady::now() - begun);
    counts_.commits_us.add(static_cast<std::uint64_t>(took.count()));
    counts_.batches.add(changes);
}

journal_stats sql_session_journal::stats() const {
    journal_stats out;
    counts_.commits_us.add_to(out.commit_seconds, 1e-6);
    counts_.batches.add_to(out.changes_per_commit, 1);
    out.failed_commits = counts_.failed_commits.value();
    out.failed_upkeep = counts_.failed_upkeep.value();
    return out;
}

void sql_session_journal::complain(std::string_view operation, std::size_t count, const std::exception& e) noexcept {
    try {
        log_.write(log_level::error, "journal_failed",
                   {{"operation", operation}, {"changes", static_cast<std::int64_t>(count)}, {"error", message_of(e)}});
    } catch (const std::bad_alloc&) {
        log_.write(log_level::error, "journal_failed", {{"operation", operation}, {"error", "out of memory"}});
    }
}

}  // namespace

std::unique_ptr<session_journal> make_sql_session_journal(std::shared_ptr<sql_database> database,
                                                          const session_options& options, const clock& now,
                                                          time_line line, bool remote_user_is_email, logger& log,
                                                          std::function<void()> taken_over) {
    return std::make_unique<sql_session_journal>(std::move(database), options, now, std::move(line),
                                                 remote_user_is_email, log, std::move(taken_over));
}

}  // namespace latchkey
