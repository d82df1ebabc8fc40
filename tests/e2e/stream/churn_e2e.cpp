// Two thousand clients that come and go at random, a third of them by RST, with deletes and
// take-overs, and some clients of Server-Sent Events: at the end the server holds nothing of them.
// CHURN_SECONDS makes it shorter or longer.
#include "e2e/support/e2e_support.hpp"
#include "e2e/support/event_churn.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace tickcast::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kClients = 2'000;
constexpr unsigned kEventClients = 40;
constexpr std::size_t kTickerSets = 64;
constexpr double kDefaultSeconds = 60;
constexpr auto kPendingTime = 1s;
constexpr auto kSettleLimit = kSanitized ? 60s : 20s;

enum class Fate : std::uint8_t { reset, goodbye, removed, taken_over, abandoned_session, count };
constexpr std::array<char const*, 5> kFateNames{"reset", "goodbye", "deleted", "taken over",
                                                "never streamed"};

/// One of the two thousand: a client, or a pause between two.
struct Participant {
    SwarmClient* client{nullptr};
    Swarm::Clock::time_point due;       ///< when the client leaves, or when the next one comes
    std::string session_id{};           ///< to come back to; it might have expired
    TickerSetPtr tickers{};             ///< of that session
    SwarmClient* predecessor{nullptr};  ///< must have ended before the next comes
    bool resumes{false};
};

