#include "metric_writer.hpp"

#include <limits>

namespace latchkey {

using prometheus::MetricType;

metric_writer& metric_writer::counter(std::string_view name, std::string_view help) {
    return begin(name, help, MetricType::Counter);
}

metric_writer& metric_writer::gauge(std::string_view name, std::string_view help) {
    return begin(name, help, MetricType::Gauge);
}

metric_writer& metric_writer::histogram(std::string_view name, std::string_view help) {
    return begin(name, help, MetricType::Histogram);
}

metric_writer& metric_writer::begin(std::string_view name, std::string_view help, MetricType type) {
    auto& family = families_.emplace_back();
    family.name = name;
    family.help = help;
    family.type = type;
    return *this;
}

prometheus::ClientMetric& metric_writer::sample(labels with) {
    auto& one = families_.back().metric.emplace_back();
    for (const auto& [name, value] : with)
        one.label.push_back({std::string(name), std::string(value)});
    return one;
}

metric_writer& metric_writer::add(double value, labels with) {
    auto& one = sample(with);
    (families_.back().type == MetricType::Counter ? one.counter.value : one.gauge.value) = value;
    return *this;
}

metric_writer& metric_writer::add(const distribution& values, labels with) {
    auto& to = sample(with).histogram;
    for (std::size_t i = 0; i < values.counts.size(); ++i) {
        to.sample_count += values.counts[i];
        const bool last = i == values.bounds.size();
        to.bucket.push_back({to.sample_count, last ? std::numeric_limits<double>::infinity() : values.bounds[i]});
    }
    to.sample_sum = values.sum;
    return *this;
}

}  // namespace latchkey
