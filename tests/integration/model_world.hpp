// The reference model: it keeps sessions, subscriptions and prices in the simplest way, beside a
// real server that gets the same requests. One seeded scenario at a time. One thread.
#pragma once

#include "client/http_client.hpp"
#include "integration/model_stream.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace tickcast::test {

using namespace client;

/// How much is certain before a client leaves a ticker.
enum class Leaving : std::uint8_t {
    settled,  ///< the client has read everything: all missed ticks were conflated
    cut,      ///< the server has taken in all ticks: the sum of all fates is known
    racy,     ///< nothing is certain: the rules must still hold
};

struct ModelTotals {
    std::uint64_t expected{0};  ///< ticks of each client's tickers since its snapshots
    std::uint64_t received{0};
    std::uint64_t gaps{0};
    std::map<std::string, std::uint64_t> steps;  ///< how often each kind of step was taken
};

class ModelWorld {
public:
    ModelWorld(std::uint16_t port, std::uint16_t admin_port, Leaving leaving,
               std::chrono::milliseconds session_wait);

    /// One random interleaving; throws Broken.
    void run(unsigned seed);
    /// Keeps some streams open and settled, for the drain.
    void open_some(unsigned count);
    /// Checks that all open streams get a goodbye and 1001.
    void expect_drain();
    /// Ends the streams that the barrier needs, and accounts for them.
    void finish();

    ModelTotals const& totals() const noexcept { return totals_; }

private:
    using Tickers = ModelStream::Tickers;
    using Time = std::chrono::steady_clock::time_point;
    struct Session {
        std::string id;
        Tickers tickers;
        std::vector<Tickers> history;  ///< the tickers after each change of this stream
        std::size_t answered{0};       ///< how many changes were answered
        std::unique_ptr<ModelStream> stream;
        Time waits_since{};  ///< since when the session has had no stream
    };

    void step();
    void push();
    void flood();
    void create(unsigned throttle_ms);
    void connect(Session& session);
    void await_expiry(Session& session);
    void read_a_little(Session& session);
    void send_change(Session& session);
    void patch(Session& session);
    void disconnect(Session& session);
    void remove(Session& session);
    void end_scenario();

    /// Sets the session's tickers; its stream must get an answer.
    void changed(Session& session, Tickers const& add, Tickers const& removed);
    void before_leaving(Session& session);
    void account(Session& session, Tickers const& tickers);
    void close_accounts(Session& session);
    void settle(Session& session);
    void await_answers(Session& session);
    void await_snapshot(Session& session);
    void check_answers(Session& session);
    bool is_current(Session const& session) const;
    void barrier();
    void expect_ending(Session& session, int code, std::string const& goodbye);
    void await_state_change(Session& session);

    Tickers some_tickers();
    Session* pick(bool streaming);
    unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
    HttpReply rest(char const* method, std::string const& target, std::string const& body = {});

    std::uint16_t const port_;
    Leaving const leaving_;
    std::chrono::milliseconds const session_wait_;
    HttpConnection public_;
    HttpConnection admin_;
    std::mt19937 random_;
    Tickers names_;
    std::map<std::string, std::uint64_t> sequence_;
    std::vector<std::unique_ptr<Session>> sessions_;
    std::vector<std::unique_ptr<Session>> canaries_;
    ModelTotals totals_;
};

}  // namespace tickcast::test
