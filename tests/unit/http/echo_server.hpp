// An HTTP server on a loopback port, with a thread of its own. Its handler answers with the
// request.
#pragma once

#include "tickcast/base/check.hpp"
#include "tickcast/http/fields.hpp"
#include "tickcast/http/http_connections.hpp"
#include "tickcast/http/response.hpp"
#include "tickcast/transport/listener.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <future>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <vector>

namespace tickcast::test {

/// Answers "METHOD TARGET BODY". /throw throws, /early is refused by its header, /stream becomes a
/// stream, /unchanged gets a 304, /health is always answered, /shared answers from `shared_body_`.
/// Other paths match "/{name}".
class EchoHandler final : public HttpHandler, public StreamStarter {
public:
    static constexpr std::size_t kBodyLimit = 100;
    static constexpr RouteFacts kAlways{.answered_always = true};
    static constexpr RouteTable kRoutes{std::array{
        RouteRow<int>{Method::get, "/{name}"},
        RouteRow<int>{Method::post, "/{name}"},
        RouteRow<int>{Method::get, "/stream"},
        RouteRow<int>{Method::get, "/unchanged"},
        RouteRow<int>{Method::get, "/health", 0, kAlways},
    }};
    /// The index of a label.
    static std::size_t label(std::string_view text) {
        auto const labels = kRoutes.labels();
        auto const found = std::find(labels.begin(), labels.end(), text);
        TICKCAST_CHECK(found != labels.end(), "no such label");
        return static_cast<std::size_t>(found - labels.begin());
    }

    Routed route(HttpHeader const& header) const override {
        ++routed_;
        auto const path = split_target(to_std(header.target())).path;
        auto const method = method_label(header.method());
        auto routed =
            path == "/" ? kRoutes.find_pattern("/{name}", method) : kRoutes.find(path, method);
        routed.body_limit = kBodyLimit;
        return routed;
    }
    Result<Admission, Refusal> admit(HttpHeader const& header, Routed const&) const override {
        if (header.target() == "/early") return refusal(ErrorCode::no_such_route, {});
        if (header.target() != "/stream") return Admission{};
        return Admission{StreamGrant{.head = HttpResponse{http::status::switching_protocols, 11}}};
    }
    Awaitable<Outcome> handle(HttpRequest const& request, Routed const& routed,
                              ConnectionSlot const&) override {
        if (request.target() == "/throw") throw std::runtime_error{"as asked"};
        std::string text{request.method_string()};
        text.append(" ").append(request.target()).append(" ").append(request.body());
        if (request.target() == "/large") text.assign(std::size_t{4} << 20, 'x');
        if (request.target() == "/unchanged") {
            co_return Answer{.response = HttpResponse{http::status::not_modified, 11}};
        }
        Answer answer{.response = text_response("text/plain", std::move(text))};
        answer.response.set("X-Name", routed.parameter);
        if (request.target() == "/shared") answer.shared_body = shared_body_;
        co_return answer;
    }
    void refused(Refusal const& refusal, HttpHeader const*, Routed const&) override {
        refused_.push_back(refusal.error.code);
    }
    void mark(HttpResponse& response, HttpHeader const*) const override {
        response.set("X-Marked", "yes");
    }
    void start_stream(HandedSocket handed, HttpRequest request, StreamGrant) override {
        stream_slot_ = std::move(handed.slot);
        streamed_.set_value(std::string{request.target()} + ' ' + handed.read_ahead);
    }

    std::string shared_body_{"the same for all"};
    ConnectionSlot stream_slot_;
    std::promise<std::string> streamed_;
    mutable std::size_t routed_{0};  ///< how often `route` was called
    std::vector<ErrorCode> refused_;
};

class EchoServer {
public:
    explicit EchoServer(HttpLimits limits)
        : connections_(
              io_.get_executor(),
              {.handler = handler_, .metrics = metrics_, .clock = clock_, .streams = &handler_},
              limits),
          listener_(open(), clock_, [this](ClientSocket socket) {
              connections_.accept(std::move(socket), next_slot(), draining);
          }) {
        asio::co_spawn(io_, listener_.run(), [](std::exception_ptr) {});
        thread_ = std::thread{[this] { io_.run(); }};
    }
    /// Ends only if no operation is left pending: otherwise the loop does not run out of work.
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
    std::uint64_t counted(std::string_view route, Method method, unsigned status) const {
        auto const& all = kHttpStatuses;
        auto const index = std::find(all.begin(), all.end(), status) - all.begin();
        return metrics_.requests(EchoHandler::label(route), method,
                                 static_cast<std::size_t>(index));
    }

    EchoHandler handler_;
    asio::io_context io_{1};
    HttpMetrics metrics_{EchoHandler::kRoutes.labels()};
    PeerClock clock_;  ///< not started: it gives the steady time
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
