// Helpers that build metric families. Values, used on the control thread while a scrape is
// answered.
#pragma once

#include "tickcast/metrics/counters.hpp"

#include <prometheus/metric_family.h>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace tickcast {

using Labels = std::initializer_list<std::pair<char const*, std::string_view>>;

/// The sum of several histograms with the same edges.
class HistogramSum {
public:
    void add(LatencyHistogram const& histogram) noexcept;
    prometheus::ClientMetric::Histogram in_seconds() const;

private:
    std::array<std::uint64_t, LatencyHistogram::kBuckets> buckets_{};
    std::uint64_t sum_ns_{0};
};

/// A family that samples are added to; `help` gives the unit.
class FamilyBuilder {
public:
    FamilyBuilder(prometheus::MetricType type, std::string name, std::string help)
        : family_{.name = std::move(name), .help = std::move(help), .type = type, .metric = {}} {}

    FamilyBuilder& sample(Labels labels, double value);
    FamilyBuilder& sample(Labels labels, std::uint64_t value) {
        return sample(labels, static_cast<double>(value));
    }
    FamilyBuilder& sample(Labels labels, std::int64_t value) {
        return sample(labels, static_cast<double>(value));
    }
    FamilyBuilder& sample(Labels labels, HistogramSum const& histogram);

    prometheus::MetricFamily take() { return std::move(family_); }

private:
    prometheus::ClientMetric& add_metric(Labels labels);

    prometheus::MetricFamily family_;
};

inline FamilyBuilder counter(std::string name, std::string help) {
    return {prometheus::MetricType::Counter, std::move(name), std::move(help)};
}
inline FamilyBuilder gauge(std::string name, std::string help) {
    return {prometheus::MetricType::Gauge, std::move(name), std::move(help)};
}
inline FamilyBuilder histogram(std::string name, std::string help) {
    return {prometheus::MetricType::Histogram, std::move(name), std::move(help)};
}

}  // namespace tickcast
