#include "families.hpp"

#include <cstddef>
#include <limits>

namespace tickcast {
namespace {

constexpr double kNsPerSecond = 1e9;

}  // namespace

void HistogramSum::add(LatencyHistogram const& histogram) noexcept {
    for (std::size_t i = 0; i < buckets_.size(); ++i)
        buckets_[i] += histogram.bucket(i);
    sum_ns_ += histogram.sum_ns();
}

prometheus::ClientMetric::Histogram HistogramSum::in_seconds() const {
    prometheus::ClientMetric::Histogram out;
    out.bucket.reserve(buckets_.size());
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
        count += buckets_[i];
        // Divided, not multiplied: 100 us must be written as exactly 0.0001.
        double const edge = i < kLatencyEdgesNs.size()
                                ? static_cast<double>(kLatencyEdgesNs[i]) / kNsPerSecond
                                : std::numeric_limits<double>::infinity();
        out.bucket.push_back({.cumulative_count = count, .upper_bound = edge});
    }
    // Summed from the same reads as the buckets, so that count and +Inf agree while shards go on
    // counting.
    out.sample_count = count;
    out.sample_sum = static_cast<double>(sum_ns_) / kNsPerSecond;
    return out;
}

FamilyBuilder& FamilyBuilder::sample(Labels labels, double value) {
    auto& metric = add_metric(labels);
    if (family_.type == prometheus::MetricType::Counter) {
        metric.counter.value = value;
    } else {
        metric.gauge.value = value;
    }
    return *this;
}

FamilyBuilder& FamilyBuilder::sample(Labels labels, HistogramSum const& histogram) {
    add_metric(labels).histogram = histogram.in_seconds();
    return *this;
}

prometheus::ClientMetric& FamilyBuilder::add_metric(Labels labels) {
    auto& metric = family_.metric.emplace_back();
    for (auto const& [label, value] : labels) {
        metric.label.push_back({.name = label, .value = std::string{value}});
    }
    return metric;
}

}  // namespace tickcast
