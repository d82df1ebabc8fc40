// What a client does at random.
#include "simulation/world/broken.hpp"
#include "simulation/world/client.hpp"
#include "tickcast/config/settings.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace tickcast::simulation {

namespace {

constexpr Nanos kMargin = 3 * kSecond;

Nanos nanos(double of_seconds) {
    return static_cast<Nanos>(of_seconds * 1e9);
}

std::string list_of(auto const& tickers) {
    return nlohmann::json(tickers).dump();
}

}  // namespace

/// Something happens while the stream's handshake is under way, or has just ended.
void Client::act_soon() {
    auto const most = std::uint64_t{1} << below(world_.random(), 27);  // up to 134 ms
    world_.after(static_cast<Nanos>(below(world_.random(), most)),
                 [self = shared_from_this(), of = streams_] {
                     if (self->streams_ != of || self->world_.quiet()) return;
                     if (self->world_.stopping() || self->world_.exact()) return;
                     if (self->phase_ == Phase::opening) return self->act_while_opening();
                     if (self->phase_ == Phase::streaming) self->drop_stream();
                 });
}

void Client::act_later(Nanos most) {
    world_.after(static_cast<Nanos>(below(world_.random(), static_cast<std::uint64_t>(most))) + 1,
                 [self = shared_from_this()] { self->act(); });
}

/// What a client does next, every now and then.
void Client::act() {
    if (phase_ == Phase::leaving || phase_ == Phase::gone || world_.stopping()) return;
    act_later(2 * kSecond);
    if (world_.quiet()) {
        if (world_.cut()) return;
        reads_ = Reads::eagerly;
        if (vanished_ || rude_) drop_stream();
        look_later(0);
        away_until_ = 0;
        if (phase_ == Phase::without_stream) come_back();
        if (phase_ == Phase::fresh) create();
        return;
    }
    auto& random = world_.random();
    auto const what = below(random, 100);
    if (phase_ == Phase::fresh) return create();
    if (phase_ == Phase::without_stream) {
        if (what < 50) come_back();
        if (what >= 90) ask_state();
        return;
    }
    if (phase_ == Phase::opening) return act_while_opening();
    if (phase_ != Phase::streaming) return;
    if (vanished_) {
        if (what < 20) drop_stream();
        return;
    }
    if (by_chance(random, 50)) stream_->update_keys();
    if (what < 25) {
        be_lazy();
    } else if (world_.exact()) {
        return;
    } else if (what < 50) {
        change();
    } else if (what < 58) {
        ask_state();
    } else if (what < 66) {
        drop_stream();
    } else if (what < 70) {
        if (!rude_ && by_chance(random, 500)) keep_displaced();
        open_stream();  // takes over
    } else if (what < 74) {
        be_rude();
    } else if (what < 77) {
        world_.note("client " + std::to_string(number_) + " vanishes");
        vanished_ = asked_to_end_ = true;
        excuse();
        vanished_at_ = world_.now();
        stream_->vanish();
    } else if (what < 80 && !chats_) {
        chats_ = true;
        chat(45);
    }
}

/// The handshake is under way: it meets a take-over, a change, an end.
void Client::act_while_opening() {
    auto const what = below(world_.random(), 100);
    if (what < 30 && !world_.exact()) {
        if (by_chance(world_.random(), 500)) keep_displaced();
        open_stream();
    } else if (what < 60 && !world_.exact()) {
        patch();
    } else if (what < 75 && !world_.exact()) {
        drop_stream();
    }
}

/// Reads slowly or not at all for a while; or eagerly again.
void Client::be_lazy() {
    auto& random = world_.random();
    reads_ = by_chance(random, 500) ? Reads::slowly : Reads::eagerly;
    // Only a small buffer is seen to empty all the time.
    sips_ = world_.settings().stream_send_buffer_bytes <= 4096 && by_chance(random, 500);
    excuse();
    if (lazy_since_ == 0) lazy_since_ = world_.now();
    bool const may_stop = world_.cut() ? check_->snapshots() > 0 : !world_.exact();
    if (may_stop && by_chance(random, world_.cut() ? 500 : 150)) {
        reads_ = Reads::never;
        stopped_at_ = world_.now();
    }
    look_later(0);
}

