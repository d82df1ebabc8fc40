#include "tickcast/model/quote.hpp"

namespace tickcast {
namespace {

template <class T>
void take_over(std::optional<T>& value, std::optional<T> const& update) noexcept {
    if (update) value = update;
}

}  // namespace

void Quote::merge(TickUpdate const& update) noexcept {
    take_over(last, update.last);
    take_over(last_size, update.last_size);
    take_over(bid, update.bid);
    take_over(bid_size, update.bid_size);
    take_over(ask, update.ask);
    take_over(ask_size, update.ask_size);
    take_over(source_time_us, update.source_time_us);
}

}  // namespace tickcast
