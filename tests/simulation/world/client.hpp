// A client of the box: makes a session, streams it, changes it, reads eagerly, slowly or not at
// all, leaves in one of several ways and comes back by the contract's rule; or breaks the rules.
// It knows what it may expect, and throws Broken where that does not come. Lives in events.
#pragma once

#include "simulation/world/stream_check.hpp"
#include "simulation/world/stream_watch.hpp"
#include "simulation/world/world.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace tickcast::simulation {

class Client : public std::enable_shared_from_this<Client> {
public:
    Client(World& world, unsigned number);
    ~Client();

    void begin();
    /// The server is about to stop: some come back just now.
    void act_at_stop();
    /// Closes the stream and deletes the session; calls no more.
    void leave();
    /// Removes some tickers, whose ticks may be under way.
    void remove_some();
    /// All of its tickers are known in their newest state, or it has no stream that should know.
    bool is_settled() const;
    /// For a message of a failed run.
    std::string describe() const;
    /// The stream is over, and the session deleted or given up.
    bool is_gone() const noexcept { return phase_ == Phase::gone; }
    /// Throws where a deadline has passed, on either side.
    void check_deadlines() const;
    /// The stream was closed by the server's drain, in time or by a lost connection.
    bool has_ended() const noexcept { return !stream_ || vanished_ || reads_ != Reads::eagerly; }
    /// No stream, not even one that only the server still has.
    bool has_left() const noexcept { return !stream_ && !displaced_ && !lost_one_; }
    std::uint64_t expected() const noexcept { return expected_; }
    std::uint64_t received() const noexcept { return received_; }
    std::uint64_t gaps() const noexcept { return gaps_; }

private:
    enum class Phase : std::uint8_t {
        fresh,
        creating,
        without_stream,
        opening,
        streaming,
        leaving,
        gone
    };
    enum class Reads : std::uint8_t { eagerly, slowly, never };

    void act();
    void act_later(Nanos most);
    void create();
    void open_stream();
    void look();
    void look_later(Nanos delay);
    void read_stream();
    void answered(HttpAnswer const& answer);
    void ended();
    Nanos ends_since() const;
    void account();
    void come_back();
    void change();
    void read_to_the_end();
    void delete_session();
    void compare_with_session(Nanos until);
    bool is_as(std::string const& session) const;
    void expect_detached(Nanos until);
    void be_lazy();
    void act_while_opening();
    void act_soon();
    void feed_displaced(std::string_view bytes);
    void hang_up();
    void patch();
    void chat(unsigned left);
    void excuse();
    void stay_away();
    void close_stream(bool reset);
    bool may_end(std::string const& how) const;
    void keep_displaced();
    void look_at_displaced();
    void ask_again(std::string const& last_id);
    void send_message();
    void be_rude();
    void drop_stream();
    void send_frame(int first_byte, std::string_view payload);
    std::string frame_of(int first_byte, std::string_view payload);
    void ask_state();
    bool websocket() const noexcept { return transport_ == StreamCheck::Transport::websocket; }

    World& world_;
    unsigned const number_;
    std::string const address_;
    Path const path_;
    StreamCheck::Transport transport_;
    std::shared_ptr<HttpClient> http_;
    Phase phase_{Phase::fresh};
    std::string session_;
    std::set<std::string> tickers_;  ///< of the session, after its last answered change
    std::int64_t throttle_ms_{0};    ///< of the session; -1: unknown until the server says it
    Nanos made_at_{0};               ///< the session
    bool has_streamed_{false};       ///< the session
    Nanos away_until_{0};            ///< does not come back before
    std::optional<StreamWatch> watch_;
    std::unique_ptr<Connection> stream_;
    std::unique_ptr<StreamCheck> check_;
    std::unique_ptr<Connection> displaced_;  ///< the stream before, which another has taken over
    std::unique_ptr<StreamCheck> displaced_check_;
    bool displaced_opens_{false};  ///< its handshake was under way
    std::string displaced_head_;
    std::optional<Nanos> displaced_since_;
    std::string head_;  ///< bytes of the answer's head
    Reads reads_{Reads::eagerly};
    Nanos reads_again_{0};
    Nanos looks_at_{0};         ///< a look is due then
    bool rude_{false};          ///< this stream has broken a rule
    bool may_be_lost_{false};   ///< so the session may have ended (1008)
    bool asked_to_end_{false};  ///< an end that the client, or a fault, brought about
    bool vanished_{false};
    bool sips_{false};      ///< where it reads slowly: a little, but often
    bool chats_{false};     ///< on this stream
    bool lost_one_{false};  ///< a stream of which the server might not know that it is over
    std::size_t streams_{0};
    Nanos vanished_at_{0};              ///< in running time
    Nanos lazy_since_{0};               ///< 0: has read eagerly all the time
    Nanos stopped_at_{0};               ///< reads never, since then, in running time
    std::optional<Nanos> detached_at_;  ///< in running time: since when the session has no stream
    unsigned attempts_{0};              ///< to stream this session
    bool races_{false};                 ///< an earlier one may reach the server after this one
    std::uint64_t expected_{0};
    std::uint64_t received_{0};
    std::uint64_t gaps_{0};
    std::size_t changes_{0};
};

}  // namespace tickcast::simulation