/// Many messages, but no more than the server allows.
void Client::chat(unsigned left) {
    bool const may = stream_ && phase_ == Phase::streaming && websocket() && !vanished_ && !rude_ &&
                     !asked_to_end_ && !world_.quiet() && !world_.stopping();
    chats_ = left > 0 && may;
    if (!chats_) return;
    send_frame(0x81, R"({"op":"ping"})");
    world_.after(70 * kMillisecond, [self = shared_from_this(), of = streams_, left] {
        if (self->streams_ == of) self->chat(left - 1);
    });
}

void Client::act_at_stop() {
    auto const delay = static_cast<std::uint64_t>((world_.settings().drain_delay_seconds + 0.1) *
                                                  static_cast<double>(kSecond));
    world_.after(static_cast<Nanos>(below(world_.random(), delay)), [self = shared_from_this()] {
        if (self->phase_ == Phase::without_stream) return self->open_stream();
        if (self->phase_ != Phase::streaming || self->rude_ || self->vanished_) return;
        self->keep_displaced();
        self->open_stream();
    });
}

void Client::create() {
    if (http_->busy()) return;
    auto tickers = world_.some_tickers();
    if (tickers.empty()) tickers = {"T0"};
    throttle_ms_ = by_chance(world_.random(), 300)
                       ? static_cast<std::int64_t>(below(world_.random(), 3000))
                       : 0;
    phase_ = Phase::creating;
    detached_at_ = world_.now();
    http_->ask("POST", "/v1/sessions",
               R"({"tickers":)" + list_of(tickers) + R"(,"throttle_ms":)" +
                   std::to_string(throttle_ms_) + "}",
               "application/json", [self = shared_from_this(), tickers](HttpAnswer const& answer) {
                   if (answer.status != 201) {
                       bool const may = answer.status == 0 || answer.status == 503;
                       require(may, [&] {
                           return "no session: " + std::to_string(answer.status) + answer.body;
                       });
                       self->phase_ = Phase::fresh;
                       return;
                   }
                   auto const json = nlohmann::json::parse(answer.body);
                   self->session_ = json.at("session_id").get<std::string>();
                   self->tickers_ = {tickers.begin(), tickers.end()};
                   self->phase_ = Phase::without_stream;
                   self->may_be_lost_ = self->has_streamed_ = self->races_ = false;
                   self->attempts_ = 0;
                   self->made_at_ = self->world_.now();
                   self->away_until_ = 0;
                   self->come_back();
               });
}

void Client::come_back() {
    if (phase_ == Phase::without_stream && world_.now() >= away_until_) open_stream();
}

/// Now and then for almost as long as the session is kept.
void Client::stay_away() {
    auto& random = world_.random();
    auto const most = nanos(world_.settings().detached_seconds) - 4 * kSecond;
    away_until_ = world_.now();
    if (by_chance(random, 300)) {
        away_until_ += static_cast<Nanos>(below(random, static_cast<std::uint64_t>(most)));
    }
}

void Client::ask_state() {
    if (http_->busy()) return;
    http_->ask("GET", "/v1/sessions/" + session_, "", "", [](HttpAnswer const& answer) {
        require(answer.status == 200 || answer.status == 404 || answer.status == 0 ||
                    answer.status == 503,
                [&] { return "GET was answered " + std::to_string(answer.status); });
    });
}

/// The session of a stream that was closed by its client does not stay `streaming`.
void Client::expect_detached(Nanos until) {
    if (http_->busy() || phase_ != Phase::without_stream || world_.stopping()) return;
    http_->ask("GET", "/v1/sessions/" + session_, "", "",
               [self = shared_from_this(), until](HttpAnswer const& answer) {
                   if (answer.status != 200 || self->phase_ != Phase::without_stream) return;
                   auto const state = nlohmann::json::parse(answer.body).at("state");
                   if (state != "streaming") return;
                   auto& world = self->world_;
                   auto const now = world.now();
                   require(now < until + world.held_up(until - kMargin, now),
                           [&] { return "still streaming: " + self->describe(); });
                   world.after(100 * kMillisecond, [self, until] { self->expect_detached(until); });
               });
}

