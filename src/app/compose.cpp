#include "compose.hpp"

#include "argon2_hasher.hpp"
#include "audit_log.hpp"
#include "database.hpp"
#include "database_access.hpp"
#include "database_lock.hpp"
#include "device_token.hpp"
#include "http_server.hpp"
#include "installation_secret.hpp"
#include "io_threads.hpp"
#include "live_reload.hpp"
#include "lock_keeper.hpp"
#include "log.hpp"
#include "make_access_policy.hpp"
#include "make_administrator.hpp"
#include "make_authenticator.hpp"
#include "make_metrics.hpp"
#include "make_redis_throttle.hpp"
#include "make_session_authority.hpp"
#include "make_throttle.hpp"
#include "redis_session_store.hpp"
#include "redis_setup.hpp"
#include "secret_file.hpp"
#include "server_pools.hpp"
#include "sql_session_journal.hpp"
#include "sql_throttle_store.hpp"
#include "sql_user_store.hpp"
#include "steady_timer.hpp"
#include "store_readiness.hpp"
#include "table_session_store.hpp"
#include "throttle_keeper.hpp"
#include "time_line.hpp"
#include "token_key_reload.hpp"
#include "token_mode.hpp"
#include "tokens.hpp"
#include "worker_pool.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <systemd/sd-daemon.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <new>
#include <system_error>

#include <unistd.h>

namespace latchkey {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr milliseconds lock_patience{5'000};

// What only the database can refuse ends the program with its own exit code.
template <class Open>
auto from_database(Open open) -> decltype(open()) {
    try {
        return open();
    } catch (const std::exception& e) {
        throw store_error(e.what());
    }
}

// What is wrong with a file that the configuration names ends the program as a wrong configuration does.
std::unique_ptr<logger> open_sink(const std::function<std::unique_ptr<logger>()>& open) {
    try {
        return open();
    } catch (const std::system_error& e) {
        throw configuration_error(e.what());
    }
}

secret read_admin_token(const config& options) {
    if (options.server.admin_token_file.empty())
        return {};
    auto token = read_secret_file(options.server.admin_token_file);
    if (!token)
        throw configuration_error("server.admin_token_file: " + options.server.admin_token_file + ' ' +
                                  token.error().reason);
    return *std::move(token);
}

// Members stand in the order of construction. http comes last and goes first, after everything was stopped that could
// come back to its threads.
class server final : public application {
public:
    server(loaded_config loaded, environment variables)
        : options_(loaded.values),
          log_(open_sink([&] { return make_logger(options_.log); })),
          audit_log_(options_.audit.file.empty() ? nullptr
                                                 : open_sink([&] { return make_audit_logger(options_.audit, *log_); })),
          audit_(make_audit_sink(audit_log_ ? *audit_log_ : *log_)),
          counted_audit_(*audit_),
          time_(make_system_clock()),
          database_access_(access_to(options_.database)),
          lock_(from_database([&] { return lock_for_server(database_access_, lock_patience, sharing()); })),
          sql_(from_database([&] { return open_database(database_access_); })),
          database_(database_pool(options_.database)),
          lock_keeper_(lock_, database_, *log_, [this] { give_way(); }),
          hashing_(hashing_pool(options_.password)),
          users_(from_database([&] { return make_sql_user_store(sql_, *time_, *log_); })),
          hasher_(make_password_hasher(hashing_, {options_.password.memory, options_.password.iterations})),
          installation_(from_database([&] { return load_installation_secret(*sql_); })),
          token_mode_(options_.tokens.enabled ? std::make_unique<token_mode>(options_, installation_, *time_)
                                              : nullptr),
          sessions_(from_database([&] { return open_sessions(); })),
          authority_(make_session_authority(*sessions_, token_mode_ ? &token_mode_->refreshes() : nullptr)),
          throttle_store_(make_sql_throttle_store(sql_, *log_)),
          throttle_table_(shared_ ? nullptr : make_throttle(options_.throttle, installation_, *time_)),
          throttle_(open_throttle()),
          devices_(installation_, options_.throttle.device_memory, *time_),
          keeper_(throttle_table_
                      ? std::make_unique<throttle_keeper>(*throttle_table_, *throttle_store_, database_, *log_)
                      : nullptr),
          authenticator_(make_authenticator({*users_, database_, *hasher_, *throttle_, devices_, *authority_,
                                             counted_audit_, *log_, email_shown(), options_.password.min_length})),
          administrator_(make_administrator({*users_, database_, *hasher_, *sessions_, *throttle_, counted_audit_,
                                             email_shown(), options_.password.min_length})),
          tokens_(token_mode_ ? token_mode_->make_authority(*sessions_, *authenticator_, counted_audit_, *log_)
                              : nullptr),
          readiness_(make_store_readiness(*users_, database_, *sessions_)),
          reloader_(make_live_reloader(std::move(loaded), reload_parts(std::move(variables)))),
          metrics_(make_metrics(metric_parts())),
          http_(options_, make_access_policy(options_.access),
                {*authority_, *authenticator_, *administrator_, *reloader_, *readiness_, counted_audit_, *log_, *time_,
                 metrics_.get(), token_mode_ ? &token_mode_->revoked() : nullptr, tokens_.get(),
                 token_mode_ ? token_mode_->introspection_callers() : nullptr},
                read_admin_token(options_)),
          signals_(control_, SIGTERM, SIGINT, SIGHUP) {}

