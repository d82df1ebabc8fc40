#include "tickcast/model/decimal.hpp"

#include "model/digits.hpp"
#include "model/json_number.hpp"

namespace tickcast {
namespace {

constexpr int kDecimals = 8;

}  // namespace

Result<Decimal, DecimalError> Decimal::parse(std::string_view text) noexcept {
    auto const raw = scaled_number(text, kDecimals);
    if (raw && *raw != std::numeric_limits<std::int64_t>::min()) return Decimal{*raw};
    return !raw && raw.error() == NumberFault::syntax ? DecimalError::syntax
                                                      : DecimalError::out_of_range;
}

char* Decimal::write(char* out) const noexcept {
    static_assert(kScale == kEightDigits);
    return write_decimal(raw_, out);
}

}  // namespace tickcast
