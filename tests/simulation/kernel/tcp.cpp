#include "simulation/kernel/tcp.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace tickcast::simulation {

namespace {

/// What the kernel itself waits for an acknowledgement (tcp_retries2).
constexpr Nanos kGivesUp = 924 * kSecond;
constexpr Nanos kRetransmission = 200 * kMillisecond;

}  // namespace

TcpEnd::TcpEnd(Scheduler& scheduler, sockaddr_in at, sockaddr_in to, Path const& path)
    : local(at), remote(to), scheduler_(scheduler), path_(path) {}

void TcpEnd::join(std::shared_ptr<TcpEnd> const& one, std::shared_ptr<TcpEnd> const& other) {
    one->self_ = one;
    other->self_ = other;
    one->peer_ = other;
    other->peer_ = one;
    auto const now = one->scheduler_.now();
    one->last_heard_ = other->last_heard_ = now;
}

std::size_t TcpEnd::free_room() const noexcept {
    auto const used = unsent_.size() + flying_;
    return used >= options.send_room ? 0 : options.send_room - used;
}

/// sk_stream_is_writeable: a third of the buffer is free, and little is unsent.
bool TcpEnd::writable() const noexcept {
    return free_room() >= options.send_room / 3 && unsent_.size() < options.unsent_low_water;
}

std::uint32_t TcpEnd::readiness() const {
    std::uint32_t events = 0;
    if (!arrived_.empty() || fin_arrived_ || was_reset_) events |= EPOLLIN;
    if (fin_arrived_ || was_reset_) events |= EPOLLRDHUP;
    if (was_reset_ || (fin_arrived_ && fin_asked_)) events |= EPOLLHUP;
    if (error_ != 0) events |= EPOLLERR;
    if (was_reset_ || writable()) {
        events |= EPOLLOUT;
    } else {
        was_full_ = true;
    }
    return events;
}

int TcpEnd::take_error() noexcept {
    return std::exchange(error_, 0);
}

void TcpEnd::notify(std::uint32_t events) {
    if (on_event && !closed_) on_event(events);
}

std::ptrdiff_t TcpEnd::send(std::string_view bytes) {
    if (error_ != 0) return -take_error();
    if (was_reset_ || fin_asked_) return -EPIPE;
    if (bytes.empty()) return 0;
    auto size = std::min(bytes.size(), free_room());
    if (unsent_.size() >= options.unsent_low_water) size = 0;
    if (size > 1 && by_chance(scheduler_.random(), path_.partial_of_thousand)) {
        size = 1 + below(scheduler_.random(), size);
    }
    if (size < bytes.size()) was_full_ = true;
    if (size == 0) return -EAGAIN;
    if (unsent_.empty() && flying_ == 0) last_progress_ = scheduler_.now();
    unsent_.append(bytes.substr(0, size));
    transmit();
    watch_acknowledgement();
    return static_cast<std::ptrdiff_t>(size);
}

void TcpEnd::after_path(std::function<void(TcpEnd&)> action) {
    auto& random = scheduler_.random();
    auto when = scheduler_.now() + path_.latency +
                static_cast<Nanos>(below(random, static_cast<std::uint64_t>(path_.jitter) + 1));
    if (by_chance(random, path_.lost_of_thousand)) when += kRetransmission;
    last_arrival_ = std::max(last_arrival_, when);
    scheduler_.at(last_arrival_, [peer = peer_, action = std::move(action)] {
        if (auto const end = peer.lock(); end && !end->vanished_) action(*end);
    });
}

void TcpEnd::transmit() {
    auto const peer = peer_.lock();
    if (!peer || vanished_ || was_reset_) return;
    while (!unsent_.empty()) {
        auto const held = peer->arrived_.size() + flying_;
        auto const window =
            held >= peer->options.receive_room ? 0 : peer->options.receive_room - held;
        auto const size = std::min({unsent_.size(), window, path_.largest_piece});
        if (size == 0) return;
        std::string piece = unsent_.substr(0, size);
        unsent_.erase(0, size);
        flying_ += size;
        after_path([piece = std::move(piece)](TcpEnd& end) { end.arrive(piece); });
    }
    if (fin_asked_ && !std::exchange(fin_sent_, true)) {
        after_path([](TcpEnd& end) { end.fin_arrives(); });
    }
}

void TcpEnd::arrive(std::string const& bytes) {
    auto const peer = peer_.lock();
    last_heard_ = scheduler_.now();
    if (peer) {
        peer->flying_ -= std::min(peer->flying_, bytes.size());
        peer->last_progress_ = peer->last_heard_ = scheduler_.now();
    }
    if (was_reset_) return;
    if (closed_) return send_rst();
    arrived_ += bytes;
    notify(EPOLLIN);
    if (peer && peer->was_full_ && peer->writable()) {
        peer->was_full_ = false;
        peer->notify(EPOLLOUT);
    }
}

void TcpEnd::fin_arrives() {
    last_heard_ = scheduler_.now();
    if (was_reset_) return;
    fin_arrived_ = true;
    notify(EPOLLIN | EPOLLRDHUP | (fin_asked_ ? std::uint32_t{EPOLLHUP} : 0U));
}

