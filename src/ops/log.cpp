#include "log.hpp"

#include "line_writer.hpp"
#include "log_line.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/sink.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <string>
#include <utility>

#include <pthread.h>

namespace latchkey {
namespace {

constexpr std::size_t queue_lines = 2048;  // times max_log_line: 16 MiB at the very worst
constexpr milliseconds patience{1'000};    // with a sink that takes nothing, before lines are dropped at once
constexpr std::chrono::seconds confide_interval{10};

// On the log thread. Signals are for the threads that wait for them; with SIGPIPE blocked a closed pipe is an error
// code.
void prepare_thread() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    pthread_setname_np(pthread_self(), "latchkey-log");
}

// spdlog's end of the line_writer. Lines come rendered, so patterns and formatters have no meaning here.
class writer_sink final : public spdlog::sinks::sink {
public:
    // `confidant` is told of losses as they happen, for a sink whose own file nobody watches; null: nobody.
    writer_sink(line_writer writer, log_format format, logger* confidant)
        : writer_(std::move(writer)), format_(format), confidant_(confidant) {}

    void log(const spdlog::details::log_msg& message) override {
        reopen_if_wanted();
        if (!writer_.write({message.payload.data(), message.payload.size()})) {
            lost_.fetch_add(1, std::memory_order_relaxed);
            confide();
            return;
        }
        const std::uint64_t lost = all_lost();
        if (lost != told_ && writer_.write(notice(lost)))
            told_ = lost;
    }
    void flush() override { reopen_if_wanted(); }
    void set_pattern(const std::string&) override {}
    void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

    // Once, before the first line: who else counts lost lines. `ask` may be called from every thread.
    void ask_for_lost_lines(std::function<std::uint64_t()> ask) { lost_before_sink_ = std::move(ask); }
    std::uint64_t all_lost() const { return lost_before_sink_() + lost_.load(std::memory_order_relaxed); }
    void hurry() noexcept { writer_.hurry(patience); }
    // Before the next line, or at the next flush(). From any thread.
    void want_reopened() noexcept { reopen_wanted_.store(true, std::memory_order_release); }

private:
    std::string notice(std::uint64_t lost) const {
        return render_log_line(format_, std::chrono::system_clock::now(), log_level::warn, "log_lines_lost",
                               {{"since_start", static_cast<std::int64_t>(lost)}});
    }

    void reopen_if_wanted() {
        if (!reopen_wanted_.exchange(false, std::memory_order_acquire))
            return;
        const auto error = writer_.reopen();
        if (!error)
            return;
        const std::string reason = error.message();
        const std::initializer_list<log_field> fields{{"file", writer_.path()}, {"reason", std::string_view(reason)}};
        if (confidant_)
            confidant_->write(log_level::error, "reopen_failed", fields);
        else
            writer_.write(
                render_log_line(format_, std::chrono::system_clock::now(), log_level::error, "reopen_failed", fields));
    }

    // Now and then: a full disk must not flood the log beside it.
    void confide() noexcept {
        const auto now = std::chrono::steady_clock::now();
        if (!confidant_ || now < confide_after_)
            return;
        confide_after_ = now + confide_interval;
        confidant_->write(log_level::error, "audit_events_lost",
                          {{"file", writer_.path()}, {"since_start", static_cast<std::int64_t>(all_lost())}});
    }

    line_writer writer_;
    const log_format format_;
    logger* const confidant_;
    std::chrono::steady_clock::time_point confide_after_{};  // on the log thread only
    std::atomic<bool> reopen_wanted_{false};
    std::atomic<std::uint64_t> lost_{0};
    std::function<std::uint64_t()> lost_before_sink_;
    std::uint64_t told_ = 0;  // on the log thread only
};

class async_log final : public logger {
public:
    async_log(line_writer writer, log_level threshold, log_format format, logger* confidant)
        : threshold_(threshold),
          format_(format),
          sink_(std::make_shared<writer_sink>(std::move(writer), format, confidant)),
          pool_(std::make_shared<spdlog::details::thread_pool>(queue_lines, 1, prepare_thread)),
          queue_(std::make_shared<spdlog::async_logger>("latchkey", sink_, pool_,
                                                        spdlog::async_overflow_policy::overrun_oldest)) {
        sink_->ask_for_lost_lines([this, pool = pool_.get()] {  // pool_ itself is null while the pool ends
            return pool->overrun_counter() + refused_.load(std::memory_order_relaxed);
        });
        queue_->set_level(spdlog::level::trace);
        queue_->set_error_handler([this](const std::string&) { refused_.fetch_add(1, std::memory_order_relaxed); });
    }

    ~async_log() override {
        sink_->hurry();
        pool_.reset();  // writes what is queued and joins
    }

    void write(log_level level, std::string_view event, std::initializer_list<log_field> fields) noexcept override {
        if (level < threshold_.load(std::memory_order_relaxed))
            return;
        try {
            const auto line = render_log_line(format_, std::chrono::system_clock::now(), level, event, fields);
            queue_->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
        } catch (...) {  // no memory: this line is lost, the caller is not
            refused_.fetch_add(1, std::memory_order_relaxed);
        }
    }

    void set_level(log_level level) noexcept override { threshold_.store(level, std::memory_order_relaxed); }

    // On the log thread, so that no line is under way and a slow file system holds up nobody else. flush() wakes it: a
    // log without news must let go of the old file too.
    void reopen() noexcept override try {
        sink_->want_reopened();
        queue_->flush();
    } catch (...) {  // no memory to wake it: then with the next line
    }

    std::uint64_t dropped() const noexcept override { return sink_->all_lost(); }

private:
    std::atomic<log_level> threshold_;
    const log_format format_;
    std::atomic<std::uint64_t> refused_{0};
    std::shared_ptr<writer_sink> sink_;
    std::shared_ptr<spdlog::details::thread_pool> pool_;
    std::shared_ptr<spdlog::async_logger> queue_;
};

}  // namespace

log_level parse_log_level(std::string_view name) noexcept {
    if (name == "debug")
        return log_level::debug;
    if (name == "warn")
        return log_level::warn;
    return name == "error" ? log_level::error : log_level::info;
}

std::unique_ptr<logger> make_logger(const log_options& options) {
    return std::make_unique<async_log>(
        options.file.empty() ? line_writer::standard_output(patience) : line_writer::file(options.file, patience),
        parse_log_level(options.level), options.format == "text" ? log_format::text : log_format::json, nullptr);
}

std::unique_ptr<logger> make_audit_logger(const audit_options& options, logger& log) {
    return std::make_unique<async_log>(line_writer::file(options.file, patience, "audit.file"), log_level::audit,
                                       log_format::json, &log);
}

}  // namespace latchkey
