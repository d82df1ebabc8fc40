// Microseconds in buckets of about 3 %: quantiles without keeping every value.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace tickcast::test {

class LatencyHistogram {
public:
    void add(std::uint64_t us) noexcept {
        ++counts_[index(us)];
        ++total_;
    }
    std::uint64_t count() const noexcept { return total_; }
    void clear() noexcept { *this = {}; }

    /// The upper edge of the bucket that holds the quantile `q` (0 to 1), in microseconds.
    double quantile(double q) const noexcept {
        auto const wanted = static_cast<std::uint64_t>(q * static_cast<double>(total_));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            seen += counts_[i];
            if (seen > wanted) return upper(i);
        }
        return total_ == 0 ? 0.0 : upper(counts_.size() - 1);
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
};

}  // namespace tickcast::test
