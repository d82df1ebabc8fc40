// A blocking client that sends exactly the bytes of a test. Every read ends within 10 s.
#pragma once

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <sys/socket.h>
#include <sys/time.h>

namespace tickcast::test {

class RawClient {
public:
    struct Reply {
        int status{0};
        std::string head;
        std::string body;
        bool has(std::string_view text) const { return head.find(text) != std::string::npos; }
    };

    explicit RawClient(boost::asio::ip::tcp::endpoint const& endpoint) {
        socket_.connect(endpoint);
        timeval const patience{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        socket_.set_option(boost::asio::ip::tcp::no_delay{true});
    }

    void send(std::string_view bytes) {
        boost::system::error_code ignored;  // the server may close while we send too much
        boost::asio::write(socket_, boost::asio::buffer(bytes), ignored);
    }
    void half_close() { socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send); }
    void close() { socket_.close(); }

    /// The next answer; status 0 where there is none.
    Reply reply(bool to_head = false) {
        Reply reply;
        auto end = buffer_.find("\r\n\r\n");
        while (end == std::string::npos && receive())
            end = buffer_.find("\r\n\r\n");
        if (end == std::string::npos) return reply;
        reply.head = take(end + 4);
        reply.status = std::stoi(reply.head.substr(9, 3));
        auto const length = reply.head.find("Content-Length: ");
        if (to_head || length == std::string::npos) return reply;
        auto const size = std::stoul(reply.head.substr(length + 16));
        while (buffer_.size() < size && receive()) {
        }
        reply.body = take(std::min(size, buffer_.size()));
        return reply;
    }
    Reply ask(std::string_view bytes) {
        send(bytes);
        return reply();
    }
    /// True if the server ended the connection by FIN, with nothing more to read and without a
    /// reset.
    bool ended() {
        while (receive()) {
        }
        return buffer_.empty() && error_ == boost::asio::error::eof;
    }

private:
    /// By recv: Asio's read_some waits on where the socket's time limit is over.
    bool receive() {
        char bytes[4096];
        auto const size = ::recv(socket_.native_handle(), bytes, sizeof bytes, 0);
        if (size > 0) {
            buffer_.append(bytes, static_cast<std::size_t>(size));
            return true;
        }
        error_ = boost::asio::error::eof;
        if (size < 0) error_.assign(errno, boost::system::system_category());
        return false;
    }
    std::string take(std::size_t size) {
        auto text = buffer_.substr(0, size);
        buffer_.erase(0, size);
        return text;
    }

    boost::asio::io_context io_;
    boost::asio::ip::tcp::socket socket_{io_};
    boost::system::error_code error_;
    std::string buffer_;
};

}  // namespace tickcast::test
