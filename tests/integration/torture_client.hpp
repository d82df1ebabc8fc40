// A client that lives at random: it makes sessions and streams them, changes, loses, displaces,
// deletes and forgets them, and breaks the rules of WebSocket. It checks every answer and every
// byte. One thread per object.
#pragma once

#include "integration/possible_subscriptions.hpp"
#include "integration/torture_rest.hpp"
#include "integration/torture_stream.hpp"
#include "integration/torture_totals.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace tickcast::test {

class TortureClient {
public:
    /// `session_wait`: how long the server keeps a session without a stream.
    TortureClient(TortureTarget target, std::chrono::milliseconds session_wait, std::uint32_t seed)
        : target_(target), session_wait_(session_wait), seed_(seed), random_(seed), rest_(target) {}

    /// One session from its beginning to its end, with some streams, each ended in a random way.
    /// The server's fault; empty if there was none.
    std::string live_once();
    /// Opens a stream and keeps it. The server's fault, as above.
    std::string begin_stream();
    /// The kept stream must end by the server's drain. The server's fault, as above.
    std::string await_drain();
    /// What it did since the last call.
    TortureTotals take_totals() { return std::exchange(totals_, {}); }

private:
    using Stream = std::unique_ptr<TortureStream>;
    using Time = std::chrono::steady_clock::time_point;
    /// A PATCH that has no answer yet.
    struct Patch {
        std::uint64_t stream{0};  ///< the number of the stream at that time
        bool wrong{false};        ///< it must be refused
    };

    template <class Part>
    std::string fault_of(Part&& part);

    // The session's life.
    void create();
    /// Streams the session; false where it has expired.
    bool open();
    void act();
    void end();
    void wait_awhile();
    void leave_session();

    // Steps while a stream is open.
    void read();
    void send_message();
    void take_over();
    void race_for_session();
    void settle();

    // Ways to end a stream.
    void end_by_frame(int first_byte, std::string_view payload, bool masked, int code);
    void cut(bool reset);
    void close_stream(int code);
    void flood();
    void delete_session(bool in_a_race);

    // REST.
    void begin_patch();
    void finish_patch();
    void get_session();
    void await_expiry();
    void expect_gone();
    void ask(std::string_view method, std::string_view body = {});
    HttpReply request(std::string_view method, std::string_view body = {});
    /// Whether the answer says that the session has expired; throws Fault where that is too early.
    bool has_expired(HttpReply const& reply);
    Subscription session_of(HttpReply const& reply) const;

    Stream new_stream();
    /// `next` has the session now; the stream before it must hear of that.
    void replace_stream(Stream next);
    void end_displaced(TortureStream& displaced);
    void check_answers(TortureStream& stream) const;
    void count(char const* step) { ++totals_.steps[step]; }
    Tickers some_tickers();
    std::uint32_t below(std::uint32_t limit) {
        return static_cast<std::uint32_t>(random_() % limit);
    }
    bool by_chance(std::uint32_t one_in) { return below(one_in) == 0; }

    TortureTarget const target_;
    std::chrono::milliseconds const session_wait_;
    std::uint32_t const seed_;
    std::mt19937 random_;
    TortureTotals totals_;
    TortureRest rest_;
    std::string session_;  ///< its ID; empty where there is none
    std::optional<PossibleSubscriptions> possible_;
    Stream stream_;
    std::uint64_t stream_number_{0};
    std::optional<Patch> patch_;
    Time waits_since_;  ///< the session has had no stream since then, or since later
};

}  // namespace tickcast::test
