// A histogram of microseconds in buckets of about 3 %, like an HDR histogram: it gives quantiles
// without keeping every value. 9 KiB; one thread at a time.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace tickcast::client {

class LatencyHistogram {
public:
    void add(std::uint64_t us) noexcept {
        ++counts_[index(us)];
        ++total_;
        sum_ += us;
        max_ = std::max(max_, us);
    }
    std::uint64_t count() const noexcept { return total_; }
    /// The largest value, exact to the microsecond.
    std::uint64_t max() const noexcept { return max_; }
    double mean() const noexcept {
        return total_ == 0 ? 0.0 : static_cast<double>(sum_) / static_cast<double>(total_);
    }
    void clear() noexcept { *this = {}; }

    void merge(LatencyHistogram const& other) noexcept {
        for (std::size_t i = 0; i < counts_.size(); ++i)
            counts_[i] += other.counts_[i];
        total_ += other.total_;
        sum_ += other.sum_;
        max_ = std::max(max_, other.max_);
    }

    /// The upper edge, in microseconds, of the bucket that holds the quantile `q` (0 to 1); never
    /// more than the largest value.
    double quantile(double q) const noexcept {
        if (total_ == 0) return 0.0;
        auto const wanted = static_cast<std::uint64_t>(q * static_cast<double>(total_));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            seen += counts_[i];
            if (seen > wanted) return std::min(upper(i), static_cast<double>(max_));
        }
        return static_cast<double>(max_);
    }

    /// Calls visit(upper edge in microseconds, count) for every bucket that is not empty.
    template <typename Visit>
    void for_each_bucket(Visit&& visit) const {
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            if (counts_[i] > 0) visit(upper(i), counts_[i]);
        }
    }

private:
    static constexpr unsigned kBits = 5;
    static constexpr std::uint64_t kStep = 1U << kBits;
    static constexpr std::uint64_t kLinear = 2 * kStep;
    static constexpr unsigned kShifts = 34;

    static std::size_t index(std::uint64_t us) noexcept {
        if (us < kLinear) return us;
        auto shift = static_cast<unsigned>(std::bit_width(us)) - (kBits + 1);
        if (shift >= kShifts) return kLinear + kShifts * kStep - 1;
        return kLinear + (shift - 1) * kStep + ((us >> shift) & (kStep - 1));
    }
    static double upper(std::size_t i) noexcept {
        if (i < kLinear) return static_cast<double>(i);
        std::size_t const shift = (i - kLinear) / kStep + 1;
        std::uint64_t const mantissa = kStep + (i - kLinear) % kStep + 1;
        return static_cast<double>(mantissa << shift);
    }

    std::array<std::uint64_t, kLinear + kShifts * kStep> counts_{};
    std::uint64_t total_{0};
    std::uint64_t sum_{0};
    std::uint64_t max_{0};
};

}  // namespace tickcast::client
