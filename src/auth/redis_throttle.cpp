// What Redis says of an attempt, and what is done about it here.
#include "closed_keys.hpp"
#include "make_redis_throttle.hpp"
#include "redis_client.hpp"
#include "throttle_asker.hpp"
#include "throttle_table.hpp"
#include "without_exceptions.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <new>
#include <utility>
#include <vector>

namespace latchkey {
namespace {

using steady = std::chrono::steady_clock;

constexpr std::size_t bytes_of_an_entry = 320;  // in Redis, about: 306 with its key and its place in the index
constexpr std::size_t longest_label = 127;
constexpr std::size_t entries_a_page = 500;
constexpr std::array all_kinds{throttle_kind::pair, throttle_kind::client, throttle_kind::account,
                               throttle_kind::device};

class redis_throttle final : public throttle {
public:
    redis_throttle(redis_client& client, std::string prefix, const throttle_options& options, const secret& key,
                   const clock& time, logger& log)
        : keys_(key),
          clock_(time),
          prefix_(std::move(prefix)),
          most_of_a_kind_(std::max<std::size_t>(1, options.memory / bytes_of_an_entry / all_kinds.size())),
          asker_(std::make_shared<throttle_asker>(client, time, log, prefix_)),
          budgets_(options) {}

    task<result<throttle_ticket>> admit(throttle_attempt attempt) override {
        return without_exceptions(decide(attempt));
    }
    void succeeded(const throttle_ticket& ticket) noexcept override { settle(ticket, true); }
    void forgive(const throttle_ticket& ticket) noexcept override { settle(ticket, false); }
    seconds client_wait(const client_prefix& client) const noexcept override {
        return closed_.find(keys_.client(client), clock_.now()).wait;
    }
    task<result<std::vector<throttle_entry>>> list(throttle_filter filter, std::size_t limit) override {
        return without_exceptions(find(filter, limit));
    }
    task<result<std::size_t>> clear(throttle_filter filter) override { return without_exceptions(forget(filter)); }
    throttle_stats stats() const noexcept override;
    void configure(const throttle_options& options) noexcept override {
        {
            mutex_lock lock(mutex_);
            budgets_ = throttle_budgets(options);
        }
        closed_.drop_all();
    }

private:
    using counter = std::atomic<std::uint64_t>;

    struct tried {
        throttle_kind kind{};
        throttle_key key;
        bool decides = false;
    };
    // In the order in which Redis is asked; the first is the pair, the second the client.
    struct tried_keys {
        std::array<tried, 4> all;
        std::size_t count = 3;
    };
    task<result<throttle_ticket>> decide(throttle_attempt attempt);
    task<result<std::vector<throttle_entry>>> find(throttle_filter filter, std::size_t limit);
    task<result<std::size_t>> forget(throttle_filter filter);

    // What scripts are given first.
    std::vector<std::string> head(time_point now) const;
    throttle_budgets budgets() const noexcept {
        mutex_lock lock(mutex_);
        return budgets_;
    }
    tried_keys keys_of(const throttle_attempt& attempt) const noexcept;
    boost::system::error_code refusal(const tried_keys& keys, const redis_reply& reply, time_point now,
                                      steady::time_point asked) noexcept;
    void settle(const throttle_ticket& ticket, bool succeeded) noexcept;
    void count_refusal(throttle_kind by) noexcept {
        refused_[static_cast<std::size_t>(by)].fetch_add(1, std::memory_order_relaxed);
    }

    // How far a walk over all entries has come.
    struct place {
        std::size_t kind = 0;  // of all_kinds
        std::string from = "0";
    };
    // The next some hundred; some come twice. Moves on.
    task<result<redis_reply>> read_page(place& at);
    // Of these those that fit; they point into `page`.
    std::vector<kept_throttle> fitting(const redis_reply& page, const throttle_selection& wanted) const;

