#include "tickcast/transport/listener.hpp"

#include "tickcast/base/logging.hpp"

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/redirect_error.hpp>

#include <sys/socket.h>

namespace tickcast {

namespace {

using asio::ip::tcp;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

/// The pause after an error such as EMFILE: the queue is still readable, and the loop would spin.
constexpr auto kAcceptPause = std::chrono::milliseconds{50};

/// How many sockets are accepted per turn of the loop. On a shard that is busy sending, a turn
/// includes a whole slice; one client per turn would make a spike wait for as many slices as it has
/// clients. More per turn would slow down the clients that are connected already.
constexpr int kAcceptsPerTurn = 3;

Result<tcp::endpoint, std::string> resolve(Executor executor, std::string const& host,
                                           std::uint16_t port) {
    SystemError error;
    auto const address = asio::ip::make_address(host, error);
    if (!error) return tcp::endpoint{address, port};
    asio::ip::basic_resolver<tcp, Executor> resolver{executor};
    auto const found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, error);
    if (error) return error.message();
    return found.begin()->endpoint();
}

/// The steps of opening; stops at the first error.
void listen_on(TcpAcceptor& acceptor, tcp::endpoint const& endpoint, PortSharing sharing,
               SystemError& error) {
    auto const step = [&error](auto&& action) {
        if (!error) action();
    };
    step([&] { acceptor.open(endpoint.protocol(), error); });
    step([&] { acceptor.set_option(tcp::acceptor::reuse_address{true}, error); });
    if (endpoint.address().is_v6()) {
        step([&] { acceptor.set_option(asio::ip::v6_only{false}, error); });
    }
    if (sharing == PortSharing::next) {
        step([&] { acceptor.set_option(ReusePort{true}, error); });
    }
    step([&] { acceptor.bind(endpoint, error); });
    // The first listener binds alone, and only then opens the port to the other shards. So it never
    // joins another process's listener unnoticed (CONTRACT RUN-8), and the port is never free in
    // between. Linux checks the flag when the next listener binds.
    if (sharing == PortSharing::first) {
        step([&] { acceptor.set_option(ReusePort{true}, error); });
    }
    step([&] { acceptor.listen(kBacklog, error); });
    step([&] { acceptor.non_blocking(true, error); });
}

bool is_clients_fault(SystemError error) noexcept {
    return error == asio::error::connection_aborted || error == asio::error::connection_reset ||
           error == asio::error::interrupted || error == boost::system::errc::protocol_error;
}

}  // namespace

Result<TcpAcceptor, std::string> open_listener(Executor executor, std::string const& host,
                                               std::uint16_t port, PortSharing sharing) {
    auto const refuse = [&](std::string const& why) {
        return "cannot listen on " + host + " port " + std::to_string(port) + ": " + why;
    };
    auto const endpoint = resolve(executor, host, port);
    if (!endpoint) return refuse(endpoint.error());
    TcpAcceptor acceptor{executor};
    SystemError error;
    listen_on(acceptor, *endpoint, sharing, error);
    if (error) return refuse(error.message());
    return acceptor;
}

std::string listener_url(tcp::endpoint const& endpoint, bool tls) {
    auto const address = endpoint.address().to_string();
    auto const host = endpoint.address().is_v6() ? '[' + address + ']' : address;
    return (tls ? "https://" : "http://") + host + ':' + std::to_string(endpoint.port());
}

Listener::Listener(TcpAcceptor acceptor, PeerClock const& clock,
                   std::function<void(ClientSocket)> on_socket, TlsContext const* tls)
    : acceptor_(std::move(acceptor)),
      endpoint_(acceptor_.local_endpoint()),
      clock_(clock),
      on_socket_(std::move(on_socket)),
      tls_(tls),
      pause_(acceptor_.get_executor()) {}

Awaitable<> Listener::run() {
    thread_.check();
    while (!stopping_) {
        SystemError error;
        TcpSocket socket{acceptor_.get_executor()};
        co_await acceptor_.async_accept(socket, asio::redirect_error(use_await, error));
        if (!error) {
            give(std::move(socket));
            accept_queued(kAcceptsPerTurn - 1);
        } else if (!stopping_ && !is_clients_fault(error)) {
            co_await back_off(error);
        }
    }
}

void Listener::give(TcpSocket socket) {
    if (tls_ == nullptr) return on_socket_(ClientSocket{std::move(socket)});
    // Without memory for a TLS session the socket is just closed.
    if (auto session = tls_->new_session()) {
        on_socket_(ClientSocket{std::move(socket), std::move(session)});
    }
}

Awaitable<> Listener::back_off(SystemError error) {
    if (auto const left_out = log_limit_.admit(clock_.steady_now())) {
        logger("transport")
            ->error("event=accept_failed port={} error=\"{}\" left_out={}", endpoint_.port(),
                    error.message(), *left_out);
    }
    SystemError cancelled;
    pause_.expires_after(kAcceptPause);
    co_await pause_.async_wait(asio::redirect_error(use_await, cancelled));
}

void Listener::stop() {
    thread_.check();
    if (stopping_) return;
    stopping_ = true;
    pause_.cancel();
    // For the clients in the kernel's queue the connection is established already: they get an
    // answer.
    accept_queued(kBacklog);
    SystemError ignored;
    acceptor_.close(ignored);
}

void Listener::accept_queued(int most) {
    for (int accepted = 0; accepted < most; ++accepted) {
        SystemError error;
        TcpSocket socket{acceptor_.get_executor()};
        acceptor_.accept(socket, error);
        if (error && !is_clients_fault(error)) return;
        if (!error) give(std::move(socket));
    }
}

}  // namespace tickcast
