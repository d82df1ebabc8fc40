// The JSON of all known tickers, sorted by name (`GET /v1/tickers`), made in steps and kept:
// listing and sorting 100,000 tickers in one go would hold up a shard. Owner: the public API of a
// shard, on its thread; the table outlives the listing. Bound: about 110 bytes per known ticker.
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

    /// Whether the text lists all of the first `known_count` known tickers.
    bool covers(std::size_t known_count) const noexcept {
        return !text_.empty() && listed_ >= known_count;
    }
    /// Works on by some tickers: about half a millisecond, however many there are.
    void step();
    std::string const& text() const noexcept { return text_; }

private:
    static constexpr std::size_t kNewAtOnce = 2048;
    static constexpr std::size_t kWrittenAtOnce = 8192;

    void merge(std::vector<Ticker> fresh);
    void write();

    TickerTable const& table_;
    std::vector<Ticker> sorted_{};  ///< all known tickers, without some new ones
    std::string next_{};            ///< the text under construction; empty: none is
    std::size_t written_{0};        ///< how many of `sorted_` are in `next_`
    std::string text_{};
    std::size_t listed_{0};  ///< how many are in the finished text
};

}  // namespace tickcast
