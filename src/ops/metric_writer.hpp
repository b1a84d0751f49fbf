// A list of metric families in the making: what the metrics of each part are written with.
//
// Counters end in _total, units are base units and part of the name, every family has its help text. Values of labels
// come from the program, never from a client, so that their number is bounded.
#pragma once

#include <latchkey/stats.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <prometheus/metric_family.h>

namespace latchkey {

class metric_writer {
public:
    using labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    // Begins a family; what follows belongs to it.
    metric_writer& counter(std::string_view name, std::string_view help);
    metric_writer& gauge(std::string_view name, std::string_view help);
    metric_writer& histogram(std::string_view name, std::string_view help);

    metric_writer& add(double value, labels with = {});
    metric_writer& add(std::uint64_t value, labels with = {}) { return add(static_cast<double>(value), with); }
    metric_writer& add(const distribution& values, labels with = {});

    std::vector<prometheus::MetricFamily> take() && { return std::move(families_); }

private:
    metric_writer& begin(std::string_view name, std::string_view help, prometheus::MetricType type);
    prometheus::ClientMetric& sample(labels with);

    std::vector<prometheus::MetricFamily> families_;
};

}  // namespace latchkey
