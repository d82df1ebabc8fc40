// Answers to key updates wait while the peer reads nothing. They are bounded, before the upgrade
// and after it.
#include "running_server.hpp"
#include "support/tls_client.hpp"
#include "tickcast/transport/tls_session.hpp"

#include <gtest/gtest.h>

#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

namespace tickcast::test {
namespace {

constexpr int kMost = TlsSession::kMaxWithoutData;
/// More than can be sent before the client sees a reset.
constexpr int kEndless = 500'000;

class Peer {
public:
    explicit Peer(std::uint16_t port) : socket_(connect(port)), tls_(socket_, false) {}
    ~Peer() { ::close(socket_); }
    Peer(Peer const&) = delete;
    Peer& operator=(Peer const&) = delete;

    bool send(std::string const& bytes) { return tls_.send(bytes); }
    std::string receive_to(std::string const& end) {
        std::string all;
        char byte = 0;
        while (!all.ends_with(end) && tls_.recv(&byte, 1) == 1)
            all += byte;
        return all;
    }
    /// How often the peer could request new keys.
    int ask_for_keys(int times) {
        for (int asked = 0; asked < times; ++asked) {
            if (!tls_.update_keys_now()) return asked;
        }
        return times;
    }

private:
    static int connect(std::uint16_t port) {
        int const made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int const small = 4096;
        ::setsockopt(made, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(made, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        return made;
    }

    int socket_;
    TlsClient tls_;
};

class TlsKeyUpdates : public testing::Test {
protected:
    TlsKeyUpdates() : server_(settings()) {}

    Settings settings() const {
        Settings made;
        made.listen = made.admin_listen = "127.0.0.1:0";
        made.threads = 1;
        made.feeds = {"push"};
        made.drain_seconds = 0.2;
        made.tls_cert = certificate_.certificate_file();
        made.tls_key = certificate_.key_file();
        // Neither of these limits should end the connection.
        made.request_timeout_seconds = made.slow_client_seconds = 300;
        return made;
    }

    /// A connected peer after its upgrade.
    void open_stream(Peer& peer) {
        std::string const body = R"({"tickers":["A"]})";
        peer.send("POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: " +
                  std::to_string(body.size()) + "\r\n\r\n" + body);
        auto const created = peer.receive_to("\"session_id\":\"");
        auto const id = peer.receive_to("\"").substr(0, 22);
        peer.receive_to("}");
        peer.send(
            "GET /v1/stream/" + id +
            " HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        EXPECT_TRUE(peer.receive_to("\r\n\r\n").starts_with("HTTP/1.1 101 ")) << created;
    }

    TestCertificate certificate_;
    RunningServer server_;
};

TEST_F(TlsKeyUpdates, WithoutDataBetween_UpToTheLimitAreAnswered) {
    Peer peer{server_.port()};
    for (int round = 0; round < 20; ++round) {
        EXPECT_EQ(peer.ask_for_keys(kMost), kMost);
        peer.send("GET /v1/nope HTTP/1.1\r\nHost: a\r\n\r\n");
        EXPECT_TRUE(peer.receive_to("\r\n\r\n").starts_with("HTTP/1.1 404 "));
        peer.receive_to("}");
    }
}

TEST_F(TlsKeyUpdates, WithoutDataBetween_OneAboveTheLimitEndsTheConnection) {
    Peer peer{server_.port()};
    EXPECT_EQ(peer.ask_for_keys(kMost + 1), kMost + 1);
    peer.send("GET /v1/nope HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(peer.receive_to("\r\n\r\n"), "");
}

TEST_F(TlsKeyUpdates, WithoutDataBetween_WhenTheyNeverEnd_HoldNoShard) {
    Peer peer{server_.port()};
    EXPECT_LT(peer.ask_for_keys(kEndless), kEndless);
}

TEST_F(TlsKeyUpdates, OfAStreamThatReadsNothing_EndIt) {
    Peer peer{server_.port()};
    open_stream(peer);
    peer.send(std::string{"\x81\xfe\x40\x00\0\0\0\0", 8});  // a message of 16 KiB, byte by byte
    int asked = 0;
    for (int byte = 0; byte < 16'000 && peer.ask_for_keys(kMost) == kMost; ++byte) {
        asked += kMost;
        if (!peer.send("a")) break;
    }
    EXPECT_LT(asked, 16'000 * kMost);
    EXPECT_GT(asked, static_cast<int>(TlsSession::kMaxUnsentAnswers) / 64) << "a few may wait";
    EXPECT_EQ(server_.metric("tickcast_limit_hits_total{limit=\"slow-client-seconds\"}"), 0);
}

}  // namespace
}  // namespace tickcast::test
