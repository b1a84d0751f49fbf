// Deciding and counting are one step under one lock: 200 attempts at once are as many as 200 one after the other
// (requirement L5, CVE-2024-4629).
#include "make_throttle.hpp"
#include "mutex.hpp"
#include "throttle_keys.hpp"
#include "throttle_selection.hpp"
#include "throttle_table.hpp"

#include <algorithm>
#include <array>

namespace latchkey {
namespace {

constexpr std::size_t slots_at_a_time = 4096;  // that list() and clear() look at before they let others in

class table_throttle final : public persistent_throttle {
public:
    table_throttle(const throttle_options& options, const secret& key, const clock& time)
        : keys_(key), clock_(time), table_(options.memory, options) {}

    result<throttle_ticket> admit(const throttle_attempt& attempt) noexcept override;
    void succeeded(const throttle_ticket& ticket) noexcept override;
    void forgive(const throttle_ticket& ticket) noexcept override;
    seconds client_wait(const client_prefix& client) const noexcept override;
    std::vector<throttle_entry> list(const throttle_filter& filter, std::size_t limit) const override;
    std::size_t clear(const throttle_filter& filter) noexcept override;
    throttle_stats stats() const noexcept override;

    void restore(std::span<const throttle_record> records) noexcept override;
    std::vector<throttle_record> take_changed(std::size_t most) override;
    void put_back(std::span<const throttle_record> records) noexcept override;
    time_point forgotten_before() const noexcept override;
    void configure(const throttle_options& options) noexcept override;

private:
    using slot = throttle_table::slot;

    kept_throttle kept(const slot& one) const noexcept LATCHKEY_REQUIRES(mutex_);
    seconds wait_for(const throttle_key& key, throttle_kind kind, time_point now) const noexcept
        LATCHKEY_REQUIRES(mutex_);
    void count(throttle_ticket& ticket, const throttle_key& key, throttle_kind kind, const throttle_attempt& attempt,
               time_point now) noexcept LATCHKEY_REQUIRES(mutex_);
    void take_back(const throttle_ticket::counted& counted) noexcept LATCHKEY_REQUIRES(mutex_);

