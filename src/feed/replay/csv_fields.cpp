#include "feed/replay/csv_fields.hpp"

#include "tickcast/base/text.hpp"

#include <cstddef>

namespace tickcast {

std::optional<std::string_view> CsvFields::next() noexcept {
    if (ended_) return std::nullopt;
    rest_ = without_leading_blanks(rest_);
    if (rest_.starts_with('"')) return quoted();
    auto const comma = rest_.find(',');
    auto const field = rest_.substr(0, comma);
    ended_ = comma == std::string_view::npos;
    if (!ended_) rest_.remove_prefix(comma + 1);
    return trimmed(field);
}

std::optional<std::string_view> CsvFields::quoted() noexcept {
    std::size_t close = rest_.find('"', 1);
    while (close != std::string_view::npos && rest_.substr(close + 1).starts_with('"')) {
        close = rest_.find('"', close + 2);
    }
    if (close == std::string_view::npos) return fail(Fault::open_quote);
    auto const field = rest_.substr(1, close - 1);
    rest_ = without_leading_blanks(rest_.substr(close + 1));
    ended_ = rest_.empty();
    if (!ended_ && rest_.front() != ',') return fail(Fault::after_quote);
    if (!ended_) rest_.remove_prefix(1);
    return trimmed(field);
}

std::optional<std::string_view> CsvFields::fail(Fault fault) noexcept {
    fault_ = fault;
    ended_ = true;
    return std::nullopt;
}

}  // namespace tickcast
