#include "tickcast/model/quote.hpp"

#include <cstddef>
#include <utility>

namespace tickcast {
namespace {

template <class T>
void replace_if_given(std::optional<T>& value, std::optional<T> const& update) noexcept {
    if (update) value = update;
}

/// One statement per member, not a loop: each knows its member when it is compiled.
template <std::size_t... index>
void merge_members(Quote& quote, TickUpdate const& update, std::index_sequence<index...>) noexcept {
    (replace_if_given(quote.*kQuoteMembers[index].of_quote, update.*kQuoteMembers[index].of_update),
     ...);
}

}  // namespace

void Quote::merge(TickUpdate const& update) noexcept {
    merge_members(*this, update, std::make_index_sequence<kQuoteMembers.size()>{});
    replace_if_given(source_time_us, update.source_time_us);
}

}  // namespace tickcast
