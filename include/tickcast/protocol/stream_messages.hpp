// The messages of a stream to its client, as JSON (CONTRACT.md, Stream). Pure functions. Those of
// which thousands are sent at once are written into `out`, which has `append` (a string, an arena);
// lists are given as functions that call another one for each item, so that nothing is copied
// first.
#pragma once

#include "tickcast/protocol/close_code.hpp"
#include "tickcast/protocol/error.hpp"
#include "tickcast/protocol/feed_state.hpp"
#include "tickcast/protocol/table.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tickcast {

enum class MessageType : std::uint8_t {
    snapshot,
    ticks,
    subscribed,
    status,
    heartbeat,
    error,
    pong,
    goodbye,
};

struct MessageTypeRow {
    MessageType value;
    std::string_view name;  ///< its `type`, and the `event` of a stream of events
};
inline constexpr std::array kMessageTypeTable{
    MessageTypeRow{MessageType::snapshot, "snapshot"},
    MessageTypeRow{MessageType::ticks, "ticks"},
    MessageTypeRow{MessageType::subscribed, "subscribed"},
    MessageTypeRow{MessageType::status, "status"},
    MessageTypeRow{MessageType::heartbeat, "heartbeat"},
    MessageTypeRow{MessageType::error, "error"},
    MessageTypeRow{MessageType::pong, "pong"},
    MessageTypeRow{MessageType::goodbye, "goodbye"},
};
static_assert(covers_up_to(kMessageTypeTable, MessageType::goodbye));

constexpr std::string_view name(MessageType type) noexcept {
    return kMessageTypeTable[index_of(type)].name;
}

/// What a snapshot says beside its tickers.
struct SnapshotHead {
    std::string_view session{};
    std::string_view epoch{};
    FeedState feed{FeedState::live};
};

/// `tickers(visit)` gives each ticker's name, none of which needs an escape; `ticks(visit)` the
/// JSON of each that has a quote.
template <class Out, class Tickers, class Ticks>
void write_snapshot(Out& out, SnapshotHead const& head, Tickers&& tickers, Ticks&& ticks) {
    out.append(R"({"type":"snapshot","session_id":")");
    out.append(head.session);
    out.append(R"(","epoch":")");
    out.append(head.epoch);
    out.append(R"(","feed":")");
    out.append(name(head.feed));
    out.append(R"(","tickers":[)");
    std::string_view separator{"\""};
    tickers([&](std::string_view ticker) {
        out.append(separator);
        out.append(ticker);
        separator = "\",\"";
    });
    out.append(separator.size() > 1 ? R"("],"quotes":[)" : R"(],"quotes":[)");
    separator = {};
    ticks([&](std::string_view tick) {
        out.append(separator);
        out.append(tick);
        separator = ",";
    });
    out.append("]}");
}

/// `ticks(visit)` gives each tick's JSON; there is one at least.
template <class Out, class Ticks>
void write_ticks(Out& out, Ticks&& ticks) {
    out.append(R"({"type":"ticks","ticks":[)");
    bool first = true;
    ticks([&](std::string_view tick) {
        if (!std::exchange(first, false)) out.append(",");
        out.append(tick);
    });
    out.append("]}");
}

template <class Out>
void write_status(Out& out, FeedState feed) {
    out.append(R"({"type":"status","feed":")");
    out.append(name(feed));
    out.append(R"("})");
}

/// `now_us`: microseconds since the Unix epoch.
template <class Out>
void write_heartbeat(Out& out, std::int64_t now_us, FeedState feed) {
    out.append(R"({"type":"heartbeat","t":)");
    out.append(std::to_string(now_us));
    out.append(R"(,"feed":")");
    out.append(name(feed));
    out.append(R"("})");
}

/// `tickers(visit)` as in a snapshot.
template <class Tickers>
std::string subscribed_json(Tickers&& tickers, std::uint32_t throttle_ms) {
    std::string text{R"({"type":"subscribed","tickers":[)"};
    tickers([&text](std::string_view ticker) {
        text += text.back() == '[' ? "\"" : ",\"";
        text.append(ticker) += '"';
    });
    return text + "],\"throttle_ms\":" + std::to_string(throttle_ms) + '}';
}

/// `id_json`: the ping's own, as JSON; empty where it had none.
std::string pong_json(std::string_view id_json, std::int64_t now_us);

/// `op`: of the message that is answered, as far as it is to be repeated; empty if it had none.
std::string error_json(std::string_view op, Error const& error);

/// `figure`: what the goodbye's limit is set to; `reconnect_in_ms` for a client that is to come
/// back.
std::string goodbye_json(Goodbye const& goodbye, std::optional<LimitFigure> figure,
                         std::optional<std::uint32_t> reconnect_in_ms);

}  // namespace tickcast
