#include "tickcast/model/ticker_listing.hpp"

#include "tickcast/model/ticker_table.hpp"

#include <algorithm>
#include <utility>

namespace tickcast {

void TickerListing::step() {
    // Tickers that become known while a text is written belong to the next text.
    if (next_.empty()) {
        auto fresh = table_.known_since(sorted_.size(), kNewAtOnce);
        if (!fresh.empty()) return merge(std::move(fresh));
        next_ = "{\"tickers\":[";
        written_ = 0;
    }
    write();
}

void TickerListing::merge(std::vector<Ticker> fresh) {
    std::sort(fresh.begin(), fresh.end());
    auto const before = static_cast<std::ptrdiff_t>(sorted_.size());
    sorted_.insert(sorted_.end(), fresh.begin(), fresh.end());
    if (sorted_.empty()) return;
    std::vector<Ticker> merged(sorted_.size(), sorted_.front());
    std::merge(sorted_.begin(), sorted_.begin() + before, sorted_.begin() + before, sorted_.end(),
               merged.begin());
    sorted_.swap(merged);
}

/// No character of a ticker needs escaping in JSON.
void TickerListing::write() {
    auto const end = std::min(written_ + kWrittenAtOnce, sorted_.size());
    for (; written_ < end; ++written_)
        next_.append(written_ == 0 ? "\"" : ",\"").append(sorted_[written_].view()) += '"';
    if (written_ < sorted_.size()) return;
    next_ += "]}";
    text_ = std::exchange(next_, {});
    listed_ = sorted_.size();
}

}  // namespace tickcast
