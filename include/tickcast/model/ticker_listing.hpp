// The JSON of all known tickers, sorted by name (`GET /v1/tickers`), made in steps and kept: to
// list and sort 100,000 of them in one go would hold up a shard. One thread; outlived by the table.
// Bound: about 110 bytes per known ticker.
#pragma once

#include "tickcast/model/ticker.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace tickcast {

class TickerTable;

class TickerListing {
public:
    explicit TickerListing(TickerTable const& table) : table_(table) {}

    /// Whether the text has the tickers that were known when `known_count` was this.
    bool covers(std::size_t known_count) const noexcept {
        return !text_.empty() && listed_ >= known_count;
    }
    /// Goes on by some tickers: about half a millisecond, whatever their number is.
    void step();
    std::string const& text() const noexcept { return text_; }

private:
    static constexpr std::size_t kNewAtOnce = 2048;
    static constexpr std::size_t kWrittenAtOnce = 8192;

    void merge(std::vector<Ticker> fresh);
    void write();

    TickerTable const& table_;
    std::vector<Ticker> sorted_{};  ///< all that were known, but for some new ones
    std::string next_{};            ///< the text under way; empty: none is
    std::size_t written_{0};        ///< of `sorted_`, into it
    std::string text_{};
    std::size_t listed_{0};  ///< in the text
};

}  // namespace tickcast
