#include "tickcast/transport/client_socket.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>

namespace tickcast::test {
namespace {

/// A client socket and its peer, which reads nothing.
class ClientSocketTest : public testing::Test {
protected:
    ClientSocketTest() {
        asio::ip::tcp::acceptor acceptor{io_, {asio::ip::address_v4::loopback(), 0}};
        other_.connect(acceptor.local_endpoint());
        TcpSocket accepted{io_.get_executor()};
        acceptor.accept(accepted);
        accepted.set_option(asio::socket_base::send_buffer_size{4096});
        socket_.emplace(std::move(accepted), TlsSession::make(context_.get()));
        SystemError full;  // nothing more fits into the kernel's buffers
        socket_->tcp().non_blocking(true);
        while (!full)
            socket_->tcp().write_some(asio::buffer(std::string(65'536, 'x')), full);
    }

    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_{SSL_CTX_new(TLS_server_method()),
                                                          SSL_CTX_free};
    asio::io_context io_;
    asio::ip::tcp::socket other_{io_};
    std::optional<ClientSocket> socket_;
};

TEST_F(ClientSocketTest, TlsOutput_UpToTheLimit_Waits) {
    socket_->tls_output(std::string(TlsSession::kMaxUnsentAnswers - 1, 'r'));
    EXPECT_TRUE(socket_->tcp().is_open());
    socket_->tls_output("r");
    EXPECT_TRUE(socket_->tcp().is_open());
    EXPECT_EQ(socket_->release_unsent().size(), TlsSession::kMaxUnsentAnswers);
}

TEST_F(ClientSocketTest, TlsOutput_AboveTheLimit_ResetsTheConnection) {
    socket_->tls_output(std::string(TlsSession::kMaxUnsentAnswers, 'r'));
    socket_->tls_output("r");
    EXPECT_FALSE(socket_->tcp().is_open());
    EXPECT_TRUE(socket_->release_unsent().empty());
    SystemError error;
    std::string into(1 << 20, 0);
    while (!error)
        other_.read_some(asio::buffer(into), error);
    EXPECT_EQ(error, asio::error::connection_reset);
}

}  // namespace
}  // namespace tickcast::test
