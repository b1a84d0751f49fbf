#include "session_news.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <span>
#include <utility>
#include <vector>

namespace latchkey {
namespace {

constexpr milliseconds pause_after_fault{50};
constexpr std::size_t most_entries = 1000;
constexpr std::string_view entries_at_a_time = "1000";
constexpr std::int64_t tolerated_skew = 2;  // seconds
constexpr std::uint64_t numbers_a_second = 1U << 20U;

std::optional<std::uint64_t> to_number(std::string_view text) noexcept {
    std::uint64_t value = 0;
    const auto end = text.data() + text.size();
    const auto [stopped, fault] = std::from_chars(text.data(), end, value);
    if (fault != std::errc() || (stopped != end && *stopped != '-'))  // "number-0" names an entry
        return std::nullopt;
    return value;
}

std::string_view field(const redis_reply& fields, std::string_view name) noexcept {
    for (std::size_t i = 0; i + 1 < fields.items.size(); i += 2)
        if (fields.items[i].text == name)
            return fields.items[i + 1].text;
    return {};
}

bool is_revocation(const redis_reply& fields) noexcept {
    return field(fields, "kind") == "ended" && field(fields, "revoked") == "1";
}

time_point second_of(const redis_reply& fields) noexcept {
    return time_point{seconds{static_cast<std::int64_t>(to_number(field(fields, "at")).value_or(0))}};
}

}  // namespace

session_news::session_news(redis_client& client, const redis_client& commands, session_cache& cache,
                           revocation_log* revoked, const clock& now, logger& log, session_news_options options)
    : client_(client),
      commands_(commands),
      cache_(cache),
      revoked_(revoked),
      clock_(now),
      log_(log),
      options_(std::move(options)),
      stream_(options_.prefix + "changes"),
      pause_(client.context()) {
}

void session_news::start() {
    boost::asio::co_spawn(client_.context(), follow(), boost::asio::detached);
}

void session_news::stop() noexcept {
    stopping_ = true;
    boost::asio::post(client_.context(), [this] { pause_.cancel(); });
}

task<void> session_news::follow() {
    while (!stopping_) {
        bool well = false;
        try {
            well = co_await round();
        } catch (const std::exception& e) {  // without memory it is as if nothing had been heard
            in_step_ = false;
            log_.write(log_level::error, "redis_news_failed", {{"error", e.what()}});
        }
        if (!well)
            co_await pause(pause_after_fault);
    }
}

task<void> session_news::pause(milliseconds time) {
    if (stopping_)
        co_return;
    pause_.expires_after(time);
    boost::system::error_code ignored;
    co_await pause_.async_wait(boost::asio::redirect_error(use_task, ignored));
}

// Waits for the next entries, and lets the cache be believed from when it asked for them.
task<bool> session_news::round() {
    if (!in_step_) {
        const bool begun = co_await begin_anew();
        if (!begun)
            co_return false;
    }
    const milliseconds patience = options_.max_staleness / 4;
    const std::string wait = std::to_string(std::max<std::int64_t>(1, patience.count()));
    const std::string behind = std::to_string(last_) + "-0";
    const std::int64_t asked = boot_milliseconds();
    std::string command =
        redis_command({"XREAD", "COUNT", entries_at_a_time, "BLOCK", wait, "STREAMS", stream_, behind});
    const auto reply = co_await client_.ask(std::move(command), patience);
    if (!reply || reply->is_error())
        co_return false;
    if (client_.server_run() != run_) {
        in_step_ = false;
        co_return true;
    }
    if (reply->is_list(1)) {
        in_step_ = reply->items[0].is_list(2) && take(reply->items[0].items[1]);
        const bool all = in_step_ && reply->items[0].items[1].items.size() < most_entries;
        const bool told = co_await confirm(all ? asked : session_cache::never, false);
        co_return told;
    }
    const bool told = co_await confirm(session_cache::never, true);
    co_return told;
}

// Asks for the number of the last change, by a script that none but a master runs. `since`: what had happened by then
// has come. When nothing came (`quiet`), it must be noticed if that is because Redis lost all that it had.
task<bool> session_news::confirm(std::int64_t since, bool quiet) {
    if (!in_step_)
        co_return true;
    const std::int64_t asked_again = boot_milliseconds();
    const auto number = co_await last_number();
    if (!number)
        co_return false;
    const bool differs = *number != last_;
    if (differs && quiet && doubted_)  // the first time it may have come just now
        in_step_ = false;
    doubted_ = differs && quiet;
    if (in_step_)
        agree(differs ? since : asked_again);
    co_return true;
}

task<std::optional<std::uint64_t>> session_news::last_number() {
    std::vector<std::string> arguments{options_.prefix, "0", "0", "0"};
    const auto reply = co_await client_.run(options_.last, std::move(arguments));
    if (!reply || !reply->is_list(1))
        co_return std::nullopt;
    co_return to_number(reply->items[0].text);
}

task<bool> session_news::begin_anew() {
    cache_.distrust();
    doubted_ = false;
    const bool prepared = co_await options_.prepare();
    if (!prepared)
        co_return false;
    commands_made_ = commands_.stats().connections;
    std::string command = redis_command({"TIME"});
    const auto time = co_await client_.ask(std::move(command));
    if (!time || !time->is_list(2))
        co_return false;
    const std::uint64_t second = to_number(time->items[0].text).value_or(0);
    compare_clocks(second);
    run_ = client_.server_run();
    const std::int64_t asked = boot_milliseconds();
    const auto number = co_await last_number();
    if (!number)
        co_return false;
    // After the number was read: who reads from now on reads what it counts, and whose read is under way keeps nothing.
    cache_.forget_all();
    if (revoked_) {
        const bool learnt = co_await learn_revocations(second, *number);
        if (!learnt)
            co_return false;
    }
    last_ = *number;
    in_step_ = client_.server_run() == run_;
    if (in_step_)
        agree(asked);
    co_return in_step_;
}

// What was ended while this server was away, or before it was started.
task<bool> session_news::learn_revocations(std::uint64_t second, std::uint64_t last) {
    const auto keep = static_cast<std::uint64_t>(revoked_->keep().count());
    std::uint64_t from = (second - std::min(second, keep)) * numbers_a_second;
    const std::string to = std::to_string(last);
    while (from <= last) {
        const std::string first = std::to_string(from);
        std::string command = redis_command({"XRANGE", stream_, first, to, "COUNT", entries_at_a_time});
        const auto reply = co_await client_.ask(std::move(command));
        if (!reply || !reply->is_list())
            co_return false;
        for (const redis_reply& entry : reply->items) {
            if (!entry.is_list(2))
                co_return false;
            const redis_reply& fields = entry.items[1];
            from = to_number(entry.items[0].text).value_or(last) + 1;
            if (is_revocation(fields))
                revoked_->add(read_ids(field(fields, "ids")), second_of(fields));
        }
        if (reply->items.size() < most_entries)
            break;
    }
    co_return true;
}

bool session_news::take(const redis_reply& entries) {
    for (const redis_reply& entry : entries.items) {
        const auto number = entry.is_list(2) ? to_number(entry.items[0].text) : std::nullopt;
        if (!number || !take_one(*number, entry.items[1]))
            return false;
        entries_.fetch_add(1, std::memory_order_relaxed);
        last_ = *number;
    }
    return true;
}

bool session_news::take_one(std::uint64_t number, const redis_reply& fields) {
    const auto user = read_id(field(fields, "user"));
    if (!user || to_number(field(fields, "before")) != last_)
        return false;
    if (field(fields, "kind") == "profile") {
        const auto profile = read_profile(field(fields, "user"), field(fields, "body"), options_.remote_user_is_email);
        if (!profile)
            return false;
        cache_.show(profile, number);
        return true;
    }
    const std::vector<public_id> ids = read_ids(field(fields, "ids"));
    cache_.drop(*user, ids, number);
    options_.counted(to_number(field(fields, "total")).value_or(0), to_number(field(fields, "turn")).value_or(0));
    if (revoked_ && is_revocation(fields))
        revoked_->add(ids, second_of(fields));
    return true;
}

// The cache may be believed while both connections lead to the same Redis, and have done so since it was empty.
void session_news::agree(std::int64_t since) {
    if (commands_.stats().connections != commands_made_)
        in_step_ = false;
    else if (since != session_cache::never && commands_.server_run() == run_)
        cache_.confirm(since);
}

// Sessions are judged by the clocks of the servers.
void session_news::compare_clocks(std::uint64_t second) noexcept {
    const std::int64_t ahead = clock_.now().time_since_epoch().count() - static_cast<std::int64_t>(second);
    if (std::abs(ahead) > tolerated_skew)
        log_.write(log_level::warn, "clock_skew",
                   {{"seconds_ahead_of_redis", ahead},
                    {"meaning", "sessions end too early or too late: set the clocks by the same source (NTP)"}});
}

}  // namespace latchkey