/// The old stream of a session that is about to be taken over: it must hear of that.
void Client::keep_displaced() {
    if (displaced_ || reads_ != Reads::eagerly || asked_to_end_) return;
    displaced_ = std::move(stream_);
    displaced_check_ = std::move(check_);
    displaced_since_.reset();
    displaced_opens_ = phase_ == Phase::opening;
    displaced_head_ = head_;
    races_ = races_ || displaced_opens_;
    displaced_->on_event([self = weak_from_this()](std::uint32_t) {
        auto const that = self.lock();
        if (that) that->world_.after(0, [that] { that->look_at_displaced(); });
    });
    look_at_displaced();
}

void Client::look_at_displaced() {
    if (!displaced_) return;
    char buffer[4096];
    for (;;) {
        auto const got = displaced_->receive(buffer, sizeof buffer);
        if (got == -EAGAIN) return;
        if (got <= 0) break;
        feed_displaced({buffer, static_cast<std::size_t>(got)});
        if (!displaced_) return;
        if (!displaced_check_->goodbye().empty()) break;
    }
    auto const& why = displaced_check_->goodbye();
    if (!why.empty()) ++world_.totals().ends[why];
    bool const may = why == "taken_over" || world_.stopping() || may_be_lost_ ||
                     phase_ != Phase::streaming || why == "too_old" || displaced_opens_;
    require(may, [&] { return "a displaced stream ended by '" + why + "'; " + describe(); });
    received_ += displaced_check_->ticks();
    auto const last_id = displaced_check_->last_id();
    displaced_check_.reset();
    displaced_->close();
    displaced_.reset();
    if (why == "taken_over" && !last_id.empty()) ask_again(last_id);
}

/// Its handshake may still be under way; where it is refused, there is no stream.
void Client::feed_displaced(std::string_view bytes) {
    if (!displaced_opens_) {
        displaced_check_->feed(bytes);
        // It might be the session's stream still, where the other one came first.
        for (auto const& ping : displaced_check_->take_pings())
            displaced_->send(frame_of(0x8A, ping));
        return;
    }
    displaced_head_ += bytes;
    HttpAnswer answer;
    auto const events = displaced_head_.find("text/event-stream") != std::string::npos;
    if (!take_answer(displaced_head_, answer, events)) return;
    displaced_opens_ = false;
    if (answer.status == (websocket() ? 101 : 200)) {
        return feed_displaced(std::exchange(displaced_head_, {}));
    }
    displaced_->close();
    displaced_.reset();
    displaced_check_.reset();
}

/// An EventSource that was displaced comes back by itself; it must not take the session back.
void Client::ask_again(std::string const& last_id) {
    if (http_->busy()) return;
    http_->ask(
        "GET",
        "/v1/stream/" + session_ +
            " HTTP/1.1\r\nAccept: text/event-stream\r\nLast-Event-ID: " + last_id + "\r\nX-Rest:",
        "", "", [](HttpAnswer const& answer) {
            require(
                answer.status == 204 || answer.status == 404 || answer.status == 503 ||
                    answer.status == 0,
                [&] { return "a displaced client came back: " + std::to_string(answer.status); });
        });
}

/// Its ticks that are under way are abandoned.
void Client::remove_some() {
    if (http_->busy() || phase_ != Phase::streaming) return;
    http_->ask("PATCH", "/v1/sessions/" + session_,
               R"({"remove":)" + list_of(world_.some_tickers()) + "}", "application/json",
               [](HttpAnswer const& answer) {
                   require(answer.status == 200,
                           [&] { return "PATCH was answered " + std::to_string(answer.status); });
               });
}

void Client::change() {
    if (websocket() && by_chance(world_.random(), 600)) return send_message();
    patch();
}

