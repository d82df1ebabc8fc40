// The input side of a stream: its client's messages, changes of its session, and their answers.
#include "net/client_message.hpp"
#include "tickcast/net/session_tickers.hpp"
#include "tickcast/net/stream_connection.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <unordered_set>

namespace tickcast {

namespace {

std::string error_json(std::string const& op, Error const& error) {
    nlohmann::ordered_json message{{"type", "error"}};
    if (!op.empty()) message["op"] = op;
    message["code"] = name(error.code);
    message["detail"] = error.detail;
    if (!error.tickers.empty()) message["tickers"] = error.tickers;
    if (error.limit) message["limit"] = *error.limit;
    return message.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::vector<TickerId> not_in(std::vector<TickerId> const& these,
                             std::vector<TickerId> const& others) {
    std::unordered_set<TickerId> const known{others.begin(), others.end()};
    std::vector<TickerId> rest;
    for (auto const id : these) {
        if (!known.contains(id)) rest.push_back(id);
    }
    return rest;
}

}  // namespace

void StreamConnection::read() {
    websocket_.async_read(incoming_, [self = shared_from_this()](SystemError error, std::size_t) {
        self->message_read(error);
    });
}

void StreamConnection::message_read(SystemError error) {
    reads_of_message_ = 0;
    if (finished_) return;
    if (error) return finish(how_it_ended());
    if (closing_) return;  // the closing handshake reads by itself
    if (websocket_.got_binary()) return close(CloseCode::unsupported_data);
    if (!admit_message()) return flooded();
    message_waits_ = true;
    take_messages();
}

/// Text and control frames count alike; false once it was too many.
bool StreamConnection::admit_message() noexcept {
    return !messages_ || messages_->take(std::chrono::steady_clock::now());
}

void StreamConnection::control_frame_read() noexcept {
    // Forgiven what it may have cost itself, a byte a read: or it would hide a message without end.
    constexpr std::size_t most = 2 + 4 + 125;
    reads_of_message_ -= std::min(reads_of_message_, most);
    if (closing_ || finished_ || admit_message()) return;
    flooded_soon();
}

/// From within Beast's read, which may be about to write a pong: that goes before the close frame.
void StreamConnection::flooded_soon() noexcept {
    asio::post(host_.shard().io(), [self = shared_from_this()] { self->flooded(); });
}

void StreamConnection::flooded() noexcept {
    if (closing_ || finished_) return;
    host_.metrics().limit_hit(Limit::max_messages_per_second);
    close(CloseCode::policy);
}

/// Each change is answered, and its snapshot begun, before the next one is looked at.
bool StreamConnection::may_take_message() const noexcept {
    return snapshot_begun_ && !unsettled() && replies_.size() <= kMaxReplies && !closing_;
}

void StreamConnection::take_messages() {
    if (finished_) return;
    while (changes_ > 0 && may_take_message()) {
        --changes_;
        if (auto view = host_.context().sessions.get(session_);
            view && view->stream && view->stream->generation == generation_) {
            adopt(*std::move(view));
        }
    }
    if (!message_waits_ || !may_take_message()) return;
    message_waits_ = false;
    auto const data = incoming_.cdata();
    obey({static_cast<char const*>(data.data()), data.size()});
    incoming_.consume(incoming_.size());
    if (incoming_.capacity() > 4096) incoming_.shrink_to_fit();
    if (!finished_ && !closing_) read();
}

/// From a slice, which must not be entered again from within.
void StreamConnection::take_messages_soon() noexcept {
    if (changes_ == 0 && !message_waits_) return;
    asio::post(host_.shard().io(), [self = shared_from_this()] { self->take_messages(); });
}

void StreamConnection::session_changed() noexcept {
    if (finished_ || closing_) return;
    ++changes_;
    take_messages();
}

void StreamConnection::obey(std::string_view text) {
    auto message = parse_client_message(text);
    if (!message) {
        return reply(error_json(message.error().op_name, message.error().error));
    }
    SessionPatch patch;
    switch (message->op) {
        case ClientMessage::Op::ping: {
            auto const id = message->id_json.empty() ? "" : "\"id\":" + message->id_json + ',';
            return reply(R"({"type":"pong",)" + id +
                         "\"t\":" + std::to_string(host_.context().clock.wall_us()) + '}');
        }
        case ClientMessage::Op::subscribe:
            patch.add = std::move(message->tickers);
            break;
        case ClientMessage::Op::unsubscribe:
            patch.remove = std::move(message->tickers);
            break;
        case ClientMessage::Op::throttle:
            patch.throttle_ms = message->throttle_ms;
            break;
    }
    auto const& context = host_.context();
    TickerRules const rules{.max_tickers = context.settings.max_tickers_per_session,
                            .accept_unknown = context.accept_unknown_tickers};
    auto view = change_session(context.sessions, session_, patch, rules, context.tickers,
                               host_.metrics(), generation_);
    if (view) return adopt(*std::move(view));
    // Deleted or taken over meanwhile: this stream is about to be told.
    if (view.error().code == ErrorCode::no_such_session) return;
    reply(error_json(message->op_name, view.error()));
}

/// Makes the stream what its session is now, and says so.
void StreamConnection::adopt(SessionView view) {
    auto const removed = not_in(tickers_.ids(), view.tickers.ids());
    auto const added = not_in(view.tickers.ids(), tickers_.ids());
    abandon_in_flight(removed);
    host_.hub().unsubscribe(*this, removed);
    if (!added.empty()) host_.hub().subscribe(*this, added);
    tickers_ = std::move(view.tickers);
    set_throttle(std::chrono::milliseconds{view.throttle_ms});

    std::string text{R"({"type":"subscribed","tickers":[)"};
    for (auto const id : tickers_.ids()) {
        text += text.back() == '[' ? "\"" : ",\"";
        text.append(host_.context().tickers.name(id).view()) += '"';
    }
    reply(text + "],\"throttle_ms\":" + std::to_string(view.throttle_ms) + '}');
}

/// An unfinished frame goes out as it is, but its ticks of these count for nobody any more.
void StreamConnection::abandon_in_flight(std::vector<TickerId> const& removed) noexcept {
    auto const gone = std::erase_if(in_flight_, [&removed](TickInFlight const& tick) {
        return std::find(removed.begin(), removed.end(), tick.ticker) != removed.end();
    });
    host_.metrics().ticks_abandoned.add(gone);
}

void StreamConnection::set_throttle(Duration throttle) noexcept {
    if (throttle == throttle_) return;
    // Without a throttle no times were kept: the new one counts from now.
    auto const last = throttle_ > Duration{0} ? last_paced_ : std::chrono::steady_clock::now();
    throttle_ = throttle;
    last_paced_ = last;
    throttle_timer_.cancel();
    host_.hub().release(*this);
}

void StreamConnection::reply(std::string const& json) {
    append_text_frame(json, replies_);
    ++replies_waiting_;
    host_.hub().enqueue(*this);
}

}  // namespace tickcast
