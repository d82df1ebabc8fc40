// The push feed: ticks that clients send by POST /v1/ticks. Owner: app/Feeds; control thread. A
// small body is taken in at once, a larger one in slices. Bounds: a body has --push-body-max bytes
// at most; PushQueue bounds the bodies in progress; new tickers must fit into the table.
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
    /// A body up to this size (160 usual ticks, 500 of the shortest) needs less time than a slice.
    static constexpr std::size_t kSmallBody = 8192;
    /// How long shutdown waits for bodies that are being applied. Four bodies of the shortest ticks
    /// usually need less; a slow processor must not delay the exit of the process.
    static constexpr Duration kStopTime = std::chrono::seconds{1};

    PushFeed(FeedKind kind, FeedContext const& context);
    ~PushFeed() override;
    /// For the feed registry. The request has no maker: the process has one push feed, whether or
    /// not a setting names it.
    static Result<FeedMaker, std::string> parse(FeedText const& text);

    void start() override { stopped_ = false; }
    /// Bodies that are being applied are applied to their end, within kStopTime; all other bodies
    /// in progress are refused with `draining`.
    void stop() noexcept override;
    bool up() const noexcept override { return true; }

    /// Parses a body and applies it: all of it, or nothing. Returns the number of ticks taken in,
    /// or the error to answer with: one of parse_push_body's; `too_many_tickers` with `limit`;
    /// `draining` once stopped. A refusal is counted.
    Result<std::size_t> push(std::string_view body, PushFormat format);

    /// The same in slices, for bodies of any size. The caller keeps the body until this completes,
    /// whether or not the client still waits. Ticks of other bodies and feeds may come between its
    /// own.
    Awaitable<Result<std::size_t>> push_in_slices(std::string_view body, PushFormat format);

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
