#include "compose.hpp"

#include "argon2_hasher.hpp"
#include "audit_log.hpp"
#include "http_server.hpp"
#include "io_threads.hpp"
#include "log.hpp"
#include "make_authenticator.hpp"
#include "make_session_authority.hpp"
#include "memory_session_store.hpp"
#include "sql_user_store.hpp"
#include "store_readiness.hpp"
#include "tokens.hpp"
#include "worker_pool.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <systemd/sd-daemon.h>

#include <chrono>
#include <csignal>

#include <unistd.h>

namespace latchkey {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

worker_pool_options hashing_pool(const password_options& options) {
    worker_pool_options pool;
    pool.name = "latchkey-hash";
    pool.threads = options.workers != 0 ? options.workers : usable_cores();
    pool.queue = options.queue;
    pool.priority = options.priority == "normal" ? thread_priority::normal
                    : options.priority == "idle" ? thread_priority::idle
                                                 : thread_priority::low;
    return pool;
}

worker_pool_options database_pool(const database_options& options) {
    return {"latchkey-sql", options.pool_size, 1024, thread_priority::normal};
}

std::unique_ptr<user_store> open_users(const config& options, const clock& time, logger& log) {
    try {
        return make_sql_user_store(options.database, time, log);
    } catch (const std::exception& e) {
        throw store_error(e.what());
    }
}

// Members stand in the order of construction. http comes last and goes first, after the pools were stopped.
class server final : public application {
public:
    explicit server(const config& options)
        : options_(options),
          log_(make_logger(options.log)),
          audit_(make_audit_sink(*log_)),
          time_(make_system_clock()),
          database_(database_pool(options.database)),
          hashing_(hashing_pool(options.password)),
          users_(open_users(options, *time_, *log_)),
          hasher_(make_password_hasher(hashing_, {options.password.memory, options.password.iterations})),
          sessions_(make_memory_session_store(options.session, *time_)),
          authority_(make_session_authority(*sessions_)),
          authenticator_(make_authenticator(
              {*users_, database_, *hasher_, *authority_, *audit_, *log_, options.identity.remote_user == "email"})),
          readiness_(make_store_readiness(*users_, database_)),
          http_(options, {*authority_, *authenticator_, *readiness_, *audit_, *log_, *time_}),
          signals_(control_, SIGTERM, SIGINT, SIGHUP) {}

    ~server() override { stop(); }

    void run() override {
        http_.start();
        announce();
        asio::co_spawn(control_, sweep_sessions(), asio::detached);
        asio::co_spawn(control_, serve_until_signalled(), asio::detached);
        control_.run();
        stop();
    }

private:
    using timer =
        asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, executor>;

    void announce() {
        for (const auto& address : options_.server.listen)
            log_->write(log_level::info, "listening", {{"address", address}});
        if (options_.session.store == "memory")
            log_->write(log_level::warn, "sessions_in_memory",
                        {{"meaning", "a restart signs everybody out: session.store is \"memory\""}});
        if (::geteuid() == 0)
            log_->write(log_level::warn, "running_as_root", {{"meaning", "an unprivileged account is enough"}});
        sd_notify(0, "READY=1");
    }

    task<void> serve_until_signalled() {
        error_code error;
        co_await signals_.async_wait(asio::redirect_error(use_task, error));
        log_->write(log_level::info, "draining", {});
        sd_notify(0, "STOPPING=1");
        auto give_up = [this](error_code failed, int) {
            if (!failed)
                control_.stop();
        };
        signals_.async_wait(give_up);
        const std::size_t left = co_await http_.drain();
        log_->write(log_level::info, "stopped", {{"connections_left", static_cast<std::int64_t>(left)}});
        control_.stop();
    }

    // One shard a second: every session is looked at about once a minute. Dead ones were dead at lookup before.
    task<void> sweep_sessions() {
        timer wait(control_);
        for (;;) {
            wait.expires_after(std::chrono::seconds(1));
            error_code error;
            co_await wait.async_wait(asio::redirect_error(use_task, error));
            sessions_->sweep();
        }
    }

    // Requests first, then the pools that would come back to them.
    void stop() noexcept {
        http_.stop();
        hashing_.stop();
        database_.stop();
    }

    const config& options_;
    std::unique_ptr<logger> log_;
    std::unique_ptr<audit_sink> audit_;
    std::unique_ptr<clock> time_;
    worker_pool database_;
    worker_pool hashing_;
    std::unique_ptr<user_store> users_;
    std::unique_ptr<password_hasher> hasher_;
    std::unique_ptr<session_store> sessions_;
    std::unique_ptr<session_authority> authority_;
    std::unique_ptr<authenticator> authenticator_;
    std::unique_ptr<readiness> readiness_;
    http::http_server http_;
    asio::io_context control_{1};
    asio::basic_signal_set<executor> signals_;
};

}  // namespace

std::unique_ptr<application> compose(const config& options) {
    std::signal(SIGPIPE, SIG_IGN);  // a client that leaves is no event
    init_crypto();
    return std::make_unique<server>(options);
}

}  // namespace latchkey
