#include "tickcast/model/json_integer.hpp"

#include "model/json_number.hpp"

namespace tickcast {

Result<std::int64_t, IntegerError> parse_json_integer(std::string_view text) noexcept {
    JsonNumber number;
    if (!JsonNumberScanner{text}.scan(number)) return IntegerError::syntax;
    auto const magnitude = number.scaled(0);
    if (!magnitude) {
        return magnitude.error() == Inexact::fractional ? IntegerError::fractional
                                                        : IntegerError::out_of_range;
    }
    auto const value = static_cast<std::int64_t>(*magnitude);
    return number.negative ? -value : value;
}

}  // namespace tickcast
