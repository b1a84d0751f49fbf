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
    writer_sink(line_writer writer, log_format format) : writer_(std::move(writer)), format_(format) {}

    void log(const spdlog::details::log_msg& message) override {
        if (!writer_.write({message.payload.data(), message.payload.size()})) {
            lost_.fetch_add(1, std::memory_order_relaxed);
            return;
        }
        const std::uint64_t lost = all_lost();
        if (lost != told_ && writer_.write(notice(lost)))
            told_ = lost;
    }
    void flush() override {}
    void set_pattern(const std::string&) override {}
    void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

    // Once, before the first line: who else counts lost lines. `ask` may be called from every thread.
    void ask_for_lost_lines(std::function<std::uint64_t()> ask) { lost_before_sink_ = std::move(ask); }
    std::uint64_t all_lost() const { return lost_before_sink_() + lost_.load(std::memory_order_relaxed); }
    void hurry() noexcept { writer_.hurry(patience); }

private:
    std::string notice(std::uint64_t lost) const {
        return render_log_line(format_, std::chrono::system_clock::now(), log_level::warn, "log_lines_lost",
                               {{"since_start", static_cast<std::int64_t>(lost)}});
    }

    line_writer writer_;
    const log_format format_;
    std::atomic<std::uint64_t> lost_{0};
    std::function<std::uint64_t()> lost_before_sink_;
    std::uint64_t told_ = 0;  // on the log thread only
};

class async_log final : public logger {
public:
    explicit async_log(const log_options& options)
        : threshold_(parse_log_level(options.level)),
          format_(options.format == "text" ? log_format::text : log_format::json),
          sink_(std::make_shared<writer_sink>(
              options.file.empty() ? line_writer::standard_output(patience) : line_writer::file(options.file, patience),
              format_)),
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
    return std::make_unique<async_log>(options);
}

}  // namespace latchkey
