// The closed sets that the labels of feeds come from; those of clients are in protocol/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tickcast {

/// Why a row or line of a feed was not taken (tickcast_ticks_rejected_total).
enum class RejectReason : std::uint8_t { syntax, ticker, range, limit };
inline constexpr std::size_t kRejectReasons = 4;
std::string_view name(RejectReason reason) noexcept;

}  // namespace tickcast
