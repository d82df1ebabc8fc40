// One large body of POST /v1/ticks on its way through the control thread, in slices: read to its
// end, its new tickers claimed by name and given places all at once, then made known, then its
// ticks applied. Up to the places nobody can see anything of it, and nobody else is refused for it;
// from there on nothing can refuse it.
// Owner: the PushQueue's coroutine for it, on the control thread; the body outlives it. Bound:
// about 11 times the body, where the ticks are as short as can be.
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

/// Of all bodies of a table one at a time claims tickers: two with the same new ones would both
/// count them. Owner: the PushQueue; outlives the jobs.
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
    /// Ticks that are looked up or applied between two looks at the clock.
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

    /// Works until that time, and for a step at least, unless it waits for another that claims;
    /// true when all is done.
    bool work(SteadyTime until);
    /// No more time than that: goes on to the end where nothing can refuse it any more. Where that
    /// takes longer, the result is this error with what was applied, else this error alone.
    void cut_short(Error error, SteadyTime until);
    /// Which to let end first when not all can: one that was seen, then one that has less to do.
    std::pair<bool, std::size_t> rank() const noexcept;
    /// When all is done: the number of ticks, or the error to answer with.
    Result<std::size_t> const& result() const noexcept { return result_; }

private:
    enum class Phase : std::uint8_t {
        reading,
        looking_up,  ///< which tickers are known
        waiting,     ///< for the gate
        claiming,    ///< the others, each once
        naming,      ///< makes these known
        applying,
        clearing,  ///< gives back what it holds
        done,
    };
    using Chunk = std::vector<PushTick>;

    void step();
    void read();
    void look_up();
    void begin_claiming();
    void claim();
    void place();
    void name();
    void apply();
    void clear();
    void refuse(Error error);
    void abandon() noexcept;
    void keep_chunk();
    /// Whether none before it in the body has this ticker.
    bool is_first_of_its_ticker(std::uint32_t at);
    PushTick& tick(std::size_t at) noexcept { return chunks_[at / kStepTicks][at % kStepTicks]; }

    Tools const tools_;
    PushReader reader_;
    Phase phase_{Phase::reading};
    std::vector<Chunk> chunks_{};  ///< all but the last of kStepTicks; empty once applied
    std::size_t count_{0};         ///< ticks in all of them
    std::size_t at_{0};            ///< the next of the phase: a tick, a held ticker, a chunk
    std::size_t unknown_{0};       ///< ticks whose ticker is not known
    std::vector<std::uint32_t>
        seen_{};                    ///< open addressing: ticks that were first of a ticker, + 1
    std::vector<TickerId> held_{};  ///< their tickers
    std::vector<TickUpdate> batch_{};
    Result<std::size_t> result_{std::size_t{0}};
};

}  // namespace tickcast
