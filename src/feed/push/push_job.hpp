// One large body of POST /v1/ticks, processed in slices. The job reads the body to its end, claims
// its new tickers, places all of them in the table at once, makes them known, and then applies the
// ticks. Before the tickers are placed, the body has no visible effect and no other request is
// refused because of it; afterwards nothing can refuse the body. Owner: the PushQueue's coroutine
// for the body, on the control thread; the body outlives the job. Bound: about 11 times the body,
// if its ticks are as short as possible.
#pragma once

#include "feed/push/push_reader.hpp"
#include "tickcast/base/clock.hpp"
#include "tickcast/feed/tick_sink.hpp"
#include "tickcast/model/ticker_table.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace tickcast {

inline Error no_room_for_tickers(TickerTable const& table) {
    return {.code = ErrorCode::too_many_tickers,
            .detail = "there is no room for the body's new tickers",
            .limit = table.max_size()};
}

class PushJob;

/// Lets one body at a time claim tickers of a table: two bodies with the same new tickers would
/// both count them. Owner: the PushQueue; outlives the jobs.
class PushGate {
public:
    bool enter(PushJob const& job) noexcept {
        if (inside_ == nullptr) inside_ = &job;
        return inside_ == &job;
    }
    void leave(PushJob const& job) noexcept {
        if (inside_ == &job) inside_ = nullptr;
    }

private:
    PushJob const* inside_{nullptr};
};

class PushJob {
public:
    /// How many ticks are looked up or applied between two looks at the clock.
    static constexpr std::size_t kStepTicks = 128;

    struct Tools {
        FeedKind kind;
        TickerTable& table;
        TickSink& sink;
        Clock const& clock;
        PushGate& gate;
    };

    PushJob(std::string_view body, PushFormat format, Tools tools)
        : tools_(tools), reader_(body, format) {}
    ~PushJob();
    PushJob(PushJob const&) = delete;
    PushJob& operator=(PushJob const&) = delete;

    /// Works until that time, at least for one step, unless it waits for the gate. True when the
    /// job is done.
    bool work(SteadyTime until);
    /// Ends the job by `until`. A job that nothing can refuse any more applies the rest of its
    /// ticks; if that takes longer, the result is `error` with the number of applied ticks. Any
    /// other job ends with `error` alone.
    void cut_short(Error error, SteadyTime until);
    /// The order in which jobs are ended when the time is not enough for all: first those that have
    /// applied ticks, then those with less work left.
    std::pair<bool, std::size_t> rank() const noexcept;
    /// Once done: the number of ticks, or the error to answer with.
    Result<std::size_t> const& result() const noexcept { return result_; }

private:
    enum class Phase : std::uint8_t {
        reading,
        looking_up,  ///< finds the known tickers
        waiting,     ///< for the gate
        claiming,    ///< claims the unknown tickers, each once
        naming,      ///< makes the claimed tickers known
        applying,
        clearing,  ///< frees chunks and holds
        done,
    };
    using Chunk = std::vector<PushTick>;

    void step();
    void read();
    void look_up();
    void begin_claiming();
    void claim();
    void add_claimed();
    void name();
    void apply();
    void clear();
    void refuse(Error error);
    void abandon() noexcept;
    void keep_chunk();
    /// Whether no earlier tick of the body has the same ticker.
    bool is_first_of_its_ticker(std::uint32_t at);
    PushTick& tick(std::size_t at) noexcept { return chunks_[at / kStepTicks][at % kStepTicks]; }

    Tools const tools_;
    PushReader reader_;
    Phase phase_{Phase::reading};
    std::vector<Chunk> chunks_{};  ///< of kStepTicks, the last of up to that; empty once applied
    std::size_t count_{0};         ///< ticks in all chunks
    std::size_t at_{0};            ///< the phase's next item: a tick, a held ticker, or a chunk
    std::size_t unknown_{0};       ///< ticks whose ticker is not known
    std::vector<std::uint32_t> seen_{};  ///< open addressing: index + 1 of each ticker's first tick
    std::vector<TickerId> held_{};       ///< the tickers of those ticks
    std::vector<TickUpdate> batch_{};
    Result<std::size_t> result_{std::size_t{0}};
};

}  // namespace tickcast
