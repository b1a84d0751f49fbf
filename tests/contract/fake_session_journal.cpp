#include "fake_session_journal.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace latchkey::testing {
namespace {

class fake_session_journal final : public session_journal {
public:
    fake_session_journal(std::shared_ptr<journal_rows> rows, const session_options& options, const clock& now)
        : state_(std::move(rows)), options_(options), clock_(now) {}
    ~fake_session_journal() override { stop(); }

    void load(const std::function<void(const journal_entry&, const profile_ptr&)>& take) override {
        mutex_lock lock(state_->mutex);
        state_->cut = false;
        std::vector<journal_entry> living;
        const auto all = state_->rows;
        for (const auto& [id, row] : all) {
            const seconds idle = row.remembered ? options_.remembered_idle_timeout : options_.idle_timeout;
            if (state_->users.contains(row.user) && clock_.now() < row.expires_at &&
                clock_.now() - row.last_seen_at < idle)
                living.push_back(row);
            else
                forget(id);
        }
        std::sort(living.begin(), living.end(),
                  [](const auto& a, const auto& b) { return a.created_at < b.created_at; });
        for (const journal_entry& row : living)
            take(row, state_->users.at(row.user));
    }

    void keep_revocations(seconds how_long) noexcept override { keep_ = how_long; }
    std::vector<stored_revocation> kept_revocations() noexcept override {
        mutex_lock lock(state_->mutex);
        std::erase_if(state_->revocations, [&](const auto& one) { return clock_.now() - one.second >= keep_; });
        std::vector<stored_revocation> kept;
        for (const auto& [session, at] : state_->revocations)
            kept.push_back({session, at});
        std::ranges::stable_sort(kept, {}, &stored_revocation::at);
        return kept;
    }

    task<result<std::size_t>> commit(const journal_change& change, std::function<void()> queued) override {
        std::optional<result<std::size_t>> outcome;
        {
            mutex_lock lock(state_->mutex);
            state_->waiting.push_back({&change, &outcome});
        }
        if (queued)
            queued();
        const executor home = co_await boost::asio::this_coro::executor;
        while (!done(outcome))
            co_await boost::asio::post(home, use_task);
        co_return *outcome;
    }

    void forget_later(std::vector<public_id> dead) noexcept override {
        mutex_lock lock(state_->mutex);
        if (!state_->cut)
            for (const public_id& id : dead)
                forget(id);
    }

    void note_later(std::vector<last_seen> seen) noexcept override {
        mutex_lock lock(state_->mutex);
        for (const last_seen& note : seen)
            if (const auto row = state_->rows.find(note.id); row != state_->rows.end() && !state_->cut)
                row->second.last_seen_at = std::max(row->second.last_seen_at, note.at);
    }

    void configure(const session_options&) noexcept override {}
    void stop() noexcept override {}

private:
    // Does all that waits, in order, unless somebody holds it up.
    bool done(const std::optional<result<std::size_t>>& outcome) {
        mutex_lock lock(state_->mutex);
        if (!outcome && !state_->held) {
            for (const auto& [change, answer] : state_->waiting)
                answer->emplace(apply(*change));
            state_->waiting.clear();
        }
        return outcome.has_value();
    }

    result<std::size_t> apply(const journal_change& change) LATCHKEY_REQUIRES(state_->mutex) {
        const auto has = [&keys = state_->keys](const session_key& key) { return keys.contains(key.bytes); };
        if (state_->failing || state_->cut || (change.insert && has(change.insert->key)) ||
            (change.rotate && has(change.rotate->from) && has(change.rotate->to)))
            return errc::store_unavailable;
        ++state_->commits;
        std::size_t touched = 0;
        if (change.insert) {
            state_->rows.emplace(change.insert->id, *change.insert);
            state_->keys.emplace(change.insert->key.bytes, change.insert->id);
            ++touched;
        }
        if (change.rotate)
            touched += rotate(*change.rotate);
        for (const public_id& id : change.erase) {
            touched += forget(id);
            if (change.revoked_at)
                state_->revocations.emplace(id, *change.revoked_at);
        }
        return touched;
    }

    std::size_t rotate(const journal_change::rotation& change) LATCHKEY_REQUIRES(state_->mutex) {
        const auto found = state_->rows.find(change.id);
        if (found == state_->rows.end() || found->second.key != change.from)
            return 0;
        journal_entry& row = found->second;
        state_->keys.erase(row.key.bytes);
        state_->keys.emplace(change.to.bytes, row.id);
        row.rotated_from = change.presented;
        row.key = change.to;
        row.rotated_at = row.last_seen_at = change.at;
        if (change.password_given)
            row.authenticated_at = change.at;
        return 1;
    }

    std::size_t forget(const public_id& id) LATCHKEY_REQUIRES(state_->mutex) {
        const auto row = state_->rows.find(id);
        if (row == state_->rows.end())
            return 0;
        state_->keys.erase(row->second.key.bytes);
        state_->rows.erase(row);
        return 1;
    }

    const std::shared_ptr<journal_rows> state_;
    const session_options options_;
    const clock& clock_;
    seconds keep_{};
};

}  // namespace

std::unique_ptr<session_journal> make_fake_session_journal(std::shared_ptr<journal_rows> rows,
                                                           const session_options& options, const clock& now) {
    return std::make_unique<fake_session_journal>(std::move(rows), options, now);
}

}  // namespace latchkey::testing
