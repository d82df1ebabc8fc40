#include "simulation/world/client.hpp"

#include "simulation/world/broken.hpp"
#include "tickcast/config/settings.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace tickcast::simulation {

namespace {

using Transport = StreamCheck::Transport;

constexpr Nanos kMargin = 3 * kSecond;
/// The longest that a path holds back what was sent.
constexpr Nanos kLongestDelay = 2 * kSecond;

Nanos nanos(double of_seconds) {
    return static_cast<Nanos>(of_seconds * 1e9);
}

std::string list_of(auto const& tickers) {
    return nlohmann::json(tickers).dump();
}

}  // namespace

Client::Client(World& world, unsigned number)
    : world_(world),
      number_(number),
      address_("127.0.1." + std::to_string(number + 1)),
      path_(world.some_path()),
      transport_(by_chance(world.random(), 300) ? Transport::events : Transport::websocket),
      http_(world.http(path_, address_)) {}

Client::~Client() = default;

void Client::begin() {
    create();
    act_later(kSecond);
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
    if (phase_ != Phase::streaming) return;
    if (vanished_) {
        if (what < 20) drop_stream();
        return;
    }
    if (by_chance(random, 50)) stream_->update_keys();
    if (what < 25) {
        reads_ = by_chance(random, 500) ? Reads::slowly : Reads::eagerly;
        if (lazy_since_ == 0) lazy_since_ = world_.kernel().now();
        bool const may_stop = world_.cut() ? check_->snapshots() > 0 : !world_.exact();
        if (may_stop && by_chance(random, world_.cut() ? 500 : 150)) {
            reads_ = Reads::never;
            stopped_at_ = world_.kernel().now();
        }
        look_later(0);
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
        vanished_at_ = world_.kernel().now();
        stream_->vanish();
    }
}

void Client::create() {
    if (http_->busy()) return;
    auto tickers = world_.some_tickers();
    if (tickers.empty()) tickers = {"T0"};
    throttle_ms_ = by_chance(world_.random(), 300)
                       ? static_cast<std::int64_t>(below(world_.random(), 3000))
                       : 0;
    phase_ = Phase::creating;
    detached_at_ = world_.kernel().now();
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
                   self->may_be_lost_ = false;
                   self->come_back();
               });
}

void Client::come_back() {
    if (phase_ == Phase::without_stream) open_stream();
}

