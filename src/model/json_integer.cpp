#include "tickcast/model/json_integer.hpp"

#include "model/json_number.hpp"

namespace tickcast {

Result<std::int64_t, IntegerError> parse_integer(std::string_view text) noexcept {
    auto const value = scaled_number(text, 0);
    if (value) return *value;
    return value.error() == NumberFault::range ? IntegerError::out_of_range
                                               : IntegerError::not_integer;
}

std::optional<std::int64_t> exact_integer(std::string_view text) noexcept {
    auto const value = parse_integer(text);
    if (!value) return std::nullopt;
    return *value;
}

}  // namespace tickcast
