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
/// What is held up in this time before its end can have cost a stream its farewell.
constexpr Nanos kDrain = 12 * kSecond;

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
/// This stream is not the one of a client without fault any more.
void Client::excuse() {
    if (watch_) watch_->excuse();
}
void Client::open_stream() {
    if (stream_) {
        races_ = races_ || phase_ == Phase::opening;
        asked_to_end_ = true;
        if (!detached_at_) detached_at_ = ends_since();
        account();
        close_stream(by_chance(world_.random(), 300));
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
    displaced_since_.reset();
    ++streams_;
    ++attempts_;
    check_ = std::make_unique<StreamCheck>(transport_);
    head_.clear();
    rude_ = asked_to_end_ = vanished_ = chats_ = false;
    reads_ = Reads::eagerly;
    stopped_at_ = lazy_since_ = 0;
    changes_ = 0;
    watch_.emplace(world_, *check_, path_);
    stream_->on_event([self = weak_from_this()](std::uint32_t) {
        if (auto const that = self.lock()) that->look_later(0);
    });
    std::string request = "GET /v1/stream/" + session_ + " HTTP/1.1\r\nHost: a\r\n";
    request += websocket() ? "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                             "Sec-WebSocket-Version: 13\r\n"
                             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
                           : "Accept: text/event-stream\r\n\r\n";
    stream_->send(request);
    if (by_chance(world_.random(), 200)) act_soon();
}

void Client::look_later(Nanos delay) {
    auto const when = world_.now() + delay;
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
        auto const most = sips_ ? 200 * kMillisecond : kSecond;
        auto const wait = below(world_.random(), static_cast<std::uint64_t>(most));
        look_later(static_cast<Nanos>(wait) + kMillisecond);
    }
    read_stream();
}

