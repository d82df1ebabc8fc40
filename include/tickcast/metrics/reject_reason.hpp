// Why a row or line of a feed was rejected (tickcast_ticks_rejected_total). Pure; any thread.
#pragma once

#include "tickcast/protocol/table.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tickcast {

enum class RejectReason : std::uint8_t { syntax, ticker, range, limit };

struct RejectReasonRow {
    RejectReason value;
    std::string_view name;  ///< the label `reason`, and in the log
};
inline constexpr std::array kRejectReasonTable{
    RejectReasonRow{RejectReason::syntax, "syntax"},
    RejectReasonRow{RejectReason::ticker, "ticker"},
    RejectReasonRow{RejectReason::range, "range"},
    RejectReasonRow{RejectReason::limit, "limit"},
};
static_assert(covers_up_to(kRejectReasonTable, RejectReason::limit));
inline constexpr std::size_t kRejectReasons = kRejectReasonTable.size();

constexpr std::string_view name(RejectReason reason) noexcept {
    return kRejectReasonTable[index_of(reason)].name;
}

}  // namespace tickcast