class Churn {
public:
    Churn(ServerProcess const& server, std::vector<std::string> const& names)
        : swarm_(server.public_endpoint()),
          http_(server.public_endpoint()),
          participants_(kClients) {
        for (std::size_t i = 0; i < kTickerSets; ++i) {
            std::vector<std::string> some;
            std::sample(names.begin(), names.end(), std::back_inserter(some), 1 + i % 20, random_);
            sets_.push_back(std::make_shared<TickerSet const>(std::move(some)));
        }
        for (auto& participant : participants_)
            participant.due = soon(2'000);
    }

    void run_for(std::chrono::duration<double> time) {
        auto const deadline = Swarm::Clock::now() + time;
        while (Swarm::Clock::now() < deadline)
            turn();
    }

    /// Lets handshakes and closes in progress finish, then ends every client, a third of them by
    /// RST, and waits for the last one. A take-over that was cut short would leave its old client
    /// streaming.
    bool finish() {
        bool const settled = swarm_.run_until(
            [&] {
                settle_leaving();
                return leaving_.empty() && swarm_.all([](SwarmClient const& client) {
                    return client.ended() || client.streaming() || client.phase() == Phase::created;
                });
            },
            kSettleLimit);
        for (auto& participant : participants_) {
            if (participant.client == nullptr || participant.client->ended()) continue;
            if (participant.client->streaming() && below(3) > 0) {
                participant.client->resume();
                participant.client->close();
                leaving_[participant.client] = 1000;
            } else {
                participant.client->reset();
            }
            participant.client = nullptr;
        }
        http_.close();
        return settled &&
               swarm_.run_until(
                   [&] {
                       settle_leaving();
                       return leaving_.empty() &&
                              swarm_.all([](SwarmClient const& client) { return client.ended(); });
                   },
                   kSettleLimit);
    }

    /// A text about what the remaining clients wait for.
    std::string lingering() const {
        std::string text;
        for (auto const& client : swarm_.clients()) {
            if (client->ended()) continue;
            auto const left = leaving_.find(client.get());
            text.append("phase ").append(std::to_string(static_cast<int>(client->phase())));
            text.append(", to get ");
            text.append(std::to_string(left == leaving_.end() ? 0 : int{left->second}));
            text.append(client->mid_frame() ? ", inside a frame" : ", between frames");
            text.append(", port ").append(std::to_string(client->local_port())).append("\n");
        }
        return text;
    }

    void report() const {
        std::cout << swarm_.frames() << " frames;";
        for (std::size_t i = 0; i < fates_.size(); ++i) {
            std::cout << " " << kFateNames[i] << " " << fates_[i] << ",";
        }
        std::cout << " resumed " << resumed_ << ", came too late " << too_late_ << "\n";
    }

    void expect_all_fates() const {
        for (std::size_t i = 0; i < fates_.size(); ++i)
            EXPECT_GT(fates_[i], 0U) << kFateNames[i];
        EXPECT_GT(resumed_, 0U);
        auto const all = fates_[0] + fates_[1] + fates_[2] + fates_[3];
        EXPECT_NEAR(static_cast<double>(fates_[0]) / static_cast<double>(all), 1.0 / 3, 0.1);
    }

    Swarm& swarm() { return swarm_; }

private:
    unsigned below(unsigned limit) { return std::uniform_int_distribution(0U, limit - 1)(random_); }

    Swarm::Clock::time_point soon(unsigned max_ms) {
        return Swarm::Clock::now() + std::chrono::milliseconds(below(max_ms));
    }

    void turn() {
        swarm_.poll(1ms);
        settle_leaving();
        for (auto& participant : participants_) {
            if (participant.client != nullptr && participant.client->ended())
                on_unforeseen_end(participant);
        }
        if (++turns_ % 1'000 == 0) swarm_.remove_ended();
        auto const now = Swarm::Clock::now();
        for (auto& participant : participants_) {
            if (now >= participant.due) act(participant, now);
        }
    }

    void act(Participant& participant, Swarm::Clock::time_point now) {
        if (participant.client == nullptr) {
            if (!leaving_.contains(participant.predecessor)) arrive(participant);
        } else if (participant.client->streaming()) {
            meet_fate(participant);
        } else if (participant.client->phase() == Phase::created) {
            ++fates_[static_cast<std::size_t>(Fate::abandoned_session)];
            participant.client->reset();
            leave(participant, false);
        } else if (now > participant.due + kSettleLimit) {
            ADD_FAILURE() << "a client waits for ever in phase "
                          << static_cast<int>(participant.client->phase());
            participant.client->reset();
            leave(participant, false);
        }
    }

    void arrive(Participant& participant) {
        ClientOptions options{.tickers = sets_[below(kTickerSets)]};
        participant.resumes = !participant.session_id.empty();
        if (participant.resumes) {
            options.session_id = std::move(participant.session_id);
            options.tickers = participant.tickers;
        } else {
            options.only_create = below(20) == 0;
        }
        participant.session_id.clear();
        if (below(10) == 0) options.receive_buffer_bytes = 4096;
        participant.client = &swarm_.add(std::move(options));
        if (below(10) == 0) participant.client->slow_down(2'000);
        participant.due = soon(3'000);
    }

    void meet_fate(Participant& participant) {
        if (participant.resumes) ++resumed_;
        auto const& id = participant.client->session_id();
        switch (below(3) == 0 ? Fate::reset : static_cast<Fate>(1 + below(3))) {
            case Fate::reset:
                ++fates_[static_cast<std::size_t>(Fate::reset)];
                participant.client->reset();
                return leave(participant, below(2) == 0);
            case Fate::goodbye:
                ++fates_[static_cast<std::size_t>(Fate::goodbye)];
                participant.client->resume();
                participant.client->close();
                leaving_[participant.client] = 1000;
                return leave(participant, below(2) == 0);
            case Fate::removed: {
                ++fates_[static_cast<std::size_t>(Fate::removed)];
                participant.client->resume();
                auto const reply = http_.request("DELETE", "/v1/sessions/" + id);
                EXPECT_EQ(reply.status, 204) << reply.body;
                leaving_[participant.client] = 4000;
                return leave(participant, false);
            }
            default:
                return take_over(participant);
        }
    }

    void take_over(Participant& participant) {
        ++fates_[static_cast<std::size_t>(Fate::taken_over)];
        auto* const old = participant.client;
        old->resume();
        leaving_[old] = 4001;
        participant.client =
            &swarm_.add({.tickers = old->ticker_set(), .session_id = old->session_id()});
        participant.resumes = false;
        participant.due = soon(3'000);
    }

    void leave(Participant& participant, bool comes_back) {
        participant.predecessor = participant.client;
        if (comes_back) {
            participant.session_id = participant.client->session_id();
            participant.tickers = participant.client->ticker_set();
        }
        participant.client = nullptr;
        participant.due = soon(1'500);
    }

    /// A client that ended without the test's doing. The only allowed reason: it came too late for
    /// its session.
    void on_unforeseen_end(Participant& participant) {
        auto const& client = *participant.client;
        // The server made the session after `began`, however late the answer came.
        auto const waited = client.ended_at() - client.began();
        bool const late = participant.resumes || waited >= kPendingTime;
        if (late && client.ending() == Ending::refused && client.refusal() == 404) {
            ++too_late_;
        } else if (client.ending() != Ending::violation) {
            ADD_FAILURE() << "a client ended: " << static_cast<int>(client.ending())
                          << ", refused with " << client.refusal() << ", closed with "
                          << client.close_code().value_or(0);
        }
        participant.client = nullptr;
        participant.due = soon(500);
    }

    void settle_leaving() {
        std::erase_if(leaving_, [](auto const& entry) {
            auto const& [client, code] = entry;
            if (!client->ended()) return false;
            EXPECT_EQ(client->close_code().value_or(0), code)
                << "ending " << static_cast<int>(client->ending());
            EXPECT_EQ(client->closed_by_server(), code != 1000);
            return true;
        });
    }

    Swarm swarm_;
    HttpConnection http_;
    std::mt19937 random_{2'000};
    std::vector<TickerSetPtr> sets_;
    std::vector<Participant> participants_;
    std::map<SwarmClient*, std::uint16_t> leaving_;  ///< with the code that each must get
    std::array<std::uint64_t, static_cast<std::size_t>(Fate::count)> fates_{};
    std::uint64_t resumed_{0};
    std::uint64_t too_late_{0};
    std::uint64_t turns_{0};
};

constexpr std::array<char const*, 4> kGauges{"tickcast_sessions", "tickcast_connections",
                                             "tickcast_subscriptions",
                                             "tickcast_feed_subscriptions"};

/// "name{…} value" of every series of the gauges that is not zero.
std::string what_is_left(Metrics const& metrics) {
    std::string left;
    for (auto const* const gauge : kGauges) {
        metrics.total(gauge);  // throws if the family is missing
        for (auto const& [series, value] : metrics.family(gauge)) {
            if (value != 0) left += series + " " + std::to_string(value) + "\n";
        }
    }
    return left;
}

void expect_gauges_up(Metrics const& metrics) {
    for (auto const* const gauge : kGauges) {
        EXPECT_GT(metrics.total(gauge), 0) << gauge;
        std::cout << gauge << " " << metrics.total(gauge) << " ";
    }
    std::cout << "midway\n";
}

/// Polls until `done`, or until the limit; without a swarm, since there are no clients any more.
template <typename Done>
bool eventually(Done&& done) {
    auto const deadline = Swarm::Clock::now() + kSettleLimit;
    while (!done()) {
        if (Swarm::Clock::now() > deadline) return false;
        std::this_thread::sleep_for(20ms);
    }
    return true;
}

void expect_nothing_left(ServerProcess const& server, std::size_t descriptors_before) {
    std::string left;
    EXPECT_TRUE(eventually([&] {
        left = what_is_left(server.metrics());
        return left.empty();
    })) << left;
    EXPECT_TRUE(eventually([&] { return server.open_descriptors() == descriptors_before; }))
        << server.open_descriptors() << " descriptors, " << descriptors_before << " before";
    EXPECT_EQ(server.established_sockets(), 0U);
    auto const metrics = server.metrics();
    EXPECT_EQ(metrics.total("tickcast_sessions_created_total"),
              metrics.total("tickcast_sessions_ended_total"));
}

TEST(Churn, ThousandsComeAndGo_NothingIsLeft) {
    ServerProcess server({"--threads", "2", "--pending-seconds", "1", "--detached-seconds", "1",
                          "--feed", "sim?tickers=200&rate=500&burst=5"});
    auto const names = known_tickers(server);
    std::size_t descriptors = 0;
    ASSERT_TRUE(eventually([&] {
        descriptors = server.open_descriptors();
        std::this_thread::sleep_for(100ms);
        return server.established_sockets() == 0 && descriptors == server.open_descriptors();
    }));

    auto const seconds = seconds_from("CHURN_SECONDS", kDefaultSeconds);
    EventChurn events(server.public_endpoint(), kEventClients);
    Churn churn(server, names);
    churn.run_for(std::chrono::duration<double>(seconds / 2));
    expect_gauges_up(server.metrics());
    auto const streams = server.metrics().family("tickcast_connections");
    EXPECT_GT(streams.at("tickcast_connections{transport=\"sse\"}"), 0);
    EXPECT_GT(server.established_sockets(), kClients / 4);
    EXPECT_GT(server.open_descriptors(), descriptors + kClients / 4);
    churn.run_for(std::chrono::duration<double>(seconds / 2));
    events.finish();
    EXPECT_TRUE(churn.finish()) << churn.lingering();
    churn.report();
    churn.expect_all_fates();
    events.report();
    events.expect_all_fates();
    expect_no_violations(churn.swarm());
    expect_nothing_left(server, descriptors);
    expect_clean_end(server, churn.swarm());
}

}  // namespace
}  // namespace tickcast::test
