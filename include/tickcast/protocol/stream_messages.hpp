// The messages of a stream to its client, as JSON (CONTRACT.md, Stream). Pure functions. Messages
// of which thousands are sent at once are written into `out`, which has `append` (a string or an
// arena). Lists are passed as functions that call a visitor for each item, so that no list is
// copied.
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
    std::string_view name;  ///< the message's `type`, and the event's name in an event stream
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

/// The content of a snapshot beside its tickers.
struct SnapshotHead {
    std::string_view session{};
    std::string_view epoch{};
    FeedState feed{FeedState::live};
};

/// `tickers(visit)` visits each ticker's name, none of which needs an escape; `ticks(visit)` visits
/// the JSON of each ticker that has a quote.
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
    separator = "";  // not null: an append may copy from it
    ticks([&](std::string_view tick) {
        out.append(separator);
        out.append(tick);
        separator = ",";
    });
    out.append("]}");
}

/// `ticks(visit)` visits each tick's JSON; there is at least one.
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

/// `id_json`: the ping's `id` as JSON; empty where it had none.
std::string pong_json(std::string_view id_json, std::int64_t now_us);

/// `op`: the operation of the answered message, cut to what the answer repeats; empty if it had
/// none.
std::string error_json(std::string_view op, Error const& error);

/// `figure`: the value of the goodbye's limit; `reconnect_in_ms`: for a client that should come
/// back.
std::string goodbye_json(Goodbye const& goodbye, std::optional<LimitFigure> figure,
                         std::optional<std::uint32_t> reconnect_in_ms);

}  // namespace tickcast
