// One thread's share of the users: makes them come, behave and go as the plan says.
// Owned by run(); all of it belongs to its thread but the seconds it publishes (a mutex) and the
// stop flag. Ends by itself: every wait of every client has a deadline, and the whole has one.
// worker.cpp has the plan's side (who comes and goes), worker_steps.cpp the server's.
#pragma once

#include "client/swarm.hpp"
#include "generator/own_cost.hpp"
#include "generator/plan.hpp"
#include "generator/tally.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <queue>
#include <string>
#include <vector>

namespace tickcast::load {

/// One second of one worker. Counts are since the start, but for the histograms.
struct WorkerSecond {
    std::size_t index{0};
    std::size_t open{0};  ///< sockets
    std::size_t streaming{0};
    std::uint64_t begun{0};
    std::uint64_t failed{0};
    std::uint64_t unexpected{0};
    std::uint64_t ticks{0};
    std::uint64_t jumped{0};
    std::uint64_t bytes{0};
    client::LatencyHistogram quote;
    client::LatencyHistogram snapshot;
    CostSample cost;
};

struct WorkerShare {
    std::size_t number{0};
    std::size_t of{1};
};

class Worker {
public:
    using Clock = std::chrono::steady_clock;

    Worker(Settings const& settings, client::Endpoint const& server,
           std::vector<client::TickerSetPtr> sets, WorkerShare share,
           std::atomic<bool> const& stop);

    /// The whole run, from `start` on.
    void run(Clock::time_point start);

    /// From any thread: the seconds since the last call.
    std::vector<WorkerSecond> take_seconds();
    /// Once run() has returned.
    Tally const& tally() const noexcept { return tally_; }

private:
    enum class Action : std::uint8_t { arrive, depart, come_back, retry, deadline, drop };
    struct Event {
        double at;
        std::uint32_t place;
        std::uint32_t visit;
        Action action;
        bool operator<(Event const& other) const noexcept { return at > other.at; }
    };
    /// A user: present, away for a while, or gone.
    struct Place {
        client::SwarmClient* client{nullptr};
        std::uint32_t visit{0};    ///< tells events and clients of now from those of before
        std::uint32_t stay{0};     ///< comings by plan, for its dice
        unsigned attempt{0};       ///< since the last snapshot
        double came{0};            ///< when the plan wanted it, this time
        double due{0};             ///< and what its latencies count from: new tries keep it
        double departs_at{0};      ///< 0: stays to the end
        double patience_ends{0};   ///< for the client's snapshot, or its FIN after a close
        std::string session_id{};  ///< to come back to
        std::string epoch{};       ///< of that session
        bool departs_when_streaming{false};
        bool timed_out{false};
        bool dropped{false};
        bool silent{false};
        std::uint64_t texts{0};
        double heard_at{0};
    };
    /// A client that is no user's any more, but not yet gone.
    struct Leaver {
        client::SwarmClient* client;
        bool waits_for_snapshot;  ///< and says goodbye then
    };

    std::size_t user(std::uint32_t place) const noexcept {
        return place * share_.of + share_.number;
    }
    std::size_t share_of(std::size_t all) const noexcept {
        return (all - share_.number + share_.of - 1) / share_.of;
    }
    double seconds_at(Clock::time_point at) const noexcept {
        return std::chrono::duration<double>(at - start_).count();
    }
    std::uint64_t us_since(double due, Clock::time_point at) const noexcept;
    void push(Action action, std::uint32_t place, double at);
    bool finished() const noexcept;
    void turn();
    void handle(Event const& event);
    void arrive(std::uint32_t index, double due);
    void come(std::uint32_t index, double due);
    void begin(std::uint32_t index);
    void depart(std::uint32_t index, double due);
    void abort(Place& place, std::uint64_t& counted);
    void drop(std::uint32_t index);
    void drop_now();
    void cut_all();
    client::SwarmClient* let_go(Place& place) noexcept;
    void leave(std::uint32_t index);
    void goodbye(client::SwarmClient& client);
    void on_deadline(std::uint32_t index);
    void reset_late_leavers(double now);
    void look_for_absent();

    /// Whose client it was, in which visit, and what its latencies count from.
    struct Origin {
        std::uint32_t place;
        std::uint32_t visit;
        double due;
        bool comes_back;  ///< to a session that it has streamed
    };
    void on_step(Origin const& origin, client::SwarmClient& client, client::Step step);
    void on_created(Origin const& origin, client::SwarmClient const& client);
    void on_snapshot(Origin const& origin, client::SwarmClient& client);
    void on_leaver_ended(client::SwarmClient const& client);
    void on_failure(std::uint32_t index, client::SwarmClient const& client);
    void count_failure(client::SwarmClient const& client, bool timed_out);
    void count_late(client::SwarmClient const& client);
    void look_for_silence();
    void close_second();

    Settings const& settings_;
    Plan plan_;
    WorkerShare share_;
    std::vector<client::TickerSetPtr> sets_;
    std::atomic<bool> const& stop_;
    Clock::time_point start_;
    double now_{0};
    std::vector<Place> places_;
    std::priority_queue<Event> events_;
    std::multimap<double, Leaver> leavers_;  ///< by deadline
    std::size_t dropped_{0};
    bool dropping_now_{false};
    bool looked_for_absent_{false};
    bool cut_{false};
    std::size_t open_{0};
    std::size_t streaming_{0};
    std::uint64_t failed_{0};
    std::uint64_t unexpected_{0};
    std::size_t next_second_{0};
    WorkerSecond second_;
    Tally tally_;
    client::Swarm swarm_;

    std::mutex mutex_;
    std::vector<WorkerSecond> published_;
};

}  // namespace tickcast::load
