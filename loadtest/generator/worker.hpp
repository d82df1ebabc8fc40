// One thread's share of the users: makes them come, behave and go as planned. Owner: run();
// everything belongs to the worker's thread, except the published seconds (a mutex) and the stop
// flag. It ends by itself: every wait of every client has a deadline, and so has the whole run.
// worker.cpp handles the plan's events (users that come and go), worker_steps.cpp the server's.
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

/// One second of one worker. Counts are since the start, except in the histograms.
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

    /// Runs the worker, from `start` until all its users are gone.
    void run(Clock::time_point start);

    /// Any thread: the seconds published since the last call.
    std::vector<WorkerSecond> take_seconds();
    /// The counts, once run() has returned.
    Tally const& tally() const noexcept { return tally_; }

private:
    enum class Action : std::uint8_t { arrive, depart, come_back, retry, deadline, drop };
    struct Event {
        double at;
        std::uint32_t user;
        std::uint32_t visit;
        Action action;
        bool operator<(Event const& other) const noexcept { return at > other.at; }
    };
    /// A user: present, away for a while, or gone.
    struct User {
        client::SwarmClient* client{nullptr};
        std::uint32_t visit{0};    ///< marks events and clients of earlier visits as outdated
        std::uint32_t stay{0};     ///< planned visits so far, for the plan's random numbers
        unsigned attempt{0};       ///< since the last snapshot
        double came{0};            ///< when this visit was planned
        double due{0};             ///< latencies are measured from here; new attempts keep it
        double departs_at{0};      ///< 0: stays until the end of the run
        double patience_ends{0};   ///< deadline of the snapshot, or of the FIN after a close
        std::string session_id{};  ///< the session to come back to
        std::string epoch{};       ///< of that session
        bool departs_when_streaming{false};
        bool timed_out{false};
        bool dropped{false};
        bool silent{false};
        std::uint64_t texts{0};
        double heard_at{0};
    };
    /// A client that belongs to no user any more, but has not ended yet.
    struct Leaver {
        client::SwarmClient* client;
        bool waits_for_snapshot;  ///< and then sends its close frame
    };

    std::size_t plan_index(std::uint32_t user) const noexcept {
        return user * share_.of + share_.number;
    }
    std::size_t share_of(std::size_t all) const noexcept {
        return (all - share_.number + share_.of - 1) / share_.of;
    }
    double seconds_at(Clock::time_point at) const noexcept {
        return std::chrono::duration<double>(at - start_).count();
    }
    std::uint64_t us_since(double due, Clock::time_point at) const noexcept;
    void push(Action action, std::uint32_t user, double at);
    bool finished() const noexcept;
    void turn();
    void handle(Event const& event);
    void arrive(std::uint32_t index, double due);
    void come(std::uint32_t index, double due);
    void begin(std::uint32_t index);
    void depart(std::uint32_t index, double due);
    void abort(User& user, std::uint64_t& counted);
    void drop(std::uint32_t index);
    void drop_now();
    void cut_all();
    client::SwarmClient* let_go(User& user) noexcept;
    void leave(std::uint32_t index);
    void goodbye(client::SwarmClient& client);
    void on_deadline(std::uint32_t index);
    void reset_late_leavers(double now);
    void look_for_absent();

    /// The user and visit that a client was made for, and the moment that its latencies are
    /// measured from.
    struct Origin {
        std::uint32_t user;
        std::uint32_t visit;
        double due;
        bool comes_back;  ///< to a session that was streamed before
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
    std::vector<User> users_;
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