    ~server() override {
        stop();
        // A reload that an io thread asked for last must not outlive that thread's context.
        control_.restart();
        control_.poll();
    }

    void run() override {
        if (keeper_ && !keeper_->load())
            throw store_error("the database does not give what is held against guessers (table throttle)");
        http_.start();
        announce();
        asio::co_spawn(control_, sweep_sessions(), asio::detached);
        if (keeper_)
            asio::co_spawn(control_, keeper_->keep_saving(), asio::detached);
        asio::co_spawn(control_, lock_keeper_.watch(), asio::detached);
        for (const database_warning& one : warnings_of(*sql_))
            log_->write(log_level::warn, one.code, {{"meaning", one.text}});
        asio::co_spawn(control_, serve_until_signalled(), asio::detached);
        control_.run();
        stop();
        if (superseded_) {
            record("server_stopped", false, "database_taken_over");
            throw store_error("another latchkey works on the database now, which this one had lost");
        }
        record("server_stopped", drained_, drained_ ? "" : "second_signal");
    }

private:
    bool email_shown() const noexcept { return options_.identity.remote_user == "email"; }

    // Whoever has sessions in memory has the database alone; those that share them share it, too.
    server_sharing sharing() const noexcept {
        return options_.session.store == "redis" ? server_sharing::with_servers : server_sharing::alone;
    }

    std::unique_ptr<session_store> open_sessions() {
        revocation_log* const revoked = token_mode_ ? &token_mode_->revoked() : nullptr;
        if (options_.session.store == "memory")
            return make_memory_session_store(options_.session, *time_, revoked);
        if (options_.session.store == "redis") {
            redis_session_store_options how{options_.session, options_.redis,
                                            make_redis_client_options(options_.redis, "latchkey"), email_shown()};
            auto shared = make_redis_session_store(std::move(how), *time_, *log_, revoked);
            shared_ = shared.get();
            return shared;
        }
        auto taken_over = [this] { asio::post(control_, [this] { give_way(); }); };
        auto journal = make_sql_session_journal(sql_, options_.session, *time_, current_time_line(*time_),
                                                email_shown(), *log_, std::move(taken_over));
        return make_journaled_session_store(options_.session, *time_, std::move(journal), *log_, revoked);
    }

    // Servers that share sessions share what is held against guessers.
    std::unique_ptr<throttle> open_throttle() {
        if (throttle_table_)
            return make_table_face(*throttle_table_);
        return make_redis_throttle(shared_->commands(), options_.redis.prefix, options_.throttle, installation_, *time_,
                                   *log_);
    }

    live_reload_parts reload_parts(environment variables) {
        auto apply = [this](const config& fresh) {
            http_.apply(fresh, make_access_policy(fresh.access));
            sessions_->configure(fresh.session);
            throttle_->configure(fresh.throttle);
            log_->set_level(parse_log_level(fresh.log.level));
        };
        live_reload_parts parts{control_.get_executor(), std::move(variables), *log_, std::move(apply)};
        if (token_mode_)
            parts.read_files = make_token_key_reader(options_.tokens, token_mode_->keys(),
                                                     [this](auto keys) { tokens_->use(std::move(keys)); });
        return parts;
    }

    // Asked for while http_ serves, so it's there.
    metric_sources metric_parts() {
        metric_sources parts;
        parts.version = LATCHKEY_VERSION;
        parts.http = [this] { return http_.stats(); };
        parts.sessions = [this] { return sessions_->stats(); };
        parts.hashing = [this] { return stats_of(hashing_, hashing_pool(options_.password)); };
        parts.database = [this] { return stats_of(database_, database_pool(options_.database)); };
        parts.throttle = [this] { return throttle_->stats(); };
        if (tokens_)
            parts.tokens = [this] { return tokens_->stats(); };
        if (shared_)
            parts.redis = [this] { return shared_->redis(); };
        parts.events = &counted_audit_;
        parts.log = log_.get();
        return parts;
    }

    void announce() {
        for (const auto& address : options_.server.listen)
            log_->write(log_level::info, "listening", {{"address", address}});
        if (const std::string admin = options_.admin_address(); !admin.empty())
            log_->write(log_level::info, "listening", {{"address", admin}, {"for", "administrators"}});
        if (options_.session.store == "memory")
            log_->write(log_level::warn, "sessions_in_memory",
                        {{"meaning", "a restart signs everybody out: session.store is \"memory\""}});
        if (::geteuid() == 0)
            log_->write(log_level::warn, "running_as_root", {{"meaning", "an unprivileged account is enough"}});
        record("server_started", true, "");
        sd_notify(0, "READY=1");
    }