void Client::open_stream() {
    if (stream_) {
        asked_to_end_ = true;
        detached_at_ = ends_since();
        account();
        stream_->close(by_chance(world_.random(), 300));
        stream_.reset();
    }
    auto const port = static_cast<std::uint16_t>(1024 + below(world_.random(), 60'000));
    TcpEnd::Options options;
    options.receive_room = std::size_t{2048} << below(world_.random(), 7);
    stream_ = Connection::open(world_.kernel(), address_of(address_, port), world_.public_address(),
                               path_, options, world_.tls());
    if (!stream_) {
        phase_ = Phase::without_stream;
        return;
    }
    phase_ = Phase::opening;
    check_ = std::make_unique<StreamCheck>(transport_);
    head_.clear();
    rude_ = asked_to_end_ = vanished_ = false;
    reads_ = Reads::eagerly;
    stopped_at_ = lazy_since_ = 0;
    changes_ = 0;
    pace_ = {};
    stream_->on_event([self = weak_from_this()](std::uint32_t) {
        if (auto const that = self.lock()) that->look_later(0);
    });
    std::string request = "GET /v1/stream/" + session_ + " HTTP/1.1\r\nHost: a\r\n";
    request += websocket() ? "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                             "Sec-WebSocket-Version: 13\r\n"
                             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
                           : "Accept: text/event-stream\r\n\r\n";
    stream_->send(request);
}

void Client::look_later(Nanos delay) {
    auto const when = world_.kernel().now() + delay;
    if (looks_at_ != 0 && looks_at_ <= when) return;
    looks_at_ = when;
    world_.after(delay, [self = shared_from_this()] {
        self->looks_at_ = 0;
        self->look();
    });
}

void Client::look() {
    if (!stream_ || vanished_) return;
    if (reads_ == Reads::never && phase_ != Phase::opening) return;
    if (reads_ == Reads::slowly && phase_ != Phase::opening) {
        look_later(static_cast<Nanos>(below(world_.random(), kSecond)) + kMillisecond);
    }
    read_stream();
}

void Client::read_stream() {
    char buffer[4096];
    auto most = reads_ == Reads::slowly ? 1 + below(world_.random(), sizeof buffer) : sizeof buffer;
    for (;;) {
        auto const got = stream_->receive(buffer, most);
        if (got == -EAGAIN) return;
        if (got <= 0) return ended();
        std::string_view const bytes{buffer, static_cast<std::size_t>(got)};
        if (phase_ == Phase::opening) {
            head_ += bytes;
            HttpAnswer answer;
            auto const events = head_.find("text/event-stream") != std::string::npos;
            if (!take_answer(head_, answer, events)) continue;
            answered(answer);
            if (phase_ != Phase::streaming) return;
            check_->feed(std::exchange(head_, {}));
        } else {
            check_->feed(bytes);
        }
        auto const pings = check_->take_pings();
        for (auto const& ping : pings)
            send_frame(0x8A, ping);
        last_message_at_ = world_.kernel().now();
        if (!pings.empty()) last_ping_at_ = last_message_at_;
        check_pace();
        if (check_->close_code() != 0) {
            auto const code = static_cast<unsigned>(check_->close_code());
            std::string const echo{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
            if (code != 1005) send_frame(0x88, echo);
            return ended();
        }
        if (!websocket() && !check_->goodbye().empty()) return ended();
        if (reads_ == Reads::slowly) return;
    }
}

/// The throttle is the least time between two `ticks` frames: over a while they can't be more than
/// fit in. Delays of the path, and a reader's, can only crowd those of the begin.
void Client::check_pace() {
    if (lazy_since_ != 0 || check_->snapshots() == 0) return;
    auto const now = world_.kernel().now();
    if (pace_.since == 0 || pace_.subscribed != check_->subscribed()) {
        if (check_->subscribed() > 0) throttle_ms_ = check_->throttle_ms();
        pace_ = {throttle_ms_, check_->subscribed(), now, check_->tick_frames()};
        return;
    }
    if (pace_.throttle_ms <= 0) return;
    auto const frames = check_->tick_frames() - pace_.frames;
    auto const fit = (now - pace_.since + kLongestDelay) / (pace_.throttle_ms * kMillisecond) + 2;
    require(frames <= static_cast<std::uint64_t>(fit), [&] {
        return std::to_string(frames) + " frames of ticks where " + std::to_string(fit) + " fit; " +
               describe();
    });
}

void Client::answered(HttpAnswer const& answer) {
    if (answer.status == (websocket() ? 101 : 200)) {
        ++world_.totals().streams;
        phase_ = Phase::streaming;
        attempt_ = 0;
        last_message_at_ = last_ping_at_ = world_.kernel().now();
        detached_at_.reset();
        if (displaced_) displaced_since_ = world_.kernel().now();
        return;
    }
    stream_->close();
    stream_.reset();
    phase_ = Phase::without_stream;
    if (answer.status == 404) {
        auto const waited = world_.kernel().now() - detached_at_.value_or(0);
        auto const least =
            nanos(std::min(world_.settings().detached_seconds, world_.settings().pending_seconds)) -
            2 * kSecond;
        bool const aged = world_.settings().max_session_age_seconds > 0;
        require(aged || may_be_lost_ || (detached_at_ && waited >= least), [&] {
            return "session " + session_.substr(0, 6) + " was lost after " +
                   std::to_string(waited / kMillisecond) + " ms; " + describe();
        });
        phase_ = Phase::fresh;
        return;
    }
    require(answer.status == 503 || answer.status == 429,
            [&] { return "a stream was refused: " + std::to_string(answer.status) + answer.body; });
}

/// The stream has ended, seen from here.
void Client::ended() {
    auto const code = check_->close_code();
    auto const& goodbye = check_->goodbye();
    auto const how = !goodbye.empty() ? goodbye : code != 0 ? std::to_string(code) : "lost";
    ++world_.totals().ends[how];
    world_.note("client " + std::to_string(number_) + " ended: " + how);
    bool const lazy = stopped_at_ != 0 || reads_ != Reads::eagerly || stream_->was_reset();
    bool const expected = asked_to_end_ || rude_ || world_.stopping() || phase_ == Phase::opening ||
                          phase_ == Phase::leaving || (how == "too_old") ||
                          (lazy && !world_.exact());
    require(expected,
            [&] { return "a stream ended without a reason: " + how + "; " + describe(); });
    account();
    stream_->close();
    stream_.reset();
    if (!detached_at_) detached_at_ = ends_since();
    if (phase_ == Phase::leaving) {
        phase_ = Phase::gone;
        return;
    }
    phase_ = Phase::without_stream;
    if (goodbye == "deleted" || goodbye == "too_old" || goodbye == "flooding")
        phase_ = Phase::fresh;
}

void Client::account() {
    if (!check_) return;
    received_ += check_->ticks();
    gaps_ += check_->gaps();
    for (auto const& [ticker, base] : check_->base())
        expected_ += world_.accepted(ticker) - base;
    world_.totals().ticks += check_->ticks();
    check_.reset();
}

/// The old stream of a session that is about to be taken over: it must hear of that.
void Client::keep_displaced() {
    if (displaced_ || reads_ != Reads::eagerly || asked_to_end_) return;
    displaced_ = std::move(stream_);
    displaced_check_ = std::move(check_);
    displaced_since_.reset();
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
        displaced_check_->feed({buffer, static_cast<std::size_t>(got)});
        displaced_check_->take_pings();
        if (!displaced_check_->goodbye().empty()) break;
    }
    auto const& why = displaced_check_->goodbye();
    if (!why.empty()) ++world_.totals().ends[why];
    bool const may = why == "taken_over" || world_.stopping() || may_be_lost_ ||
                     phase_ != Phase::streaming || why == "too_old";
    require(may, [&] { return "a displaced stream ended by '" + why + "'; " + describe(); });
    received_ += displaced_check_->ticks();
    auto const last_id = displaced_check_->last_id();
    displaced_check_.reset();
    displaced_->close();
    displaced_.reset();
    if (why == "taken_over" && !last_id.empty()) ask_again(last_id);
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
    auto const add = world_.some_tickers();
    auto const removed = world_.some_tickers();
    if (websocket() && by_chance(world_.random(), 600)) return send_message();
    if (http_->busy()) return;
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
    asked_to_end_ = true;
    if (websocket() && phase_ == Phase::streaming && !vanished_ && !rude_ &&
        by_chance(world_.random(), 400)) {
        if (lazy_since_ == 0) lazy_since_ = world_.kernel().now();
        return send_frame(0x88, std::string_view{"\x03\xe8", 2});
    }
    account();
    stream_->close(by_chance(world_.random(), 500));
    stream_.reset();
    detached_at_ = ends_since();
    phase_ = Phase::without_stream;
}

/// The server may have ended the stream of a client that does not read long before it sees that.
Nanos Client::ends_since() const {
    if (vanished_) return vanished_at_;
    return lazy_since_ != 0 ? lazy_since_ : world_.kernel().now();
}

void Client::send_frame(int first_byte, std::string_view payload) {
    if (!stream_) return;
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
    stream_->send(frame);
}

void Client::ask_state() {
    if (http_->busy()) return;
    http_->ask("GET", "/v1/sessions/" + session_, "", "", [](HttpAnswer const& answer) {
        require(answer.status == 200 || answer.status == 404 || answer.status == 0 ||
                    answer.status == 503,
                [&] { return "GET was answered " + std::to_string(answer.status); });
    });
}

bool Client::is_settled() const {
    if (phase_ != Phase::streaming || !check_ || check_->snapshots() == 0) return false;
    if (http_->busy()) return false;
    return std::all_of(
        check_->tickers().begin(), check_->tickers().end(), [this](auto const& ticker) {
            auto const found = check_->newest().find(ticker);
            return found != check_->newest().end() && found->second == world_.accepted(ticker);
        });
}

void Client::leave() {
    if (phase_ == Phase::gone) return;
    phase_ = Phase::leaving;
    asked_to_end_ = true;
    if (displaced_) displaced_->close();
    displaced_.reset();
    if (vanished_) drop_stream();
    if (http_->busy() || !stream_) {
        phase_ = Phase::gone;
        return;
    }
    if (!world_.cut()) read_to_the_end();
    http_->ask("DELETE", "/v1/sessions/" + session_, "", "",
               [self = shared_from_this()](HttpAnswer const& answer) {
                   require(answer.status == 204 || answer.status == 404,
                           [&] { return "DELETE was answered " + std::to_string(answer.status); });
                   self->read_to_the_end();
               });
}

void Client::read_to_the_end() {
    reads_ = Reads::eagerly;
    look_later(0);
}

void Client::check_deadlines() const {
    if (!stream_ || phase_ == Phase::leaving) return;
    auto const server = stream_->peer();
    if (!server || server->is_closed()) return;
    auto const& settings = world_.settings();
    auto const held_up = world_.paused();  // of the whole run: the bound is generous
    auto limit = nanos(settings.peer_timeout_seconds + 5) + kMargin + held_up;
    if (!websocket()) limit += nanos(settings.heartbeat_seconds);
    auto const now = world_.kernel().now();
    if (displaced_ && displaced_since_ && !world_.stopping()) {
        require(now - *displaced_since_ < kMargin + 5 * kSecond + held_up,
                [&] { return "a displaced stream was not told: " + describe(); });
    }
    if (phase_ == Phase::streaming && !rude_ && !asked_to_end_ && lazy_since_ == 0) {
        auto const slack = kMargin + held_up;
        require(now - last_message_at_ < nanos(settings.heartbeat_seconds) + slack,
                [&] { return "no heartbeat came: " + describe(); });
        require(!websocket() || now - last_ping_at_ < nanos(settings.ping_seconds) + slack,
                [&] { return "no ping came: " + describe(); });
    }
    if (vanished_) {
        require(now - vanished_at_ < limit,
                [&] { return "a client that vanished is still connected: " + describe(); });
    }
    if (websocket() && reads_ == Reads::never && stopped_at_ != 0 && phase_ == Phase::streaming) {
        require(now - stopped_at_ < limit + nanos(settings.slow_client_seconds),
                [&] { return "a client that reads nothing is still connected: " + describe(); });
    }
}

std::string Client::describe() const {
    static char const* const names[] = {
        "fresh", "creating", "without stream", "opening", "streaming", "leaving", "gone"};
    std::string text = "client " + std::to_string(number_) +
                       (websocket() ? " websocket " : " events ") + names[static_cast<int>(phase_)];
    if (rude_) text += " rude";
    if (vanished_) text += " vanished";
    if (reads_ != Reads::eagerly) text += " lazy";
    if (http_->busy()) text += " asking";
    text += " throttle " + std::to_string(throttle_ms_);
    if (check_) {
        text += " snapshots " + std::to_string(check_->snapshots()) + " missing:";
        for (auto const& ticker : check_->tickers()) {
            auto const found = check_->newest().find(ticker);
            auto const has =
                found == check_->newest().end() ? -1 : static_cast<std::int64_t>(found->second);
            if (has != static_cast<std::int64_t>(world_.accepted(ticker))) {
                text += " " + ticker + "=" + std::to_string(has) + "/" +
                        std::to_string(world_.accepted(ticker));
            }
        }
    }
    return text;
}

}  // namespace tickcast::simulation
