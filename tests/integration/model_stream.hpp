// A strict reader of one client's stream: it checks every frame against the rules that need no
// knowledge of the server's state. Throws Broken. One thread.
#pragma once

#include "client/frame_parser.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast::test {

using namespace client;

/// A promise was broken; `what` names the promise and the frame.
struct Broken {
    std::string what;
};

class ModelStream {
public:
    using Tickers = std::vector<std::string>;

    /// Opens the stream; `small` makes a client whose socket fills up soon.
    ModelStream(std::uint16_t port, std::string const& session, bool small);
    ~ModelStream();
    ModelStream(ModelStream const&) = delete;
    ModelStream& operator=(ModelStream const&) = delete;

    void send(nlohmann::json const& message) { send_frame(0x81, message.dump()); }
    /// Begins the closing handshake.
    void close();
    /// Closes the socket; with `reset`, by RST.
    void hang_up(bool reset) noexcept;
    /// Reads the bytes that are there, and waits up to the limit for the first one. False at the
    /// stream's end.
    bool read(std::chrono::milliseconds wait);

    /// The `subscribed` answers so far, each with the tickers that it named.
    std::deque<Tickers>& subscribed() noexcept { return subscribed_; }
    std::size_t pongs() const noexcept { return pongs_; }
    std::size_t snapshots() const noexcept { return snapshots_; }
    /// The newest `n` that the client has got, by ticker; 0 for none yet.
    std::map<std::string, std::uint64_t> const& newest() const noexcept { return newest_; }
    /// The `n` of each ticker in its snapshot; ticks count from there.
    std::map<std::string, std::uint64_t> const& base() const noexcept { return base_; }
    Tickers const& first_tickers() const noexcept { return first_tickers_; }
    std::uint64_t ticks() const noexcept { return ticks_; }
    std::uint64_t gaps() const noexcept { return gaps_; }
    int close_code() const noexcept { return close_code_; }
    std::string const& goodbye() const noexcept { return goodbye_; }
    bool ended() const noexcept { return ended_; }

private:
    void send_frame(int first_byte, std::string_view payload);
    void take(Message const& message);
    void take_json(nlohmann::json const& json);
    void take_snapshot(nlohmann::json const& json);
    void take_subscribed(nlohmann::json const& json);
    void take_ticks(nlohmann::json const& ticks);
    void check_quote(nlohmann::json const& tick, std::set<std::string>& seen) const;

    int socket_{-1};
    FrameParser parser_;
    std::deque<Tickers> subscribed_;
    std::map<std::string, std::uint64_t> newest_;
    std::map<std::string, std::uint64_t> base_;
    Tickers first_tickers_;
    std::set<std::string> last_subscribed_;
    std::size_t snapshots_{0};
    std::size_t pongs_{0};
    std::uint64_t ticks_{0};
    std::uint64_t gaps_{0};
    std::string goodbye_;
    int close_code_{0};
    bool ended_{false};
};

}  // namespace tickcast::test
