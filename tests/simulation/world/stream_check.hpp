// A strict reader of one stream, of either transport: holds every message against the rules that
// need no knowledge of the server's state. Bytes in; throws Broken. No I/O.
#pragma once

#include "client/frame_parser.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast::simulation {

class StreamCheck {
public:
    enum class Transport : std::uint8_t { websocket, events };
    using Tickers = std::vector<std::string>;

    explicit StreamCheck(Transport transport) : transport_(transport) {}

    Transport transport() const noexcept { return transport_; }

    /// What came behind the head of the answer.
    void feed(std::string_view bytes);

    /// WebSocket pings that want their pong.
    std::vector<std::string> take_pings() { return std::exchange(pings_, {}); }
    std::size_t pings() const noexcept { return all_pings_; }
    std::size_t snapshots() const noexcept { return snapshots_; }
    std::size_t subscribed() const noexcept { return subscribed_; }
    std::size_t pongs() const noexcept { return pongs_; }
    std::size_t errors() const noexcept { return errors_; }
    std::uint64_t ticks() const noexcept { return ticks_; }
    std::uint64_t gaps() const noexcept { return gaps_; }
    std::uint64_t messages() const noexcept { return messages_; }
    std::uint64_t tick_frames() const noexcept { return tick_frames_; }
    /// What the last `subscribed` said; -1 before the first.
    std::int64_t throttle_ms() const noexcept { return throttle_ms_; }
    std::map<std::string, std::uint64_t> const& newest() const noexcept { return newest_; }
    /// The `n` of each ticker in its snapshot; ticks count from there.
    std::map<std::string, std::uint64_t> const& base() const noexcept { return base_; }
    std::set<std::string> const& tickers() const noexcept { return tickers_; }
    std::string const& goodbye() const noexcept { return goodbye_; }
    /// -1: none said.
    std::int64_t reconnect_in_ms() const noexcept { return reconnect_in_ms_; }
    /// Of the last event that had one; empty on a WebSocket.
    std::string const& last_id() const noexcept { return last_id_; }
    /// 0: none has come; 1005: without a code.
    int close_code() const noexcept { return close_code_; }
    std::string const& epoch() const noexcept { return epoch_; }
    /// The ticks of removed tickers, which `gaps` and `ticks` still have.
    bool changed() const noexcept { return changed_; }

private:
    void feed_frames(std::string_view bytes);
    void feed_events(std::string_view bytes);
    void take(client::Message const& message);
    void take_close(std::string_view payload);
    void take_goodbye(nlohmann::json const& json);
    void take_block(std::string_view block);
    void take_json(nlohmann::json const& json);
    void take_snapshot(nlohmann::json const& json);
    void take_subscribed(nlohmann::json const& json);
    void take_ticks(nlohmann::json const& ticks);
    void check_quote(nlohmann::json const& tick, std::set<std::string>& seen) const;

    Transport const transport_;
    client::FrameParser parser_;
    std::string rest_;
    std::vector<std::string> pings_;
    std::map<std::string, std::uint64_t> newest_;
    std::map<std::string, std::uint64_t> base_;
    std::set<std::string> tickers_;
    std::string epoch_;
    std::string last_id_;
    std::string goodbye_;
    std::int64_t reconnect_in_ms_{-1};
    std::size_t snapshots_{0};
    std::size_t subscribed_{0};
    std::size_t pongs_{0};
    std::size_t all_pings_{0};
    std::size_t errors_{0};
    std::uint64_t ticks_{0};
    std::uint64_t gaps_{0};
    std::uint64_t messages_{0};
    std::uint64_t tick_frames_{0};
    std::int64_t throttle_ms_{-1};
    int close_code_{0};
    bool changed_{false};
};

}  // namespace tickcast::simulation
