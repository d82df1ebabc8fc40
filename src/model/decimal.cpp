#include "tickcast/model/decimal.hpp"

#include "model/json_number.hpp"

namespace tickcast {
namespace {

constexpr int kDecimals = 8;

}  // namespace

Result<Decimal, DecimalError> Decimal::parse(std::string_view text) noexcept {
    JsonNumber number;
    if (!JsonNumberScanner{text}.scan(number)) return DecimalError::syntax;
    auto const magnitude = number.scaled(kDecimals);
    if (!magnitude) return DecimalError::out_of_range;
    auto const raw = static_cast<std::int64_t>(*magnitude);
    return Decimal{number.negative ? -raw : raw};
}

}  // namespace tickcast
