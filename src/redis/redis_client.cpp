// Everything of a connection but its counters belongs to its thread. A request lives in the coroutine that waits for it
// and stands in one of two rows: here those that wait for a connection, in the link those that were sent.
#include "redis_client.hpp"

#include "mutex.hpp"
#include "redis_greeting.hpp"
#include "redis_link.hpp"
#include "redis_sentinels.hpp"
#include "redis_waiting.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/redirect_error.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <new>
#include <random>
#include <thread>
#include <utility>

#include <pthread.h>

namespace latchkey {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using steady = std::chrono::steady_clock;

constexpr milliseconds first_pause{50};
constexpr milliseconds longest_pause{2'000};
constexpr milliseconds settled{1'000};  // a connection that stood so long was one
constexpr milliseconds sentinel_period{1'000};
constexpr unsigned patience = 3;  // so many short ones in a row, and callers are no longer left waiting

struct one_more {
    explicit one_more(std::atomic<std::size_t>& of) noexcept
        : count(of), before(of.fetch_add(1, std::memory_order_relaxed)) {}
    ~one_more() { count.fetch_sub(1, std::memory_order_relaxed); }
    one_more(const one_more&) = delete;
    one_more& operator=(const one_more&) = delete;

    std::atomic<std::size_t>& count;
    const std::size_t before;
};

redis_sentinel_options sentinels_of(const redis_client_options& options) {
    return {options.sentinels, options.sentinel_master, options.url.user, options.password, options.ca_file};
}

}  // namespace

class redis_client::connection {
public:
    connection(redis_client_options options, logger& log)
        : options_(std::move(options)),
          log_(log),
          sentinels_(io_, sentinels_of(options_)),
          address_(options_.url.str()),
          waiting_(io_),
          pause_(io_),
          random_(std::random_device{}()) {
        make_redis_stream(io_, options_.url, options_.ca_file);  // throws what is wrong with the file
        thread_ = std::thread([this] { work(); });
        pthread_setname_np(thread_.native_handle(), options_.name.substr(0, 15).c_str());
    }

    ~connection() { stop(); }
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    task<result<redis_reply>> ask(std::string command, milliseconds within) {
        result<redis_reply> outcome = errc::store_unavailable;
        const one_more counted(under_way_);
        if (counted.before < options_.most_under_way) {
            auto start = [this, within](redis_request& request) noexcept {
                request.within = within;
                hand_over(request);
            };
            outcome = co_await await_reply(std::move(command), start);
        }
        if (!outcome)
            failures_.fetch_add(1, std::memory_order_relaxed);
        co_return outcome;
    }

    std::string server_run() const {
        mutex_lock lock(mutex_);
        return server_run_;
    }

    redis_client_stats stats() const noexcept {
        return {commands_.load(std::memory_order_relaxed), failures_.load(std::memory_order_relaxed),
                connections_.load(std::memory_order_relaxed), up_.load(std::memory_order_relaxed)};
    }

    asio::io_context& context() noexcept { return io_; }

    void stop() noexcept {
        if (!thread_.joinable())
            return;
        {
            mutex_lock lock(door_);
            closed_ = true;
        }
        last_way_.bring(io_.get_executor(), [this] {
            stopping_ = true;
            pause_.cancel();
            sentinels_.stop();
            if (link_)
                link_->end("stopped");
            waiting_.stop();
            guard_.reset();
        });
        thread_.join();
    }

private:
    enum class phase { connecting, up, away };

    // On a caller's thread. Once the door is closed nothing is brought to the thread any more.
    void hand_over(redis_request& request) noexcept {
        {
            mutex_lock lock(door_);
            if (!closed_) {
                request.way_there.bring(io_.get_executor(), [this, &request] { accept(request); });
                return;
            }
        }
        request.finish();
    }

    void accept(redis_request& request) noexcept {
        request.deadline = steady::now() + options_.timeout;
        if (stopping_ || phase_ == phase::away)
            return request.finish();
        if (phase_ == phase::up && !link_->has_ended())
            return pass_on(request);
        waiting_.add(request);
    }

    void pass_on(redis_request& request) noexcept {
        request.deadline += request.within;
        commands_.fetch_add(1, std::memory_order_relaxed);
        link_->send(request);
    }

    // Tells when live() has come to an end.
    struct end_of_life {
        explicit end_of_life(connection& of) noexcept : whose(of) {}
        ~end_of_life() {
            if (!whose.stopping_)
                whose.new_life_.bring(whose.io_.get_executor(), [&of = whose] {
                    std::this_thread::sleep_for(first_pause);  // there is no memory for another way to wait
                    of.begin_to_live();
                });
        }
        end_of_life(const end_of_life&) = delete;
        end_of_life& operator=(const end_of_life&) = delete;

        connection& whose;
    };

    void work() noexcept {
        begin_to_live();
        for (;;) {
            try {
                io_.run();
                return;
            } catch (const std::exception&) {
                // For want of memory a wait could not begin. The coroutine that wanted to wait is taken apart now.
            }
        }
    }

    void begin_to_live() noexcept {
        while (!stopping_) {
            try {
                return asio::co_spawn(io_, live(), asio::detached);
            } catch (const std::bad_alloc&) {
                std::this_thread::sleep_for(first_pause);
            }
        }
    }

    // From the first connection to the last, unless memory is short, and then again.
    task<void> live() {
        const end_of_life told(*this);
        if (link_)  // of an earlier life
            note_failure("out of memory");
        sentinels_.give_up();
        while (!stopping_) {
            const std::string fault = co_await try_to_begin();
            if (fault.empty())
                co_await serve();
            else if (!stopping_)
                note_failure(fault);
            co_await pause();
        }
        if (link_)
            link_->end("stopped");
    }

    task<std::string> try_to_begin() {
        try {
            co_return co_await begin();
        } catch (const std::exception& e) {  // no memory, or a file with certificates that is none any more
            co_return e.what();
        }
    }

    void give_up() noexcept {
        phase_ = phase::away;
        waiting_.refuse_all();
    }

    // Connects and introduces itself. What went wrong, or nothing.
    task<std::string> begin() {
        master_ = options_.url;
        if (!options_.sentinels.empty()) {
            address_ = options_.sentinel_master;
            auto told = co_await sentinels_.find_master(options_.timeout);
            if (!told.fault.empty())
                co_return std::move(told.fault);
            master_.host = std::move(told.host);
            master_.port = std::move(told.port);
        }
        address_ = master_.str();
        if (stopping_)
            co_return "stopped";
        auto stream = make_redis_stream(io_, master_, options_.ca_file);
        link_ = std::make_shared<redis_link>(io_, std::move(stream));
        const auto connected_by = steady::now() + options_.timeout;
        co_await link_->open(connected_by);
        const redis_introduction own{options_.url.user, options_.password.get(), options_.url.database, options_.name};
        const auto greeted_by = steady::now() + options_.timeout;
        auto greeting = co_await greet(*link_, own, greeted_by);
        if (greeting.fault.empty() && link_->has_ended())
            greeting.fault = link_->why();
        if (!greeting.fault.empty()) {
            sentinels_.doubt();
            co_return std::move(greeting.fault);
        }
        note_success(greeting);
        co_return std::string();
    }

    void note_success(const redis_greeting& greeting) {
        {
            mutex_lock lock(mutex_);
            server_run_ = greeting.run;
        }
        began_ = steady::now();
        phase_ = phase::up;
        up_.store(true, std::memory_order_relaxed);
        connections_.fetch_add(1, std::memory_order_relaxed);
        failed_ = 0;
        if (to_be_told(short_lived_))
            log_.write(log_level::info, "redis_connected",
                       {{"address", address_}, {"connection", options_.name}, {"version", greeting.version}});
    }

    void note_failure(std::string_view fault) noexcept {
        if (link_)
            link_->end(fault);
        up_.store(false, std::memory_order_relaxed);
        if (to_be_told(failed_))
            log_.write(log_level::error, "redis_unreachable",
                       {{"address", address_}, {"connection", options_.name}, {"error", fault}});
        ++failed_;
        give_up();
    }

    // Until the link ends.
    task<void> serve() {
        while (!waiting_.empty() && !link_->has_ended())
            pass_on(waiting_.take());
        while (!link_->has_ended())
            co_await watch_master();
        up_.store(false, std::memory_order_relaxed);
        phase_ = phase::connecting;
        if (!stopping_ && to_be_told(short_lived_))
            log_.write(log_level::warn, "redis_lost",
                       {{"address", address_}, {"connection", options_.name}, {"error", link_->why()}});
        short_lived_ = steady::now() - began_ < settled ? short_lived_ + 1 : 0;
        if (short_lived_ >= patience)
            give_up();
    }

    // A master that was replaced goes on taking changes until somebody tells it, and loses them then.
    task<void> watch_master() {
        if (options_.sentinels.empty()) {
            co_await link_->ended();
            co_return;
        }
        const auto next = steady::now() + sentinel_period;
        co_await link_->ended(next);
        if (link_->has_ended())
            co_return;
        const auto told = co_await sentinels_.find_master(options_.timeout);
        if (told.fault.empty() && (told.host != master_.host || told.port != master_.port)) {
            const std::string why = "the sentinels name another master, " + told.host + ':' + told.port;
            link_->end(why);
        }
    }

    // Of a long row only some.
    static bool to_be_told(unsigned in_a_row) noexcept { return in_a_row < patience || in_a_row % 16 == 0; }

    task<void> pause() {
        const auto longest =
            std::min(longest_pause, first_pause * (1 << std::min(std::max(failed_, short_lived_), 6U)));
        std::uniform_int_distribution<long> jitter(longest.count() / 2, longest.count());
        const auto until = steady::now() + milliseconds(jitter(random_));
        while (!stopping_ && steady::now() < until) {
            pause_.expires_at(until);
            error_code ignored;
            co_await pause_.async_wait(asio::redirect_error(use_task, ignored));
        }
    }

    const redis_client_options options_;
    logger& log_;
    asio::io_context io_{1};
    asio::executor_work_guard<executor> guard_{io_.get_executor()};
    redis_sentinels sentinels_;
    redis_url master_;     // the one that the link leads to
    std::string address_;  // the same for people, as far as it is known
    redis_waiting waiting_;
    redis_link::timer pause_;
    std::minstd_rand random_;
    phase phase_ = phase::connecting;
    unsigned failed_ = 0;       // attempts to connect, in a row
    unsigned short_lived_ = 0;  // connections, in a row
    steady::time_point began_{};
    bool stopping_ = false;
    std::shared_ptr<redis_link> link_;
    return_ticket last_way_;
    return_ticket new_life_;

    mutable mutex mutex_;
    std::string server_run_ LATCHKEY_GUARDED_BY(mutex_);
    mutex door_;
    bool closed_ LATCHKEY_GUARDED_BY(door_) = false;
    std::atomic<std::size_t> under_way_{0};
    std::atomic<std::uint64_t> commands_{0}, failures_{0}, connections_{0};
    std::atomic<bool> up_{false};
    std::thread thread_;
};

redis_client::redis_client(redis_client_options options, logger& log)
    : connection_(std::make_unique<connection>(std::move(options), log)) {
}

redis_client::~redis_client() = default;

task<result<redis_reply>> redis_client::ask(std::string command, milliseconds within) {
    return connection_->ask(std::move(command), within);
}

task<result<redis_reply>> redis_client::run(const redis_script& script, std::vector<std::string> arguments) {
    const std::vector<std::string_view> views(arguments.begin(), arguments.end());
    std::string short_form = script.by_digest(views);
    auto reply = co_await connection_->ask(std::move(short_form), milliseconds{0});
    if (reply && reply->is_error("NOSCRIPT")) {
        std::string whole = script.in_full(views);
        reply = co_await connection_->ask(std::move(whole), milliseconds{0});
    }
    co_return reply;
}

std::string redis_client::server_run() const {
    return connection_->server_run();
}

redis_client_stats redis_client::stats() const noexcept {
    return connection_->stats();
}

asio::io_context& redis_client::context() noexcept {
    return connection_->context();
}

void redis_client::stop() noexcept {
    connection_->stop();
}

}  // namespace latchkey
