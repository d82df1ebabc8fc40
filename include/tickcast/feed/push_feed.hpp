// Ticks that clients push in by POST /v1/ticks. Control thread; owned by the Application.
// Bounds: a body is --push-body-max at most; new tickers must find room in the table.
#pragma once

#include "tickcast/base/result.hpp"
#include "tickcast/base/thread_checker.hpp"
#include "tickcast/feed/feed.hpp"
#include "tickcast/feed/push_parser.hpp"
#include "tickcast/hub/tick_sink.hpp"
#include "tickcast/model/ticker_table.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace tickcast {

class PushFeed final : public Feed {
public:
    PushFeed(TickerTable& table, TickSink& sink) noexcept : table_(table), sink_(sink) {}

    FeedKind kind() const noexcept override { return FeedKind::push; }
    void start() override { stopped_ = false; }
    void stop() noexcept override { stopped_ = true; }
    bool up() const noexcept override { return true; }
    bool waiting() const noexcept override { return false; }

    /// Parses a body and applies it: all of it, or nothing. Gives the number of ticks taken in, or
    /// the error to answer with, having counted the refusal.
    Result<std::size_t> push(std::string_view body, PushFormat format);

    /// Publishes the ticks as one batch and makes their tickers known. Nothing is applied with
    /// `too_many_tickers` (with `limit`; counted here) or, once stopped, `draining`.
    Result<std::size_t> apply(std::span<PushTick const> ticks);

    /// Counts a body that was refused with this code (one of parse_push_body's, or
    /// too_many_tickers).
    void refused(ErrorCode code) noexcept;

private:
    bool make_room(std::span<PushTick const> ticks);

    TickerTable& table_;
    TickSink& sink_;
    bool stopped_{false};
    ThreadChecker thread_;
};

}  // namespace tickcast