void TcpEnd::send_rst() {
    after_path([](TcpEnd& end) { end.rst_arrives(ECONNRESET); });
}

void TcpEnd::rst_arrives(int error) {
    // After both FINs, or on a socket that is gone, a RST changes nothing.
    if (was_reset_ || (fin_arrived_ && fin_asked_ && fin_sent_ && unsent_.empty())) return;
    fail(error);
}

void TcpEnd::fail(int error) {
    if (was_reset_) return;
    was_reset_ = true;
    error_ = error;
    unsent_.clear();
    notify(EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLRDHUP);
}

std::ptrdiff_t TcpEnd::receive(char* into, std::size_t size, bool peek) {
    auto const got = std::min(size, arrived_.size());
    if (got == 0) {
        if (error_ != 0) return -take_error();
        if (fin_arrived_ || was_reset_) return 0;
        return -EAGAIN;
    }
    std::memcpy(into, arrived_.data(), got);
    if (peek) return static_cast<std::ptrdiff_t>(got);
    arrived_.erase(0, got);
    announce_window();
    if (auto const peer = peer_.lock(); peer && !vanished_) {
        peer->transmit();
        if (peer->was_full_ && peer->writable()) {
            peer->was_full_ = false;
            peer->notify(EPOLLOUT);
        }
    }
    return static_cast<std::ptrdiff_t>(got);
}

/// A peer that has given up answers with RST.
void TcpEnd::announce_window() {
    if (auto const peer = peer_.lock(); !peer || !peer->was_reset_ || was_reset_) return;
    after_path([](TcpEnd& end) { end.send_rst(); });
}

void TcpEnd::shutdown_send() {
    if (was_reset_ || std::exchange(fin_asked_, true)) return;
    transmit();
    watch_acknowledgement();
}

void TcpEnd::close(bool reset) {
    if (closed_) return;
    bool const unread = !arrived_.empty();
    closed_ = true;
    on_event = nullptr;
    if (was_reset_) return;
    if (!reset && !unread) return shutdown_send();
    unsent_.clear();
    send_rst();
    was_reset_ = true;
}

void TcpEnd::vanish() noexcept {
    vanished_ = true;
    if (auto const peer = peer_.lock()) peer->watch_idle();
}

/// Gives up where nothing was acknowledged for as long as the socket allows.
void TcpEnd::watch_acknowledgement() {
    if (watches_ack_ || was_reset_ || (unsent_.empty() && flying_ == 0)) return;
    watches_ack_ = true;
    auto const patience = options.user_timeout > 0 ? options.user_timeout : kGivesUp;
    scheduler_.at(last_progress_ + patience, [self = self_] {
        auto const end = self.lock();
        if (!end) return;
        end->watches_ack_ = false;
        auto const limit = end->options.user_timeout > 0 ? end->options.user_timeout : kGivesUp;
        bool const waits = !end->unsent_.empty() || end->flying_ > 0;
        if (waits && end->scheduler_.now() - end->last_progress_ >= limit) {
            return end->fail(ETIMEDOUT);
        }
        end->watch_acknowledgement();
    });
}

/// Keepalive: probes of a peer that vanished are not answered.
void TcpEnd::watch_idle() {
    if (watches_idle_ || !options.keep_alive || was_reset_) return;
    watches_idle_ = true;
    auto const probing = options.user_timeout > 0
                             ? std::max<Nanos>(0, options.user_timeout - options.keep_idle)
                             : options.keep_interval * options.keep_probes;
    scheduler_.at(last_heard_ + options.keep_idle + probing, [self = self_] {
        auto const end = self.lock();
        if (!end) return;
        auto const peer = end->peer_.lock();
        if (!peer || peer->vanished_) end->fail(ETIMEDOUT);
    });
}

void SocketFile::connected(std::shared_ptr<TcpEnd> end) {
    end_ = std::move(end);
    connecting = false;
    end_->on_event = [this](std::uint32_t events) { happened(events); };
}

std::uint32_t SocketFile::readiness() const {
    if (end_) return end_->readiness();
    if (listening) return queue.empty() ? 0U : std::uint32_t{EPOLLIN};
    if (connect_error != 0) return EPOLLOUT | EPOLLERR | EPOLLHUP;
    return connecting ? 0U : std::uint32_t{EPOLLOUT | EPOLLHUP};
}

std::ptrdiff_t SocketFile::read(void* into, std::size_t size) {
    return end_ ? end_->receive(static_cast<char*>(into), size) : -ENOTCONN;
}

std::ptrdiff_t SocketFile::write(void const* from, std::size_t size) {
    return end_ ? end_->send({static_cast<char const*>(from), size}) : -ENOTCONN;
}

void SocketFile::closed() {
    if (end_) end_->close(linger_at_once);
    listening = false;
    for (auto const& end : queue)
        end->close(true);
    queue.clear();
}

}  // namespace tickcast::simulation