void Client::patch() {
    if (http_->busy()) return;
    auto const add = world_.some_tickers();
    auto const removed = world_.some_tickers();
    http_->ask(
        "PATCH", "/v1/sessions/" + session_,
        R"({"add":)" + list_of(add) + R"(,"remove":)" + list_of(removed) + "}", "application/json",
        [add](HttpAnswer const& answer) {
            if (answer.status == 200) {
                auto const now = nlohmann::json::parse(answer.body).at("tickers");
                for (auto const& ticker : add) {
                    bool const there = std::find(now.begin(), now.end(), ticker) != now.end();
                    require(there,
                            [&] { return "a PATCH did not add " + ticker + ": " + answer.body; });
                }
            }
            require(answer.status == 200 || answer.status == 404 || answer.status == 0 ||
                        answer.status == 503,
                    [&] {
                        return "PATCH was answered " + std::to_string(answer.status) + answer.body;
                    });
        });
}

void Client::send_message() {
    switch (below(world_.random(), 4)) {
        case 0:
            return send_frame(0x81, R"({"op":"ping","id":1})");
        case 1:
            throttle_ms_ = -1;
            watch_->throttle_changes();
            return send_frame(0x81, R"({"op":"throttle","ms":)" +
                                        std::to_string(below(world_.random(), 500)) + "}");
        case 2:
            return send_frame(
                0x81, R"({"op":"unsubscribe","tickers":)" + list_of(world_.some_tickers()) + "}");
        default:
            return send_frame(
                0x81, R"({"op":"subscribe","tickers":)" + list_of(world_.some_tickers()) + "}");
    }
}

void Client::be_rude() {
    world_.note("client " + std::to_string(number_) + " is rude");
    rude_ = may_be_lost_ = true;
    excuse();
    if (stream_->is_tls() && by_chance(world_.random(), 300)) {
        stream_->send_raw("this is no TLS record");
        return;
    }
    if (!websocket()) {
        for (int i = 0; i < 20; ++i)
            stream_->send(std::string(1024, 'x'));
        return;
    }
    switch (below(world_.random(), 6)) {
        case 0:
            stream_->send(std::string_view{"\x81\x03no!", 5});  // not masked
            return;
        case 1:
            return send_frame(0xF1, "reserved");
        case 2:
            return send_frame(0x82, "binary");
        case 3:
            return send_frame(0x81, "\xff\xfe");
        case 4:
            return send_frame(0x88, "\x03");
        default:
            for (int i = 0; i < 200; ++i)
                send_frame(0x81, R"({"op":"ping"})");
    }
}

void Client::drop_stream() {
    if (!stream_) return;
    races_ = races_ || phase_ == Phase::opening;
    asked_to_end_ = true;
    excuse();
    if (websocket() && phase_ == Phase::streaming && !vanished_ && !rude_ &&
        by_chance(world_.random(), 400)) {
        if (lazy_since_ == 0) lazy_since_ = world_.now();
        return send_frame(0x88, std::string_view{"\x03\xe8", 2});
    }
    account();
    close_stream(by_chance(world_.random(), 500));
    if (!detached_at_) detached_at_ = ends_since();
    phase_ = Phase::without_stream;
    stay_away();
}

void Client::close_stream(bool reset) {
    auto const server = stream_->peer();
    stream_->close(reset);
    stream_.reset();
    if (vanished_) lost_one_ = true;
    if (!vanished_ && !rude_) world_.watch_closing(server, "client " + std::to_string(number_));
}

void Client::send_frame(int first_byte, std::string_view payload) {
    if (stream_) stream_->send(frame_of(first_byte, payload));
}

std::string Client::frame_of(int first_byte, std::string_view payload) {
    std::string frame{static_cast<char>(first_byte)};
    if (payload.size() < 126) {
        frame += static_cast<char>(0x80 | payload.size());
    } else {
        frame += static_cast<char>(0x80 | 126);
        frame += static_cast<char>(payload.size() >> 8);
        frame += static_cast<char>(payload.size() & 0xFF);
    }
    char key[4];
    for (auto& byte : key)
        byte = static_cast<char>(world_.random()());
    frame.append(key, 4);
    for (std::size_t i = 0; i < payload.size(); ++i)
        frame += static_cast<char>(payload[i] ^ key[i % 4]);
    return frame;
}

}  // namespace tickcast::simulation
