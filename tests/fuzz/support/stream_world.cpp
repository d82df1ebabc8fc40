#include "fuzz/support/stream_world.hpp"

#include "fuzz/support/fuzz.hpp"

#include <boost/asio/post.hpp>

#include <array>
#include <memory>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace tickcast::fuzz {

namespace {

Settings settings_of_streams() {
    Settings settings;
    settings.max_message_bytes = StreamWorld::kMaxMessage;
    settings.max_messages_per_second = 1000;  // more than an input can hold
    return settings;
}

SessionMap::Config config_of(Settings const& settings) {
    return {.pending = from_seconds(settings.pending_seconds),
            .detached = from_seconds(settings.detached_seconds)};
}

HttpRequest upgrade() {
    HttpRequest request{http::verb::get, "/v1/stream/x", 11};
    request.set(http::field::host, "a");
    request.set(http::field::upgrade, "websocket");
    request.set(http::field::connection, "Upgrade");
    request.set(http::field::sec_websocket_key, "dGhlIHNhbXBsZSBub25jZQ==");
    request.set(http::field::sec_websocket_version, "13");
    return request;
}

Ticker ticker(std::string_view name) {
    return *Ticker::parse(name);
}

}  // namespace

StreamWorld::StreamWorld()
    : settings_(settings_of_streams()),
      sessions_(config_of(settings_), clock_),
      mailbox_([this] { asio::post(loop_.io(), [this] { streams_.take_in_ticks(); }); }),
      context_{{.settings = settings_,
                .tickers = tickers_,
                .sessions = sessions_,
                .clock = clock_,
                .streams = *this},
               "epoch",
               feed_live_},
      streams_(loop_, mailbox_, *this, context_, std::make_unique<LoopSender>()),
      work_(asio::make_work_guard(loop_.io())) {
    for (auto const* name : {"A", "B", "C"})
        require(tickers_.make_known(ticker(name)).has_value(), "there is room for a few tickers");
}

int StreamWorld::open(std::string read_ahead) {
    std::array<int, 2> ends{};
    require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0,
            "sockets can be made");
    TcpSocket server{loop_.io()};
    server.assign(asio::ip::tcp::v4(), ends[0]);
    std::array const names{ticker("A")};
    auto made = sessions_.create(*tickers_.hold(names), 0);
    require(static_cast<bool>(made), "a session can be made");
    session_ = made->id;
    streams_.start_stream(
        {.socket = ClientSocket{std::move(server)}, .read_ahead = std::move(read_ahead)}, upgrade(),
        {.session = session_, .transport = Transport::websocket});
    turn();
    return ends[1];
}

void StreamWorld::turn() {
    loop_.io().poll();
}

void StreamWorld::forget() {
    sessions_.remove(session_);
}

/// As the router answers: the ticker's record, which has no tick yet.
void StreamWorld::change(InterestChange change) {
    if (change.request == 0) return;
    TickRecord record;
    record.topic = change.topic;
    TickMailbox::Batch{mailbox_}.put(record, change.request);
}

}  // namespace tickcast::fuzz