    const throttle_keys keys_;
    const clock& clock_;
    mutable mutex mutex_;
    throttle_table table_ LATCHKEY_GUARDED_BY(mutex_);
    throttle_stats counts_ LATCHKEY_GUARDED_BY(mutex_);
};

seconds table_throttle::wait_for(const throttle_key& key, throttle_kind kind, time_point now) const noexcept {
    const slot* const one = table_.find(key);
    return one ? std::max(seconds{0}, open_at(one->state(), table_.budgets().of(kind)) - now) : seconds{0};
}

result<throttle_ticket> table_throttle::admit(const throttle_attempt& attempt) noexcept {
    struct one {
        throttle_kind kind;
        throttle_key key;
        bool decides;
    };
    const bool is_known = attempt.device.has_value();
    const std::array all{one{throttle_kind::pair, keys_.pair(attempt.client, attempt.account), !is_known},
                         one{throttle_kind::client, keys_.client(attempt.client), !is_known},
                         one{throttle_kind::account, keys_.account(attempt.account), !is_known},
                         one{throttle_kind::device,
                             is_known ? keys_.device(*attempt.device, attempt.account) : throttle_key{}, is_known}};
    const std::span counting(all.data(), is_known ? 4 : 3);
    const time_point now = clock_.now();

    mutex_lock lock(mutex_);
    seconds wait{0};
    throttle_kind by{};
    for (const auto& k : counting) {
        const seconds own = k.decides ? wait_for(k.key, k.kind, now) : seconds{0};
        if (own > wait) {
            wait = own;
            by = k.kind;
        }
    }
    if (wait > seconds{0}) {
        ++counts_.refused[static_cast<std::size_t>(by)];
        return throttled_for(wait);
    }
    throttle_ticket ticket;
    for (const auto& k : counting)
        count(ticket, k.key, k.kind, attempt, now);
    ++counts_.admitted;
    return ticket;
}

void table_throttle::count(throttle_ticket& ticket, const throttle_key& key, throttle_kind kind,
                           const throttle_attempt& attempt, time_point now) noexcept {
    const auto& budget = table_.budgets().of(kind);
    slot& one = table_.claim(key, kind, has_client(kind) ? attempt.client : client_prefix{}, now);
    const held before = one.state();
    table_.put(one, with_failure(before, budget, now));
    ticket.keys[ticket.count++] = {key, kind, before.failures, before.last, now};
    // Whose account it is matters once somebody may ask about it.
    if (kind != throttle_kind::client && one.failures >= budget.failures && may_be_shown(attempt.account))
        table_.label(one, attempt.account);
}

// As if it had not been counted. Where others were counted since, they stay, and so does the time of the last.
void table_throttle::take_back(const throttle_ticket::counted& counted) noexcept {
    slot* const one = table_.find(counted.key);
    if (!one)
        return;
    const held before{counted.failures_before, counted.last_before};
    if (one->state() == with_failure(before, table_.budgets().of(counted.kind), counted.at))
        table_.put(*one, before);
    else
        table_.put(*one, {one->failures - 1, one->state().last});
}

void table_throttle::succeeded(const throttle_ticket& ticket) noexcept {
    mutex_lock lock(mutex_);
    for (std::size_t i = 0; i < ticket.count; ++i) {
        const auto& counted = ticket.keys[i];
        if (counted.kind == throttle_kind::client || counted.kind == throttle_kind::account)
            take_back(counted);
        else if (slot* const one = table_.find(counted.key))
            table_.put(*one, {});
    }
}

void table_throttle::forgive(const throttle_ticket& ticket) noexcept {
    mutex_lock lock(mutex_);
    for (std::size_t i = 0; i < ticket.count; ++i)
        take_back(ticket.keys[i]);
}

seconds table_throttle::client_wait(const client_prefix& client) const noexcept {
    const auto key = keys_.client(client);
    const time_point now = clock_.now();
    mutex_lock lock(mutex_);
    return wait_for(key, throttle_kind::client, now);
}

kept_throttle table_throttle::kept(const slot& one) const noexcept {
    return {one.key, one.kind, one.client, one.state(), table_.label_of(one)};
}

std::vector<throttle_entry> table_throttle::list(const throttle_filter& filter, std::size_t limit) const {
    const throttle_selection wanted(filter, keys_);
    const time_point now = clock_.now();
    std::vector<throttle_entry> out;
    std::size_t size = 0, from = 0;
    do {
        mutex_lock lock(mutex_);
        size = table_.size();
        for (const std::size_t end = std::min(size, from + slots_at_a_time); from < end; ++from) {
            const kept_throttle one = kept(table_.at(from));
            if (!wanted.fits(one))
                continue;
            if (auto entry = wanted.entry_of(one, table_.budgets().of(one.kind), now))
                out.push_back(*std::move(entry));
        }
        drop_shortest(out, limit);
    } while (from < size);
    sort_by_wait(out, limit);
    return out;
}

std::size_t table_throttle::clear(const throttle_filter& filter) noexcept {
    const throttle_selection wanted(filter, keys_);
    const time_point now = clock_.now();
    std::size_t cleared = 0, size = 0, from = 0;
    do {
        mutex_lock lock(mutex_);
        size = table_.size();
        for (const std::size_t end = std::min(size, from + slots_at_a_time); from < end; ++from) {
            slot& one = table_.at(from);
            if (!wanted.fits(kept(one)))
                continue;
            if (failures_at(one.state(), table_.budgets().of(one.kind), now) != 0)
                ++cleared;
            table_.put(one, {});
        }
    } while (from < size);
    return cleared;
}

throttle_stats table_throttle::stats() const noexcept {
    mutex_lock lock(mutex_);
    throttle_stats out = counts_;
    out.slots = table_.size();
    out.used = table_.used();
    out.bytes = table_.bytes();
    out.evicted = table_.evicted();
    return out;
}

// A time that has not come would close a key for longer than anybody deserves.
void table_throttle::restore(std::span<const throttle_record> records) noexcept {
    const time_point now = clock_.now();
    mutex_lock lock(mutex_);
    for (const auto& record : records) {
        if (!is_kind(record.kind) || record.failures == 0)
            continue;
        const auto& budget = table_.budgets().of(record.kind);
        const held state = plausible({record.failures, record.last}, budget, now);
        if (failures_at(state, budget, now) == 0)
            continue;
        slot& one = table_.claim(record.key, record.kind, record.client, now);
        table_.put(one, state);
        table_.label(one, record.account);
        table_.mark_saved(one);
    }
}

std::vector<throttle_record> table_throttle::take_changed(std::size_t most) {
    mutex_lock lock(mutex_);
    return table_.take_unsaved(most);
}

void table_throttle::put_back(std::span<const throttle_record> records) noexcept {
    mutex_lock lock(mutex_);
    for (const auto& record : records)
        if (slot* const one = table_.find_even_empty(record.key))
            table_.mark_unsaved(*one);
        else if (record.failures == 0)
            table_.mark_gone(record.key);
}

time_point table_throttle::forgotten_before() const noexcept {
    const time_point now = clock_.now();
    mutex_lock lock(mutex_);
    return now - table_.budgets().longest_memory();
}

void table_throttle::configure(const throttle_options& options) noexcept {
    mutex_lock lock(mutex_);
    table_.configure(options);
}

}  // namespace

std::unique_ptr<persistent_throttle> make_throttle(const throttle_options& options, const secret& key,
                                                   const clock& time) {
    return std::make_unique<table_throttle>(options, key, time);
}

}  // namespace latchkey
