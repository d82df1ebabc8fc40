#include "tickcast/model/quote.hpp"

#include <cstddef>
#include <utility>

namespace tickcast {
namespace {

template <class T>
void take_over(std::optional<T>& value, std::optional<T> const& update) noexcept {
    if (update) value = update;
}

/// One statement per member, not a loop: each knows its member when it is compiled.
template <std::size_t... index>
void take_over_all(Quote& quote, TickUpdate const& update, std::index_sequence<index...>) noexcept {
    (take_over(quote.*kQuoteMembers[index].of_quote, update.*kQuoteMembers[index].of_update), ...);
}

}  // namespace

void Quote::merge(TickUpdate const& update) noexcept {
    take_over_all(*this, update, std::make_index_sequence<kQuoteMembers.size()>{});
    take_over(source_time_us, update.source_time_us);
}

}  // namespace tickcast
