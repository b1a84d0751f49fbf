#include "script_runner.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace latchkey {
namespace {

constexpr std::size_t head_of_change = 4;  // word, number, total, turn

std::int64_t alive_after(time_point now, stamp idle, stamp floor, seconds leniency) noexcept {
    const std::int64_t second = now.time_since_epoch().count();
    return std::max(second - std::int64_t{idle} - leniency.count(), std::int64_t{floor});
}

}  // namespace

std::uint64_t number_of(const redis_reply& item) noexcept {
    if (item.is_integer())
        return static_cast<std::uint64_t>(std::max<std::int64_t>(0, item.integer));
    std::uint64_t value = 0;
    std::from_chars(item.text.data(), item.text.data() + item.text.size(), value);
    return value;
}

script_runner::script_runner(redis_client& client, const clock& now, logger& log, options how,
                             const session_options& sessions)
    : clock_(now), asker_(client, now, log, how.prefix), options_(std::move(how)), limits_(sessions) {
}

std::vector<std::string> script_runner::head(seconds leniency) const {
    const time_point now = clock_.now();
    mutex_lock lock(mutex_);
    return {options_.prefix, std::to_string(now.time_since_epoch().count()),
            std::to_string(alive_after(now, limits_.ordinary.idle, floor_, leniency)),
            std::to_string(alive_after(now, limits_.remembered.idle, remembered_floor_, leniency))};
}

task<result<redis_reply>> script_runner::look(const redis_script& script, std::vector<std::string> arguments,
                                              std::size_t least) {
    std::vector<std::string> all = head(seconds{0});
    std::move(arguments.begin(), arguments.end(), std::back_inserter(all));
    co_return co_await asker_.ask(script, std::move(all), least);
}

task<result<redis_reply>> script_runner::change(const redis_script& script, std::vector<std::string> arguments,
                                                seconds leniency) {
    std::vector<std::string> all = head(leniency);
    all.push_back(std::to_string(options_.news_kept.count()));
    all.emplace_back(options_.revoking ? "1" : "0");
    std::move(arguments.begin(), arguments.end(), std::back_inserter(all));
    auto reply = co_await asker_.ask(script, std::move(all), head_of_change);
    if (reply)
        count(number_of(reply->items[2]), number_of(reply->items[3]));
    co_return reply;
}

result<kept_session> script_runner::session_in(const redis_reply& reply, std::size_t at) const {
    if (!reply.is_list(at + 4)) {
        malformed();
        return errc::store_unavailable;
    }
    return session_in(reply.items[at].text, reply.items[at + 1].text, reply.items[at + 2].text,
                      reply.items[at + 3].text);
}

result<kept_session> script_runner::session_in(std::string_view user, std::string_view id, std::string_view record,
                                               std::string_view bytes) const {
    const auto profile = profile_in(user, bytes);
    auto found = profile ? read_session(user, id, record, *profile) : std::nullopt;
    if (found)
        return *std::move(found);
    if (profile)
        malformed();
    return errc::store_unavailable;
}

result<profile_ptr> script_runner::profile_in(std::string_view user, std::string_view bytes) const {
    auto profile = read_profile(user, bytes, options_.remote_user_is_email);
    if (profile)
        return profile;
    malformed();
    return errc::store_unavailable;
}

std::uint64_t script_runner::total() const noexcept {
    mutex_lock lock(mutex_);
    return total_;
}

void script_runner::count(std::uint64_t total, std::uint64_t turn) noexcept {
    mutex_lock lock(mutex_);
    if (turn <= turn_)
        return;
    turn_ = turn;
    total_ = total;
}

void script_runner::configure(const session_options& sessions) noexcept {
    const lifetimes fresh(sessions);
    const stamp now = to_stamp(clock_.now());
    mutex_lock lock(mutex_);
    const auto dead_by_now = [now](const lifetime& before) { return now - std::min(now, before.idle); };
    if (fresh.ordinary.idle > limits_.ordinary.idle)
        floor_ = std::max(floor_, dead_by_now(limits_.ordinary));
    if (fresh.remembered.idle > limits_.remembered.idle)
        remembered_floor_ = std::max(remembered_floor_, dead_by_now(limits_.remembered));
    limits_ = fresh;
    ++changed_;
}

task<result<void>> script_runner::share_limits() {
    std::vector<std::string> idle;
    std::uint64_t version = 0;
    {
        mutex_lock lock(mutex_);
        if (changed_ == shared_)
            co_return result<void>();
        version = changed_;
        idle = {std::to_string(limits_.ordinary.idle), std::to_string(limits_.remembered.idle)};
    }
    const auto reply = co_await change(known.limits, std::move(idle));
    if (!reply)
        co_return reply.error();
    if (!reply->is_list(head_of_change + 2))
        co_return errc::store_unavailable;
    mutex_lock lock(mutex_);
    const auto floor = [&](std::size_t i) { return static_cast<stamp>(number_of(reply->items[head_of_change + i])); };
    floor_ = std::max(floor_, floor(0));
    remembered_floor_ = std::max(remembered_floor_, floor(1));
    shared_ = version;
    co_return result<void>();
}

void script_runner::begin_anew() noexcept {
    mutex_lock lock(mutex_);
    ++changed_;
    turn_ = 0;
}

lifetimes script_runner::limits() const noexcept {
    mutex_lock lock(mutex_);
    return limits_;
}

}  // namespace latchkey