void Client::read_stream() {
    char buffer[4096];
    auto const sip = sips_ ? 600 : sizeof buffer;
    auto const most = reads_ == Reads::slowly ? 1 + below(world_.random(), sip) : sizeof buffer;
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
        try {
            watch_->read();
        } catch (Broken const& broken) {
            throw Broken{broken.what() + std::string{"; "} + describe()};
        }
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

void Client::answered(HttpAnswer const& answer) {
    if (answer.status == (websocket() ? 101 : 200)) {
        ++world_.totals().streams;
        phase_ = Phase::streaming;
        watch_->begin(throttle_ms_);
        has_streamed_ = true;
        detached_at_.reset();
        if (displaced_) displaced_since_ = world_.now();
        return;
    }
    stream_->close();
    stream_.reset();
    phase_ = Phase::without_stream;
    if (answer.status == 404) {
        auto const since = detached_at_.value_or(0);
        auto const now = world_.now();
        auto const waited = now - since - world_.stood_still(since, now);
        auto const& settings = world_.settings();
        auto const least = nanos(has_streamed_    ? settings.detached_seconds
                                 : attempts_ == 1 ? settings.pending_seconds
                                                  : std::min(settings.detached_seconds,
                                                             settings.pending_seconds)) -
                           kMargin;
        bool const aged = settings.max_session_age_seconds > 0;
        require(aged || may_be_lost_ || waited >= least, [&] {
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
    require(may_end(how),
            [&] { return "a stream ended without a reason: " + how + "; " + describe(); });
    bool const by_the_rules = (code != 0 || !goodbye.empty()) && !rude_ && !stream_->was_reset();
    account();
    if (by_the_rules) {
        world_.watch_ending(std::move(stream_), how + " of client " + std::to_string(number_));
    } else {
        stream_->close();
    }
    stream_.reset();
    if (!detached_at_) detached_at_ = ends_since();
    if (phase_ == Phase::leaving) {
        phase_ = Phase::gone;
        return;
    }
    phase_ = Phase::without_stream;
    stay_away();
    if (how == "1000") expect_detached(world_.now() + kMargin);
    if (goodbye == "deleted" || goodbye == "too_old" || goodbye == "flooding")
        phase_ = Phase::fresh;
}

bool Client::may_end(std::string const& how) const {
    auto const now = world_.now();
    auto const& settings = world_.settings();
    // The kernel reports room by thirds of a buffer: only of a small one does the server see that
    // bytes are taken all the time.
    bool const is_seen =
        settings.stream_send_buffer_bytes <= 4096 && settings.slow_client_seconds > 4;
    if (how == "too_slow" && is_seen) {
        require(watch_->longest_gap() > nanos(settings.slow_client_seconds) - kSecond,
                [&] { return "too slow, though it took bytes all the time: " + describe(); });
    }
    bool const lazy = stopped_at_ != 0 || reads_ != Reads::eagerly || stream_->was_reset();
    bool const opening = phase_ == Phase::leaving;
    if (how == "taken_over" && races_) return true;
    if (asked_to_end_ || rude_ || opening || how == "too_old") return true;
    if (lazy && !world_.exact()) return true;
    if (!world_.stopping()) return false;
    // Where it read and answered all the time, the drain must not cut it off.
    bool const excused = watch_->excused() || world_.held_up(now - kDrain, now) > 0;
    return how != "lost" || excused;
}

void Client::account() {
    watch_.reset();
    if (!check_) return;
    received_ += check_->ticks();
    gaps_ += check_->gaps();
    for (auto const& [ticker, base] : check_->base())
        expected_ += world_.accepted(ticker) - base;
    world_.totals().ticks += check_->ticks();
    check_.reset();
}
/// The server may have ended the stream of a client that does not read long before it sees that.
Nanos Client::ends_since() const {
    auto since = world_.now();
    if (vanished_) since = vanished_at_;
    return lazy_since_ != 0 ? std::min(since, lazy_since_) : since;
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
    bool const knows_all = check_ && check_->snapshots() > 0;
    if (world_.cut() && knows_all && by_chance(world_.random(), 500)) return hang_up();
    if (world_.cut()) return delete_session();
    read_to_the_end();
    compare_with_session(world_.now() + kMargin);
}

/// Without a word, and with a frame under way, perhaps.
void Client::hang_up() {
    account();
    close_stream(true);
    phase_ = Phase::gone;
}

/// The stream has what the session has, once the last change is answered.
void Client::compare_with_session(Nanos until) {
    http_->ask(
        "GET", "/v1/sessions/" + session_, "", "",
        [self = shared_from_this(), until](HttpAnswer const& answer) {
            if (answer.status != 200 || self->is_as(answer.body)) {
                return self->delete_session();
            }
            auto& world = self->world_;
            auto const now = world.now();
            require(now < until + world.held_up(until - kMargin, now), [&] {
                return "a session that is not as its stream: " + answer.body + self->describe();
            });
            world.after(100 * kMillisecond, [self, until] { self->compare_with_session(until); });
        });
}

bool Client::is_as(std::string const& session) const {
    if (!check_ || rude_ || vanished_) return true;
    auto const json = nlohmann::json::parse(session);
    auto const tickers = json.at("tickers").get<std::set<std::string>>();
    return tickers == check_->tickers() &&
           (check_->subscribed() == 0 || json.at("throttle_ms") == check_->throttle_ms());
}

void Client::delete_session() {
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
    auto const now = world_.now();
    auto const past = [&](Nanos since, double seconds) {
        return now - since > nanos(seconds) + kMargin + world_.held_up(since, now);
    };
    if (displaced_ && displaced_since_ && phase_ == Phase::streaming && !world_.stopping()) {
        require(!past(*displaced_since_, 5),
                [&] { return "a displaced stream was not notified: " + describe(); });
    }
    if (phase_ == Phase::streaming && !world_.stopping()) {
        try {
            watch_->look();
        } catch (Broken const& broken) {
            throw Broken{broken.what() + std::string{"; "} + describe()};
        }
        require(watch_->excused() || settings.max_session_age_seconds == 0 ||
                    !past(made_at_, settings.max_session_age_seconds + 5),
                [&] { return "a session that is too old streams on: " + describe(); });
    }
    auto silence = settings.peer_timeout_seconds + 5;
    if (!websocket()) silence += settings.heartbeat_seconds;
    require(!vanished_ || !past(vanished_at_, silence),
            [&] { return "a client that vanished is still connected: " + describe(); });
    bool const stopped = reads_ == Reads::never && stopped_at_ != 0 && phase_ == Phase::streaming;
    require(!websocket() || !stopped || !past(stopped_at_, silence + settings.slow_client_seconds),
            [&] { return "a client that reads nothing is still connected: " + describe(); });
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
    text += " latency " + std::to_string(path_.latency / kMicrosecond) + " us, pieces of " +
            std::to_string(path_.largest_piece);
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
