#include "app/shard.hpp"

#include "tickcast/http/address_key.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

namespace tickcast {

Shard::Shard(std::uint32_t index, Parts const& parts, std::unique_ptr<BatchSender> sender)
    : shared_(parts.shared),
      loop_(index, metrics_),
      mailbox_([this] { asio::post(loop_.io(), [this] { streams_.take_in_ticks(); }); }),
      streams_(loop_, mailbox_, parts.interest, parts.context, std::move(sender)),
      api_({.context = parts.context,
            .metrics = metrics_,
            .draining = shared_.draining,
            .liveness = *this,
            .quotes = parts.quotes,
            .page = parts.page}),
      http_(loop_.io().get_executor(),
            {.handler = api_,
             .metrics = http_metrics_,
             .clock = loop_.peer_clock(),
             .streams = &streams_},
            HttpLimits::from(shared_.settings)) {
    loop_.on_tick([this](SteadyTime) {
        control_thread_turns();  // often, since a turn counts from the call that sees it
        streams_.tick();
    });
}

bool Shard::alive() {
    return shared_.shards_turn.load(std::memory_order_relaxed) && control_thread_turns();
}

bool Shard::control_thread_turns() {
    return control_watch_.all_turn(loop_.peer_clock().now(), [this](std::size_t) {
        return shared_.control_turns.load(std::memory_order_relaxed);
    });
}

void Shard::listen(TcpAcceptor acceptor, TlsContext const* tls) {
    listener_.emplace(
        std::move(acceptor), loop_.peer_clock(),
        [this](ClientSocket socket) { accept(std::move(socket)); }, tls);
    asio::co_spawn(loop_.io(), listener_->run(), rethrow);
}

void Shard::accept(ClientSocket socket) {
    AddressKey client;
    if (shared_.quotas.by_address()) {
        SystemError error;
        auto const endpoint = socket.tcp().remote_endpoint(error);
        if (error) return;  // the client is gone already
        client = address_key(endpoint.address());
    }
    auto slot = shared_.quotas.connect(client);
    if (auto const refusal = slot.refusal()) {
        metrics_.limit_hit(refusal->code == ErrorCode::at_capacity
                               ? Limit::max_connections
                               : Limit::max_connections_per_address);
    }
    http_.accept(std::move(socket), std::move(slot), draining_);
}

void Shard::drain(Duration over, std::function<void()> done) {
    asio::post(loop_.io(), [this, over, done = std::move(done)]() mutable {
        asio::co_spawn(loop_.io(), close_all(over, std::move(done)), rethrow);
    });
}

/// Requests in progress, and those of clients in the accept queue, get their answers while the
/// streams close.
Awaitable<> Shard::close_all(Duration over, std::function<void()> done) {
    draining_ = true;  // clients in the accept queue get an answer that says so
    listener_->stop();
    http_.stop();
    // Shared by streams and HTTP: the last of the two to end calls `done`.
    auto const left = std::make_shared<int>(2);
    auto const one_ended = [left, done = std::move(done)] {
        if (--*left == 0) done();
    };
    streams_.drain(over, one_ended);
    co_await http_.join();
    one_ended();
}

void Shard::stop(std::function<void()> done) {
    asio::post(loop_.io(), [this, done = std::move(done)]() mutable {
        asio::co_spawn(loop_.io(), end(std::move(done)), rethrow);
    });
}

Awaitable<> Shard::end(std::function<void()> done) {
    listener_->stop();
    http_.abort();
    co_await http_.join();
    streams_.reset_all();
    // Operations of the connections just cut complete with errors before the loop ends.
    co_await asio::post(loop_.io(), use_await);
    loop_.stop();
    done();
}

}  // namespace tickcast
