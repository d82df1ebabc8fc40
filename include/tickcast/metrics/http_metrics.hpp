// What one thread's HTTP connections of a listener count, by route. Written by that thread alone,
// read by scrapes at any time. Bound: some 1.5 kB per route.
#pragma once

#include "tickcast/metrics/counters.hpp"
#include "tickcast/protocol/http_status.hpp"
#include "tickcast/protocol/method.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace tickcast {

class HttpMetrics {
public:
    /// The label of each route, of static storage.
    explicit HttpMetrics(std::span<std::string_view const> routes)
        : routes_(routes), counts_(std::make_unique<OfRoute[]>(routes.size())) {}

    /// `route`: where its label stands among those given.
    void answered(std::size_t route, Method method, unsigned status,
                  std::int64_t duration_ns) noexcept {
        counts_[route].requests[index_of(method)][status_index(status)].add();
        counts_[route].duration.observe(duration_ns);
    }
    std::span<std::string_view const> routes() const noexcept { return routes_; }
    std::uint64_t requests(std::size_t route, Method method, std::size_t status) const noexcept {
        return counts_[route].requests[index_of(method)][status].value();
    }
    LatencyHistogram const& duration(std::size_t route) const noexcept {
        return counts_[route].duration;
    }

private:
    struct OfRoute {
        std::array<std::array<Counter, kHttpStatuses.size()>, kMethods> requests{};
        LatencyHistogram duration{};
    };

    /// A status outside the table would be a bug, and counts as 500.
    static std::size_t status_index(unsigned status) noexcept {
        auto const& all = kHttpStatuses;
        auto const* found = std::find(all.begin(), all.end(), status);
        if (found == all.end()) found = std::find(all.begin(), all.end(), 500U);
        return static_cast<std::size_t>(found - all.begin());
    }

    std::span<std::string_view const> const routes_;
    std::unique_ptr<OfRoute[]> const counts_;
};

}  // namespace tickcast