    task<void> serve_until_signalled() {
        for (;;) {
            error_code error;
            const int signal = co_await signals_.async_wait(asio::redirect_error(use_task, error));
            if (error || signal != SIGHUP)
                break;
            reopen_files();  // whatever the configuration says by now
            co_await reload();
        }
        log_->write(log_level::info, "draining", {});
        sd_notify(0, "STOPPING=1");
        end_at_next_signal();
        const std::size_t left = co_await http_.drain();
        log_->write(log_level::info, "stopped", {{"connections_left", static_cast<std::int64_t>(left)}});
        drained_ = true;
        control_.stop();
    }

    // What the server itself does, and nobody's request.
    void record(std::string_view type, bool success, std::string_view reason) noexcept {
        audit_event event;
        event.type = type;
        event.success = success;
        event.reason = reason;
        counted_audit_.record(event);
    }

    // Somebody may have renamed them (rotation).
    void reopen_files() noexcept {
        log_->reopen();
        if (audit_log_)
            audit_log_->reopen();
    }

    task<void> reload() {
        try {
            const reload_report report = co_await reloader_->reload();
            const bool refused = !report.faults.empty();
            record("configuration_reload", !refused, refused ? "faults" : "signal");
        } catch (const std::exception& e) {
            log_->write(log_level::error, "reload_failed", {{"what", e.what()}});
        }
    }

    void end_at_next_signal() {
        signals_.async_wait([this](error_code failed, int signal) {
            if (failed)
                return;
            if (signal != SIGHUP)
                return control_.stop();
            reopen_files();
            end_at_next_signal();
        });
    }

    // One shard a second: every session is looked at about once a minute. Dead ones were dead at lookup before. Where
    // there are many of them, checks on the same core have their turn in between.
    task<void> sweep_sessions() {
        steady_timer wait(control_);
        bool has_more = false;
        for (;;) {
            try {
                wait.expires_after(std::chrono::milliseconds(has_more ? 20 : 1'000));
                error_code error;
                co_await wait.async_wait(asio::redirect_error(use_task, error));
            } catch (const std::bad_alloc&) {  // what is swept gives some back; and this must not be the last time
            }
            has_more = sessions_->sweep();
        }
    }

    void give_way() {
        superseded_ = true;
        log_->write(log_level::error, "database_taken_over",
                    {{"meaning", "another latchkey works on the database now; this one ends"}});
        control_.stop();
    }

    // Requests first, then everything that would come back to them.
    void stop() noexcept {
        http_.stop();
        hashing_.stop();
        database_.stop();
        if (keeper_)
            keeper_->save_last();
        sessions_->stop();
    }

    const config options_;  // as at the start: the reloader knows what is in force now
    std::unique_ptr<logger> log_;
    std::unique_ptr<logger> audit_log_;  // null: audit events go with the log
    std::unique_ptr<audit_sink> audit_;
    counting_audit counted_audit_;
    std::unique_ptr<clock> time_;
    const database_options database_access_;
    database_lock lock_;
    std::shared_ptr<sql_database> sql_;
    worker_pool database_;
    lock_keeper lock_keeper_;
    worker_pool hashing_;
    std::unique_ptr<user_store> users_;
    std::unique_ptr<password_hasher> hasher_;
    secret installation_;
    std::unique_ptr<token_mode> token_mode_;  // null: off
    redis_session_store* shared_ = nullptr;   // sessions_, where they are in Redis
    std::unique_ptr<session_store> sessions_;
    std::unique_ptr<session_authority> authority_;
    std::unique_ptr<throttle_store> throttle_store_;
    std::unique_ptr<persistent_throttle> throttle_table_;  // null: what it would hold is in Redis
    std::unique_ptr<throttle> throttle_;
    device_tokens devices_;
    std::unique_ptr<throttle_keeper> keeper_;  // of throttle_table_
    std::unique_ptr<authenticator> authenticator_;
    std::unique_ptr<administrator> administrator_;
    std::unique_ptr<token_authority> tokens_;  // null: off
    std::unique_ptr<readiness> readiness_;
    asio::io_context control_{1};
    std::unique_ptr<reloader> reloader_;
    std::unique_ptr<metrics> metrics_;
    http::http_server http_;
    asio::basic_signal_set<executor> signals_;
    bool drained_ = false;
    bool superseded_ = false;  // another server has the database
};

}  // namespace

std::unique_ptr<application> compose(loaded_config loaded, environment variables) {
    std::signal(SIGPIPE, SIG_IGN);  // a client that leaves is no event
    init_crypto();
    return std::make_unique<server>(std::move(loaded), std::move(variables));
}

}  // namespace latchkey
