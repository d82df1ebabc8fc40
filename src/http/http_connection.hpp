// One HTTP connection: makes the TLS handshake if there is one, reads requests, gets them answered
// in order, and then ends or hands its socket over to a stream. Owner: its own coroutine and timer,
// until it has ended; on the thread of its HttpConnections. Bounds: --max-header-bytes, the body
// limit of a request's route, HttpLimits' times.
#pragma once

#include "http/deadline.hpp"
#include "http/request_reader.hpp"
#include "tickcast/http/http_connections.hpp"

#include <memory>
#include <optional>

namespace tickcast {

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
public:
    HttpConnection(HttpConnections& owner, ClientSocket socket, ConnectionSlot slot, bool draining);

    static Awaitable<> serve(std::shared_ptr<HttpConnection> self);

    /// Takes no further request. An idle connection ends now; one that has had no request yet ends
    /// if none comes within HttpLimits::last_call.
    void stop();
    void abort();
    /// How far a refused connection is. A connection in an earlier stage gives way to a newer
    /// connection first.
    enum class Stage : std::uint8_t { silent, answered, asking, answering };
    Stage stage();
    void give_way();
    /// The one clean-up, after `serve` has returned or thrown.
    void end() noexcept;

private:
    enum class Phase : std::uint8_t {
        starting,
        shaking_hands,  ///< TLS
        idle,           ///< waits for a request's first byte
        reading,
        answering,  ///< from the end of a request on
        lingering,  ///< after the last answer
        ended,
    };
    enum class Next : std::uint8_t {
        request,  ///< another request can follow
        close,    ///< close at once: the client is gone or was idle
        linger,   ///< close after the client has seen the last answer
        gone,     ///< the socket belongs to a stream now
    };
    enum class Step : std::uint8_t { done, lost, refused };  ///< refused: see `Request::refusal`

    /// The request under way.
    struct Request {
        SteadyTime begun{};                ///< when its first byte came, then when it was whole
        std::optional<Routed> routed{};    ///< set once its header was read, or it was refused
        std::optional<Refusal> refusal{};  ///< why the request was not read to its end
        /// The client has sent too many requests: this is the answer if the request can be read.
        std::optional<Error> too_often{};
        /// The request came past a limit or too late. It is answered all the same, then the
        /// connection closes.
        bool last_answer{false};
    };

    Awaitable<Next> shake_hands();
    Awaitable<Next> serve_request();
    // Reading a request (http_request_reading.cpp).
    Awaitable<bool> wait_for_request();
    Awaitable<Step> read_header();
    Step header_read();
    Awaitable<Step> read_body();
    Awaitable<Step> continue_body();
    Awaitable<SystemError> read_more(std::size_t size);
    Step refuse(Error error);
    Step refuse_read(SystemError error);
    // Answering a request.
    Awaitable<Next> answer_request();
    Awaitable<Next> finish_request(Answer answer);
    Answer answer_to(Refusal const& refusal);
    Awaitable<bool> write_answer(Answer answer, bool keep_alive);
    Next hand_over(StreamGrant grant);
    void count(unsigned status) noexcept;
    Awaitable<> linger();

    HttpConnections::Dependencies const& deps() const noexcept { return owner_.deps_; }
    HttpLimits const& limits() const noexcept { return owner_.limits_; }
    void set_deadline(Duration from_now);
    /// A refused connection has a single deadline, until its answer is out.
    void set_deadline_unless_refused(Duration from_now) {
        if (!slot_.refused()) set_deadline(from_now);
    }
    void watch(SteadyTime until);
    void on_watch();

    HttpConnections& owner_;
    ConnectionSlot slot_;  ///< outlives the socket
    ClientSocket socket_;
    bool const draining_;  ///< came too late: it only gets an answer that says so
    RequestReader reader_;
    Request request_{};
    SteadyTimer timer_;  ///< the connection's only one: see `watch`
    Deadline deadline_{};
    Phase phase_{Phase::starting};
    bool asked_{false};    ///< a request has come
    bool stopped_{false};  ///< wait for no further request
};

}  // namespace tickcast
