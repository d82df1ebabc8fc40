// An HTTP server on a loopback port with a thread of its own, whose handler repeats what it was
// asked.
#pragma once

#include "tickcast/base/check.hpp"
#include "tickcast/http/http_connections.hpp"
#include "tickcast/http/response.hpp"
#include "tickcast/transport/listener.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <future>
#include <memory>
#include <thread>

namespace tickcast::test {

/// Answers "METHOD TARGET BODY"; /throw throws, /early is refused on its header, /stream is a
/// stream, /unchanged a 304, /shared answers from `shared_body_`.
class EchoHandler final : public HttpHandler {
public:
    static constexpr std::size_t kBodyLimit = 100;

    Awaitable<Answer> handle(HttpRequest const& request, ConnectionSlot const&) override {
        if (request.target() == "/throw") throw std::runtime_error{"as asked"};
        std::string text{request.method_string()};
        text.append(" ").append(request.target()).append(" ").append(request.body());
        if (request.target() == "/large") text.assign(std::size_t{4} << 20, 'x');
        if (request.target() == "/unchanged") {
            co_return Answer{HttpResponse{http::status::not_modified, 11}, Route::static_file};
        }
        Answer answer{text_response("text/plain", std::move(text)), Route::tickers};
        if (request.target() == "/shared") answer.shared_body = shared_body_;
        co_return answer;
    }
    std::optional<Answer> refuse_early(HttpHeader const& header) const override {
        if (header.target() != "/early") return std::nullopt;
        return Answer{problem_response(Error{.code = ErrorCode::no_such_route}), Route::unknown};
    }
    Answer refuse(Error error, HttpHeader const* header) override {
        return Answer{problem_response(error), header != nullptr ? Route::tickers : Route::unknown};
    }
    std::size_t body_limit(HttpHeader const&) const override { return kBodyLimit; }
    std::optional<Answer> grant_stream(HttpRequest const& request) const override {
        if (request.target() != "/stream") return std::nullopt;
        return Answer{HttpResponse{http::status::switching_protocols, 11}, Route::stream};
    }
    void start_stream(HandedSocket handed, HttpRequest request, HttpResponse) override {
        stream_slot_ = std::move(handed.slot);
        streamed_.set_value(std::string{request.target()} + ' ' + handed.read_ahead);
    }

    std::string shared_body_{"the same for all"};
    ConnectionSlot stream_slot_;
    std::promise<std::string> streamed_;
};

class EchoServer {
public:
    explicit EchoServer(HttpLimits limits)
        : connections_(io_.get_executor(), handler_, metrics_->http, limits, clock_),
          listener_(open(), [this](ClientSocket socket) {
              connections_.accept(std::move(socket), next_slot(), draining);
          }) {
        asio::co_spawn(io_, listener_.run(), [](std::exception_ptr) {});
        thread_ = std::thread{[this] { io_.run(); }};
    }
    /// Ends without a trace: the loop runs dry only if nothing is left pending.
    ~EchoServer() {
        on_loop([this] {
            listener_.stop();
            connections_.abort();
        });
        thread_.join();
    }

    template <class Action>
    void on_loop(Action action) {
        std::promise<void> done;
        asio::post(io_, [&] {
            action();
            done.set_value();
        });
        done.get_future().wait();
    }
    std::size_t open_connections() {
        std::size_t count = 0;
        on_loop([&] { count = connections_.size(); });
        return count;
    }
    asio::ip::tcp::endpoint endpoint() const { return listener_.local_endpoint(); }
    std::uint64_t counted(Route route, Method method, unsigned status) const {
        auto const& all = kHttpStatuses;
        auto const index = std::find(all.begin(), all.end(), status) - all.begin();
        return metrics_->http.requests(route, method, static_cast<std::size_t>(index));
    }

    EchoHandler handler_;
    asio::io_context io_{1};
    std::unique_ptr<ShardMetrics> metrics_ = std::make_unique<ShardMetrics>();
    PeerClock clock_;  ///< not begun: the steady one
    HttpConnections connections_;
    std::function<ConnectionSlot()> next_slot{[] { return ConnectionSlot{}; }};
    bool draining{false};  ///< for sockets accepted from now on

private:
    TcpAcceptor open() {
        auto opened = open_listener(io_.get_executor(), "127.0.0.1", 0, PortSharing::none);
        TICKCAST_CHECK(opened, "no free port on the loopback device");
        return *std::move(opened);
    }

    Listener listener_;
    std::thread thread_;
};

}  // namespace tickcast::test
