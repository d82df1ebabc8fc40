// One socket's HTTP, after its TLS handshake if it has one: reads requests, has them answered in
// order, ends, or hands the socket over to a stream. On its HttpConnections' thread; kept by its
// own coroutine and timer until it has ended. Bounds: --max-header-bytes, the handler's body limit,
// HttpLimits' times.
#pragma once

#include "http/chunked_body.hpp"
#include "tickcast/http/http_connections.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <memory>
#include <optional>
#include <string_view>

namespace tickcast {

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
public:
    HttpConnection(HttpConnections& owner, ClientSocket socket, ConnectionSlot slot, bool draining);

    static Awaitable<> serve(std::shared_ptr<HttpConnection> self);

    /// No further request: an idle one ends now, one that has asked nothing yet after the last
    /// call.
    void stop();
    void abort();
    /// How far a refused one is: those that come first are the first to give way to newer ones.
    enum class Stage : std::uint8_t { silent, answered, asking, answering };
    Stage stage();
    void give_way();
    /// The one clean-up, after `serve` has returned or thrown.
    void end() noexcept;

private:
    enum class Next : std::uint8_t {
        request,  ///< another one may follow
        close,    ///< at once: the client is gone, or was idle
        linger,   ///< after an answer that it shall still see
        gone,     ///< the socket is a stream's now
    };
    enum class Step : std::uint8_t { done, lost, refused };  ///< refused: see `error_`

    Awaitable<Next> shake_hands();
    Awaitable<Next> serve_request();
    Awaitable<bool> wait_for_request();
    Awaitable<Step> read_header();
    void begin_message();
    bool accept_later_minor();
    Awaitable<Step> read_body();
    Awaitable<Step> read_sized_body();
    Awaitable<Step> read_chunked_body();
    Awaitable<Step> continue_body();
    Awaitable<Next> handle_request();
    Awaitable<Next> refuse_request();
    Awaitable<Next> finish_request(Answer answer);
    Awaitable<bool> write_answer(Answer answer, bool keep_alive);
    Awaitable<> linger();
    Awaitable<SystemError> read_more(std::size_t size);

    Step refuse(ErrorCode code, std::string detail, std::optional<std::uint64_t> limit = {});
    Step refuse_read(SystemError error);
    Step parse_failed(SystemError error);
    Step check_header(std::size_t header_bytes);
    Step check_chunks(ChunkedBody::State state);
    bool is_answered_always() const;
    HttpHeader const* header() const noexcept;
    std::string_view unread() const noexcept;
    void skip_empty_lines() noexcept;
    Next hand_over(Answer granted);
    void count(Answer const& answer) noexcept;

    void set_deadline(Duration from_now);
    void clear_deadline() noexcept { deadline_ = PeerTime::max(); }
    void watch(SteadyTime until);
    void on_watch();

    HttpConnections& owner_;
    ConnectionSlot slot_;  ///< outlives the socket
    ClientSocket socket_;
    bool const draining_;               ///< came too late: all it gets is to be told
    boost::beast::flat_buffer buffer_;  ///< one for all requests: pipelined ones wait in it
    std::optional<http::request_parser<http::string_body>> parser_;
    std::optional<Error> error_;     ///< why the request is refused
    std::optional<Answer> refusal_;  ///< the handler's answer to it, where it has a better one
    /// The client had too many requests: the answer, if this one can be read.
    std::optional<Error> too_often_;
    bool last_answer_{false};  ///< past a limit, or too late: answered all the same, and closed
    std::size_t header_bytes_{0};
    SteadyTime begun_{};  ///< the request's first byte, or when it had been read

    SteadyTimer timer_;  ///< the connection's only one: see `watch`
    PeerTime deadline_{PeerTime::max()};
    SteadyTime watching_{SteadyTime::max()};  ///< when the timer fires
    bool expired_{false};                     ///< the deadline passed
    bool shaking_hands_{false};               ///< TLS
    bool idle_{false};                        ///< waits for a request's first byte
    bool asked_{false};                       ///< there was a request
    bool answering_{false};                   ///< from a request's end on
    bool lingering_{false};                   ///< after the last answer
    bool stopped_{false};                     ///< no further wait for a request
    bool ended_{false};
};

}  // namespace tickcast
