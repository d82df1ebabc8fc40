// Ticks that clients push in by POST /v1/ticks. Control thread; owned by the Application.
// A small body is taken in at once, larger ones in slices. Bounds: a body is --push-body-max at
// most; for those of them that are under way see PushQueue. New tickers must find room in the
// table.
#pragma once

#include "tickcast/base/result.hpp"
#include "tickcast/base/thread_checker.hpp"
#include "tickcast/feed/feed.hpp"
#include "tickcast/feed/push/push_format.hpp"
#include "tickcast/protocol/error.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace tickcast {

class PushQueue;
struct FeedText;
struct PushTick;

class PushFeed final : public Feed {
public:
    /// A body up to this size (160 usual ticks, 500 of the shortest) takes less than a slice.
    static constexpr std::size_t kSmallBody = 8192;
    /// What bodies that are being applied get at the end. All of four of the shortest ticks usually
    /// need less; a slow processor must not put off the end of the process.
    static constexpr Duration kStopTime = std::chrono::seconds{1};

    PushFeed(FeedKind kind, FeedContext const& context);
    ~PushFeed() override;
    /// For the feed registry. Gives no maker: there is one such feed, whether or not it is asked
    /// for.
    static Result<FeedMaker, std::string> parse(FeedText const& text);

    void start() override { stopped_ = false; }
    /// Of the bodies under way those that are being applied are applied to their end, as far as
    /// kStopTime goes; the others are refused with `draining`.
    void stop() noexcept override;
    bool up() const noexcept override { return true; }

    /// Parses a body and applies it: all of it, or nothing. Gives the number of ticks taken in, or
    /// the error to answer with (one of parse_push_body's; `too_many_tickers` with `limit`; once
    /// stopped, `draining`), having counted the refusal.
    Result<std::size_t> push(std::string_view body, PushFormat format);

    /// The same in slices, for bodies of any size. The body stays until it is done, which is the
    /// case whether or not the client still waits. Ticks of others may come between its own.
    Awaitable<Result<std::size_t>> push_in_slices(std::string_view body, PushFormat format);

    /// Bodies that are not done.
    std::size_t under_way() const noexcept;

private:
    Result<std::size_t> apply(std::span<PushTick const> ticks);
    bool make_room(std::span<PushTick const> ticks);
    void refused(ErrorCode code) noexcept;

    TickerTable& table_;
    TickSink& sink_;
    std::unique_ptr<PushQueue> const queue_;
    bool stopped_{false};
    ThreadChecker thread_;
};

}  // namespace tickcast
