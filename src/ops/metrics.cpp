#include "make_metrics.hpp"
#include "metric_families.hpp"

#include <chrono>
#include <utility>
#include <vector>

#include <prometheus/collectable.h>
#include <prometheus/text_serializer.h>

namespace latchkey {
namespace {

constexpr std::string_view compiler =
#ifdef __clang__
    "clang " __clang_version__;
#else
    "gcc " __VERSION__;
#endif

double unix_seconds(std::chrono::system_clock::time_point at) noexcept {
    return std::chrono::duration<double>(at.time_since_epoch()).count();
}

class collected_metrics final : public metrics, public prometheus::Collectable {
public:
    explicit collected_metrics(metric_sources sources) : sources_(std::move(sources)) {}

    std::string expose() const override { return prometheus::TextSerializer().Serialize(Collect()); }
    std::string_view content_type() const noexcept override { return "text/plain; version=0.0.4; charset=utf-8"; }

    std::vector<prometheus::MetricFamily> Collect() const override {
        metric_writer to;
        write_program(to);
        if (sources_.http)
            write_http(to, sources_.http());
        if (sources_.events)
            write_events(to, *sources_.events);
        if (sources_.sessions)
            write_sessions(to, sources_.sessions());
        write_queues(to, sources_.hashing ? std::optional(sources_.hashing()) : std::nullopt,
                     sources_.database ? std::optional(sources_.database()) : std::nullopt);
        if (sources_.throttle)
            write_throttle(to, sources_.throttle());
        if (sources_.redis)
            write_redis(to, sources_.redis());
        if (sources_.tokens)
            write_tokens(to, sources_.tokens());
        write_process(to, unix_seconds(started_));
        return std::move(to).take();
    }

private:
    void write_program(metric_writer& to) const {
        to.gauge("latchkey_build_info", "Always 1; version and compiler are in the labels.")
            .add(1.0, {{"version", sources_.version}, {"compiler", compiler}});
        const std::chrono::duration<double> up = std::chrono::steady_clock::now() - began_;
        to.gauge("latchkey_uptime_seconds", "Since the server started.").add(up.count());
        to.gauge("latchkey_wall_clock_seconds", "The wall clock of the server's machine, as Unix time.")
            .add(unix_seconds(std::chrono::system_clock::now()));
        if (sources_.log)
            to.counter("latchkey_log_lines_dropped_total", "Log lines lost because the sink was full, slow or closed.")
                .add(sources_.log->dropped());
    }

    const metric_sources sources_;
    const std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
    const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace

std::unique_ptr<metrics> make_metrics(metric_sources sources) {
    return std::make_unique<collected_metrics>(std::move(sources));
}

}  // namespace latchkey
