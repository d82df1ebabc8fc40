#include "tickcast/transport/ordered_layer.hpp"

#include "tickcast/base/check.hpp"
#include "transport/socket_calls.hpp"

#include <algorithm>
#include <cerrno>

namespace tickcast {

namespace {

/// The status code in an unmasked close frame; 1005 where it carries none (RFC 6455 section 7.1.5).
unsigned close_code_of(std::string_view frame) noexcept {
    if (frame.size() < 4) return 1005;
    auto const byte = [frame](std::size_t at) { return static_cast<unsigned char>(frame[at]); };
    return static_cast<unsigned>(byte(2) << 8) | byte(3);
}

/// Sets the status code of a close frame that has one.
void put_close_code(std::string& bytes, std::size_t frame, unsigned code) noexcept {
    bytes[frame + 2] = static_cast<char>(code >> 8U);
    bytes[frame + 3] = static_cast<char>(code & 0xFFU);
}

bool is_close_frame(std::string_view bytes) noexcept {
    return !bytes.empty() && (static_cast<unsigned char>(bytes[0]) & 0x0F) == 0x8;
}

}  // namespace

OrderedLayer::OrderedLayer(StreamPoller& poller, ClientSocket socket, std::string read_ahead,
                           OutputOwner& owner)
    : tcp_(poller, std::move(socket.tcp())),
      read_ahead_(read_ahead.empty() ? nullptr
                                     : std::make_unique<std::string>(std::move(read_ahead))),
      owner_(owner) {
    if (auto unsent = socket.release_unsent(); !unsent.empty()) backlog().bytes = std::move(unsent);
    tls_ = socket.release_tls();
}

OrderedLayer::Backlog& OrderedLayer::backlog() {
    if (!backlog_) backlog_ = std::make_unique<Backlog>();
    return *backlog_;
}

void OrderedLayer::open_for_data(std::string_view head) {
    thread_.check();
    gate_ = Gate::open;
    if (!head.empty()) queue(head);
}

void OrderedLayer::wait_until_writable() noexcept {
    thread_.check();
    if (!waiting_) wait();
}

void OrderedLayer::finish_later(std::string_view rest) {
    thread_.check();
    TICKCAST_CHECK(!backlog_ && !rest.empty(), "a second unfinished frame");
    backlog().bytes.assign(rest);
    backlog_->rest_of_frame = rest.size();
    if (!waiting_) wait();
}

void OrderedLayer::append(std::string_view frame) {
    thread_.check();
    if (gate_ != Gate::open) return;
    owner_.frame_queued(frame.size());
    queue(frame);
}

void OrderedLayer::queue(std::string_view plain) {
    auto& bytes = backlog().bytes;
    auto const begin = bytes.size();
    bytes.append(plain);
    if (is_tls() && !encrypt_backlog(begin)) return fail(tls_->error());
    if (!waiting_) send_backlog();
}

void OrderedLayer::finish_output() {
    thread_.check();
    gate_ = Gate::shut;
    if (is_tls()) {
        SinkTo records{backlog().bytes};
        tls_->close_notify(records);
    }
    fin_behind_ = true;
    if (!waiting_) send_backlog();
}

void OrderedLayer::tls_output(std::string_view records) {
    thread_.check();
    backlog().bytes.append(records);
    backlog_->from_reads += records.size();
    if (!waiting_) send_backlog();
    if (backlog_ && backlog_->from_reads > TlsSession::kMaxUnsentAnswers) reset();
}

/// A wait in progress ends with operation_aborted and fails what is pending.
void OrderedLayer::reset() noexcept {
    thread_.check();
    gate_ = Gate::shut;
    if (tcp_.is_open()) tcp_.reset();
}

void OrderedLayer::close() noexcept {
    thread_.check();
    gate_ = Gate::shut;
    if (!tcp_.is_open()) return;
    // After an incomplete record the peer could not read a close_notify; after an incomplete
    // message the close_notify would be a lie.
    if (is_tls() && !backlog_) {
        std::string records;
        SinkTo out{records};
        tls_->close_notify(out);
        static_cast<void>(send_now(tcp_.native_handle(), records));
    }
    tcp_.close();
}

std::size_t OrderedLayer::read_now(asio::mutable_buffer into, SystemError& error) {
    auto const size = read_from_peer(into, error);
    if (size > 0) owner_.bytes_read({static_cast<char*>(into.data()), size});
    return size;
}

std::size_t OrderedLayer::read_from_peer(asio::mutable_buffer into, SystemError& error) {
    error = {};
    if (into.size() == 0) return 0;
    if (!read_ahead_) return is_tls() ? read_tls(*this, into, error) : tcp_.read_some(into, error);
    auto const size = asio::buffer_copy(into, asio::buffer(*read_ahead_));
    read_ahead_->erase(0, size);
    if (read_ahead_->empty()) read_ahead_.reset();
    return size;
}

void OrderedLayer::enqueue(std::unique_ptr<Write> op, std::size_t begin) {
    TICKCAST_CHECK(!backlog_->write, "Beast writes one frame at a time");
    auto const bytes = std::string_view{backlog_->bytes}.substr(begin);
    auto const is_frame = gate_ != Gate::handshake;
    auto const closing = is_frame && is_close_frame(bytes);
    backlog_->write = std::move(op);
    if (is_frame) owner_.frame_queued(bytes.size());
    if (closing) {
        auto const code = close_code_of(bytes);
        gate_ = Gate::shut;
        auto const better = owner_.close_frame_passes(code);
        if (better != code) put_close_code(backlog_->bytes, begin, better);
    }
    if (is_tls() && !encrypt_backlog(begin)) return fail(tls_->error());
    if (!waiting_) send_backlog();
}

bool OrderedLayer::encrypt_backlog(std::size_t begin) {
    auto& bytes = backlog_->bytes;
    auto const plain = bytes.substr(begin);
    bytes.resize(begin);
    SinkTo records{bytes};
    return tls_->write(plain, records);
}

void OrderedLayer::send_backlog() {
    while (backlog_ && !backlog_->bytes.empty()) {
        auto const sent = send_now(tcp_.native_handle(), backlog_->bytes);
        if (sent < 0) {
            if (would_block(errno)) return wait();
            return fail(SystemError{errno, boost::system::system_category()});
        }
        owner_.output_progress();
        erase_sent(static_cast<std::size_t>(sent));
    }
    // Idle connections keep no backlog.
    if (auto const sent = std::move(backlog_); sent && sent->write) sent->write->complete({});
    if (std::exchange(fin_behind_, false)) {
        tcp_.shutdown_send();
        owner_.output_ended();
    }
    if (ready_for_data()) owner_.output_ready();
}

void OrderedLayer::erase_sent(std::size_t size) {
    backlog_->bytes.erase(0, size);
    auto& rest = backlog_->rest_of_frame;
    if (rest == 0) return;
    rest -= std::min(rest, size);
    if (rest == 0) owner_.rest_sent();
}

void OrderedLayer::wait() {
    waiting_ = true;
    owner_.output_blocked();
    boost::intrusive_ptr owner{&owner_};
    tcp_.async_wait(TcpSocket::wait_write, [this, owner = std::move(owner)](SystemError error) {
        waiting_ = false;
        if (error || !tcp_.is_open()) {
            return fail(error ? error : asio::error::operation_aborted);
        }
        send_backlog();
    });
}

void OrderedLayer::fail(SystemError error) {
    auto const failed = std::move(backlog_);
    gate_ = Gate::shut;
    tcp_.close();
    if (failed && failed->write) failed->write->complete(error);
    owner_.output_failed(error);
}

}  // namespace tickcast
