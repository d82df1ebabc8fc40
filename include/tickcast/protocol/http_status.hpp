// The HTTP statuses of our answers (label `code` of tickcast_http_requests_total). Pure; any
// thread.
#pragma once

#include "tickcast/protocol/error.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace tickcast {

/// The statuses that are no error of the error table.
inline constexpr std::array kOtherStatuses{101U, 200U, 201U, 202U, 204U, 304U, 308U, 412U};

namespace http_status_detail {

using All = std::array<unsigned, kOtherStatuses.size() + kErrorTable.size()>;

/// In order; a status that several errors share stands there several times.
consteval All sorted() {
    All all{};
    auto* const errors = std::copy(kOtherStatuses.begin(), kOtherStatuses.end(), all.begin());
    std::transform(kErrorTable.begin(), kErrorTable.end(), errors,
                   [](ErrorRow const& row) { return row.status; });
    std::sort(all.begin(), all.end());
    return all;
}

consteval std::size_t count() {
    auto all = sorted();
    return static_cast<std::size_t>(std::unique(all.begin(), all.end()) - all.begin());
}

consteval std::array<unsigned, count()> distinct() {
    auto const all = sorted();
    std::array<unsigned, count()> statuses{};
    std::unique_copy(all.begin(), all.end(), statuses.begin());
    return statuses;
}

}  // namespace http_status_detail

/// All of them, each once, in order.
inline constexpr auto kHttpStatuses = http_status_detail::distinct();

}  // namespace tickcast