    const throttle_keys keys_;
    const clock& clock_;
    const std::string prefix_;
    const std::size_t most_of_a_kind_;
    const std::shared_ptr<throttle_asker> asker_;  // of what is under way on the client's thread, too
    closed_keys closed_;
    mutable mutex mutex_;
    throttle_budgets budgets_ LATCHKEY_GUARDED_BY(mutex_);
    counter admitted_{0}, evicted_{0}, used_{0};
    std::array<counter, 5> refused_{};
};

std::vector<std::string> redis_throttle::head(time_point now) const {
    std::vector<std::string> out{prefix_, std::to_string(now.time_since_epoch().count())};
    const throttle_budgets current = budgets();
    for (const auto kind : all_kinds) {
        out.push_back(std::to_string(current.of(kind).failures));
        out.push_back(std::to_string(current.of(kind).window.count()));
    }
    return out;
}

redis_throttle::tried_keys redis_throttle::keys_of(const throttle_attempt& attempt) const noexcept {
    const bool is_known = attempt.device.has_value();
    tried_keys out;
    out.all[0] = {throttle_kind::pair, keys_.pair(attempt.client, attempt.account), !is_known};
    out.all[1] = {throttle_kind::client, keys_.client(attempt.client), !is_known};
    out.all[2] = {throttle_kind::account, keys_.account(attempt.account), !is_known};
    if (is_known) {
        out.all[3] = {throttle_kind::device, keys_.device(*attempt.device, attempt.account), true};
        out.count = 4;
    }
    return out;
}

task<result<throttle_ticket>> redis_throttle::decide(throttle_attempt attempt) {
    const time_point now = clock_.now();
    const tried_keys keys = keys_of(attempt);
    if (!attempt.device) {
        const auto known = closed_.find(keys.all[0].key, now);
        if (known.wait > seconds{0}) {
            count_refusal(known.by);
            co_return throttled_for(known.wait);
        }
    }
    const bool has_label =
        !attempt.account.empty() && attempt.account.size() <= longest_label && may_be_shown(attempt.account);
    const auto& client = attempt.client.network.bytes;
    std::vector<std::string> arguments = head(now);
    arguments.push_back(std::to_string(most_of_a_kind_));
    arguments.emplace_back(client.begin(), client.end());
    arguments.emplace_back(has_label ? attempt.account : std::string_view{});
    for (std::size_t i = 0; i < keys.count; ++i) {
        const tried& one = keys.all[i];
        arguments.push_back(std::to_string(static_cast<unsigned>(one.kind)));
        arguments.emplace_back(text_of(one.key));
        arguments.emplace_back(one.decides ? "1" : "0");
    }
    const auto asked = steady::now();
    const auto reply = co_await asker_->ask(asker_->known.admit, std::move(arguments), 1 + keys.count);
    if (!reply)
        co_return reply.error();
    if (reply->items[0].text == "closed") {
        if (const auto error = refusal(keys, *reply, now, asked))
            co_return error;
    }
    if (reply->items[0].text != "ok" || !reply->is_list(3 + 2 * keys.count)) {
        asker_->malformed();
        co_return errc::store_unavailable;
    }
    throttle_ticket ticket;
    for (std::size_t i = 0; i < keys.count; ++i) {
        const auto failures = static_cast<std::uint32_t>(reply->items[3 + 2 * i].integer);
        const time_point last{seconds{reply->items[4 + 2 * i].integer}};
        ticket.keys[ticket.count++] = {keys.all[i].key, keys.all[i].kind, failures, last, now};
    }
    admitted_.fetch_add(1, std::memory_order_relaxed);
    evicted_.fetch_add(static_cast<std::uint64_t>(reply->items[1].integer), std::memory_order_relaxed);
    used_.store(static_cast<std::uint64_t>(reply->items[2].integer), std::memory_order_relaxed);
    co_return ticket;
}

// No error: that was no refusal.
boost::system::error_code redis_throttle::refusal(const tried_keys& keys, const redis_reply& reply, time_point now,
                                                  steady::time_point asked) noexcept {
    seconds wait{0};
    throttle_kind by{};
    for (std::size_t i = 0; i < keys.count; ++i) {
        const seconds own{reply.items[1 + i].integer};
        if (own > wait) {
            wait = own;
            by = keys.all[i].kind;
        }
        if (own > seconds{0} && keys.all[i].kind == throttle_kind::client)
            closed_.note(keys.all[i].key, throttle_kind::client, now + own, asked);
    }
    if (wait <= seconds{0})
        return {};
    // Of a known device it says nothing about what others may do.
    if (keys.all[0].decides)
        closed_.note(keys.all[0].key, by, now + wait, asked);
    count_refusal(by);
    return throttled_for(wait);
}

// What `asker` refers to lives until the client's context goes. Without an answer the failure stays.
task<void> tell_outcome(std::shared_ptr<throttle_asker> asker, std::vector<std::string> arguments) {
    try {
        (void)co_await asker->ask(asker->known.settle, std::move(arguments), 1);
    } catch (const std::exception&) {
    }
}

void redis_throttle::settle(const throttle_ticket& ticket, bool succeeded) noexcept try {
    std::vector<std::string> arguments = head(clock_.now());
    arguments.emplace_back(succeeded ? "1" : "0");
    const auto second = [](time_point t) { return std::to_string(t.time_since_epoch().count()); };
    for (std::size_t i = 0; i < ticket.count; ++i) {
        const auto& one = ticket.keys[i];
        closed_.drop(one.key);
        arguments.push_back(std::to_string(static_cast<unsigned>(one.kind)));
        arguments.emplace_back(text_of(one.key));
        arguments.push_back(std::to_string(one.failures_before));
        arguments.push_back(second(one.last_before));
        arguments.push_back(second(one.at));
    }
    boost::asio::co_spawn(asker_->context(), tell_outcome(asker_, std::move(arguments)), boost::asio::detached);
} catch (const std::bad_alloc&) {
    // The failure stays.
}

task<result<redis_reply>> redis_throttle::read_page(place& at) {
    std::vector<std::string> arguments = head(clock_.now());
    arguments.push_back(std::to_string(static_cast<unsigned>(all_kinds[at.kind])));
    arguments.push_back(at.from);
    arguments.push_back(std::to_string(entries_a_page));
    auto page = co_await asker_->ask(asker_->known.page, std::move(arguments), 1);
    if (page) {
        at.from = page->items[0].text;
        if (at.from == "0")
            ++at.kind;
    }
    co_return page;
}

std::vector<kept_throttle> redis_throttle::fitting(const redis_reply& page, const throttle_selection& wanted) const {
    std::vector<kept_throttle> out;
    for (std::size_t i = 1; i + 1 < page.items.size(); i += 2) {
        const auto one = read_throttle(page.items[i].text, page.items[i + 1].text);
        if (!one)
            asker_->malformed();
        else if (wanted.fits(*one))
            out.push_back(*one);
    }
    return out;
}

task<result<std::vector<throttle_entry>>> redis_throttle::find(throttle_filter filter, std::size_t limit) {
    const throttle_selection wanted(filter, keys_);
    const throttle_budgets current = budgets();
    const time_point now = clock_.now();
    std::vector<throttle_entry> out;
    for (place at; at.kind < all_kinds.size();) {
        const auto page = co_await read_page(at);
        if (!page)
            co_return page.error();
        for (const kept_throttle& one : fitting(*page, wanted))
            if (auto entry = wanted.entry_of(one, current.of(one.kind), now))
                out.push_back(*std::move(entry));
        drop_shortest(out, limit);
    }
    sort_by_wait(out, limit);
    co_return out;
}

task<result<std::size_t>> redis_throttle::forget(throttle_filter filter) {
    const throttle_selection wanted(filter, keys_);
    const throttle_budgets current = budgets();
    const time_point now = clock_.now();
    std::size_t cleared = 0;
    for (place at; at.kind < all_kinds.size();) {
        const auto page = co_await read_page(at);
        if (!page)
            co_return page.error();
        const std::vector<kept_throttle> some = fitting(*page, wanted);
        if (some.empty())
            continue;
        std::vector<std::string> arguments = head(now);
        for (const kept_throttle& one : some) {
            arguments.push_back(std::to_string(static_cast<unsigned>(one.kind)));
            arguments.emplace_back(text_of(one.key));
        }
        const auto reply = co_await asker_->ask(asker_->known.forget, std::move(arguments), 1 + some.size());
        if (!reply)
            co_return reply.error();
        // Not one that came twice, or that somebody else has forgotten meanwhile.
        for (std::size_t i = 0; i < some.size(); ++i)
            if (reply->items[1 + i].integer == 1 && failures_at(some[i].state, current.of(some[i].kind), now) != 0)
                ++cleared;
        closed_.drop_all();
    }
    co_return cleared;
}

throttle_stats redis_throttle::stats() const noexcept {
    throttle_stats out;
    out.slots = most_of_a_kind_ * all_kinds.size();
    out.used = static_cast<std::size_t>(used_.load(std::memory_order_relaxed));
    out.bytes = closed_keys::bytes();
    out.admitted = admitted_.load(std::memory_order_relaxed);
    for (std::size_t i = 0; i < refused_.size(); ++i)
        out.refused[i] = refused_[i].load(std::memory_order_relaxed);
    out.evicted = evicted_.load(std::memory_order_relaxed);
    return out;
}

}  // namespace

std::unique_ptr<throttle> make_redis_throttle(redis_client& client, std::string prefix, const throttle_options& options,
                                              const secret& key, const clock& time, logger& log) {
    return std::make_unique<redis_throttle>(client, std::move(prefix), options, key, time, log);
}

}  // namespace latchkey
