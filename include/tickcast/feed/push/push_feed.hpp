// Ticks that clients push in by POST /v1/ticks. Control thread; owned by the Application.
// A small body is taken in at once. Larger ones share one turn of the loop, a slice of one of them
// each time, so that however many there are, nothing else waits for more than a slice of theirs.
// Bounds: a body is --push-body-max at most, and kAtOnce of them are worked on (each may need about
// 11 times its body); the others wait as the text they are, on the admin listener's connections,
// which are as many as the descriptors allow. New tickers must find room in the table.
#pragma once

#include "feed/loop_turn.hpp"
#include "feed/push/push_parser.hpp"
#include "tickcast/base/result.hpp"
#include "tickcast/base/thread_checker.hpp"
#include "tickcast/feed/feed.hpp"
#include "tickcast/feed/tick_sink.hpp"
#include "tickcast/model/ticker_table.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast {

class PushGate;
struct FeedText;

class PushFeed final : public Feed {
public:
    /// A body up to this size (160 usual ticks, 500 of the shortest) takes less than a slice.
    static constexpr std::size_t kSmallBody = 8192;
    static constexpr Duration kSliceTime = std::chrono::milliseconds{1};
    static constexpr std::size_t kAtOnce = 4;
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
    std::size_t under_way() const noexcept { return bodies_.size(); }

private:
    class Body;

    Result<std::size_t> apply(std::span<PushTick const> ticks);
    bool make_room(std::span<PushTick const> ticks);
    void refused(ErrorCode code) noexcept;
    void turn();

    TickerTable& table_;
    TickSink& sink_;
    asio::io_context& io_;
    Clock const& clock_;
    std::unique_ptr<PushGate> const gate_;
    LoopTurn turn_;
    std::vector<Body*> bodies_;  ///< first come, first worked on
    std::size_t next_{0};        ///< whose slice it is
    bool stopped_{false};
    ThreadChecker thread_;
};

}  // namespace tickcast
