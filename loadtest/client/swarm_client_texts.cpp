// Checks the server's messages against the rules of the contract.
#include "client/swarm.hpp"
#include "client/swarm_client.hpp"
#include "client/tick_scan.hpp"

namespace tickcast::client {

void SwarmClient::on_message(Message const& message) {
    ++swarm_.frames_;
    switch (message.opcode) {
        case Opcode::text:
            return on_text(message.payload);
        case Opcode::ping:
            if (options_.answer_pings) send_frame(Opcode::pong, message.payload);
            return;
        case Opcode::pong:
            return;
        case Opcode::close:
            return on_close(message.payload);
        default:
            return violation("a binary message");
    }
}

void SwarmClient::on_close(std::string_view payload) {
    std::uint16_t code = 1005;
    if (payload.size() >= 2) {
        code = static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8U |
                                          static_cast<unsigned char>(payload[1]));
    }
    close_code_ = code;
    close_at_ = Clock::now();
    closed_by_server_ = !close_sent_;
    phase_ = Phase::closing;
    if (!close_sent_) send_frame(Opcode::close, payload.substr(0, 2));
    if (fd_ >= 0) step(Step::closing);
}

void SwarmClient::on_text(std::string_view text) {
    ++texts_;
    if (options_.on_text) options_.on_text(*this, text);
    if (snapshots_ == 0 || options_.scan_ticks) {
        auto const type = frame_type(text);
        if (type == "snapshot") return on_snapshot(text);
        if (snapshots_ == 0) return violation("the first message is no snapshot");
        if (type == "ticks") return on_ticks(text);
        if (type == "goodbye") return on_goodbye(text);
        // Other types are ignored, as the contract demands.
        if (type == "error") return violation("an error that answers nothing");
        if (type.empty()) return violation("a message without a type");
    }
}

void SwarmClient::on_snapshot(std::string_view text) {
    auto const now = Clock::now();
    if (snapshots_ > 0) return violation("a second snapshot");
    epoch_ = string_member(text, "epoch");
    if (epoch_.empty()) return violation("a snapshot without an epoch");
    if (!options_.epoch.empty() && epoch_ != options_.epoch) {
        return violation("a session in another epoch than before");
    }
    if (string_member(text, "session_id") != options_.session_id) {
        return violation("a snapshot of another session");
    }
    if (!covers_all(text)) return violation("a snapshot of other tickers than were asked for");
    bool const good = for_each_tick(text, kQuotesArray, [&](TickView const& tick) {
        auto const ticker = options_.tickers->find(tick.ticker);
        if (!ticker) return violation("a snapshot of a ticker that was not asked for");
        auto& state = states_[*ticker];
        if (state.n > 0) return violation("a ticker twice in a snapshot");
        state.n = state.snapshot_n = tick.n;
        state.t = tick.t;
        if (options_.keep_texts) state.text = tick.text;
    });
    if (!good) return violation("a malformed snapshot");
    if (fd_ < 0) return;
    ++snapshots_;
    snapshot_at_ = now;
    step(Step::snapshot);
}

/// Whether the text has each ticker of the client once, in any order.
bool SwarmClient::covers_all(std::string_view snapshot) const {
    std::vector<bool> seen(states_.size());
    std::size_t count = 0;
    bool const good = for_each_string(snapshot, kTickersArray, [&](std::string_view name) {
        auto const ticker = options_.tickers->find(name);
        if (!ticker || seen[*ticker]) return false;
        seen[*ticker] = true;
        ++count;
        return true;
    });
    return good && count == seen.size();
}

void SwarmClient::on_goodbye(std::string_view text) {
    constexpr std::string_view kWait = "\"reconnect_in_ms\":";
    auto const at = text.find(kWait);
    if (at == std::string_view::npos) return;
    auto const ms = whole_number(text.substr(at + kWait.size()));
    if (!ms) return violation("a goodbye with a wait that is no number");
    comes_back_in_ = std::chrono::milliseconds{*ms};
}

void SwarmClient::on_ticks(std::string_view text) {
    auto const now = options_.latency != nullptr ? wall_clock_us() : 0;
    bool from_future = false;
    std::uint64_t count = 0;
    bool const good = for_each_tick(text, kTicksArray, [&](TickView const& tick) {
        auto const ticker = options_.tickers->find(tick.ticker);
        if (!ticker) return violation("a tick of a ticker that was not asked for");
        auto& state = states_[*ticker];
        if (state.text_number == texts_) return violation("a ticker twice in a frame");
        if (tick.n <= state.n) return violation("n does not go up");
        if (tick.t < state.t) return violation("t goes back");
        jumped_ += tick.n - state.n - 1;
        swarm_.jumped_ += tick.n - state.n - 1;
        state.n = tick.n;
        state.t = tick.t;
        state.text_number = texts_;
        if (options_.keep_texts) state.text = tick.text;
        if (options_.latency != nullptr) {
            options_.latency->add(now > tick.t ? now - tick.t : 0);
            from_future = from_future || from_the_future(now, tick.t);
        }
        ++count;
    });
    ticks_ += count;
    swarm_.ticks_ += count;
    if (from_future) ++swarm_.future_frames_;
    if (!good || count == 0) violation("a malformed ticks frame");
}

}  // namespace tickcast::client
