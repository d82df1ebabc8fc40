// One socket's HTTP, after its TLS handshake if it has one: reads requests, has them answered in
// order, ends, or hands the socket over to a stream. On its HttpConnections' thread; kept by its
// own coroutine and timer until it has ended. Bounds: --max-header-bytes, the body limit of a
// request's route, HttpLimits' times.
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
    enum class Phase : std::uint8_t {
        starting,
        shaking_hands,  ///< TLS
        idle,           ///< waits for a request's first byte
        reading,
        answering,  ///< from a request's end on
        lingering,  ///< after the last answer
        ended,
    };
    enum class Next : std::uint8_t {
        request,  ///< another one may follow
        close,    ///< at once: the client is gone, or was idle
        linger,   ///< after an answer that it is still to see
        gone,     ///< the socket is a stream's now
    };
    enum class Step : std::uint8_t { done, lost, refused };  ///< refused: see `Request::refusal`

    /// The request under way.
    struct Request {
        SteadyTime begun{};                ///< its first byte, or when it had been read
        std::optional<Routed> routed{};    ///< once its header has been read, or it is refused
        std::optional<Refusal> refusal{};  ///< why it was not read to its end
        /// The client had too many requests: the answer, if this one can be read.
        std::optional<Error> too_often{};
        /// Past a limit, or too late: answered all the same, and closed.
        bool last_answer{false};
    };

    Awaitable<Next> shake_hands();
    Awaitable<Next> serve_request();
    // How it reads (http_request_reading.cpp).
    Awaitable<bool> wait_for_request();
    Awaitable<Step> read_header();
    Step header_read();
    Awaitable<Step> read_body();
    Awaitable<Step> continue_body();
    Awaitable<SystemError> read_more(std::size_t size);
    Step refuse(Error error);
    Step refuse_read(SystemError error);
    // How it answers.
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
    /// A refused one has a single deadline, until its answer is out.
    void set_deadline_unless_refused(Duration from_now) {
        if (!slot_.refused()) set_deadline(from_now);
    }
    void watch(SteadyTime until);
    void on_watch();

    HttpConnections& owner_;
    ConnectionSlot slot_;  ///< outlives the socket
    ClientSocket socket_;
    bool const draining_;  ///< came too late: all it gets is an answer that says so
    RequestReader reader_;
    Request request_{};
    SteadyTimer timer_;  ///< the connection's only one: see `watch`
    Deadline deadline_{};
    Phase phase_{Phase::starting};
    bool asked_{false};    ///< there was a request
    bool stopped_{false};  ///< no further wait for a request
};

}  // namespace tickcast
