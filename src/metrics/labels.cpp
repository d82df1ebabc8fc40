#include "tickcast/metrics/labels.hpp"

#include <array>

namespace tickcast {
namespace {

constexpr std::array<std::string_view, kRejectReasons> kReasonNames{"syntax", "ticker", "range",
                                                                    "limit"};
static_assert(static_cast<std::size_t>(RejectReason::limit) + 1 == kRejectReasons);

}  // namespace

std::string_view name(RejectReason reason) noexcept {
    return kReasonNames[static_cast<std::size_t>(reason)];
}

}  // namespace tickcast
