// A client's bytes on an open stream: the real WebSocketStream, ordered layer and poller, on a pair
// of sockets. However the bytes are cut, the server answers, pongs and closes as a plain reading of
// RFC 6455 says.
#include "client/frame_parser.hpp"
#include "fuzz/support/frame_reference.hpp"
#include "fuzz/support/fuzz.hpp"
#include "fuzz/support/json_reference.hpp"
#include "fuzz/support/pieces.hpp"
#include "fuzz/support/stream_world.hpp"
#include "tickcast/protocol/client_message.hpp"

#include <array>
#include <sys/socket.h>
#include <unistd.h>

namespace tickcast::fuzz {

namespace {

constexpr std::size_t kMostBytes = 1024;

/// What the client sees.
struct Play {
    std::vector<std::string> answers{};  ///< the messages that answer one of the client's
    std::vector<std::string> pongs{};
    unsigned close_code{0};  ///< 0: the server had not closed when the client did
};

void receive(int client, std::string& into) {
    std::array<char, 4096> buffer;
    for (;;) {
        auto const size = ::recv(client, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (size <= 0) return;
        into.append(buffer.data(), static_cast<std::size_t>(size));
    }
}

void take_text(std::string_view payload, std::size_t texts, Play& play) {
    auto const tree = tree_of(payload);
    require(tree && tree->is_object(), "each message is a JSON object");
    auto const type = tree->at("type").get<std::string>();
    require((texts == 0) == (type == "snapshot") || type == "snapshot", "a snapshot comes first");
    if (type == "pong" || type == "error" || type == "subscribed") play.answers.push_back(type);
}

/// Reads what the server sent, which must keep the rules of RFC 6455 itself.
Play play_of(std::string_view output) {
    auto const head = output.find("\r\n\r\n");
    require(output.starts_with("HTTP/1.1 101 ") && head != output.npos, "a stream is upgraded");
    client::FrameParser parser;
    Play play;
    std::size_t texts = 0;
    parser.feed(output.substr(head + 4));
    while (auto const message = parser.next()) {
        auto const payload = message->payload;
        if (message->opcode == client::Opcode::text) take_text(payload, texts++, play);
        if (message->opcode == client::Opcode::pong) play.pongs.emplace_back(payload);
        if (message->opcode == client::Opcode::close) {
            require(payload.size() >= 2, "the server closes with a code");
            play.close_code = static_cast<unsigned>(static_cast<unsigned char>(payload[0])) << 8U |
                              static_cast<unsigned char>(payload[1]);
        }
    }
    require_same(parser.violation(), "", "the server's frames keep the rules");
    parser.settle();
    require(!parser.inside_message(), "the server's last frame is whole");
    return play;
}

/// Where it is drawn, the server has read the first piece with the request.
Play play(StreamWorld& world, std::string_view input, Cut cut) {
    std::string output;
    int client = -1;
    bool const ahead = cut == Cut::bytes || Draws{input}.below(2) == 0;
    for_each_piece(input, cut, [&](std::string_view piece) {
        bool const first = client < 0;
        if (first) client = world.open(ahead ? std::string{piece} : "");
        if (!first || !ahead) {
            if (::send(client, piece.data(), piece.size(), MSG_NOSIGNAL) < 0) return false;
        }
        world.turn();
        receive(client, output);
        return true;
    });
    ::shutdown(client, SHUT_WR);
    world.turn();
    receive(client, output);
    ::close(client);
    world.turn();
    world.forget();
    return play_of(output);
}

/// How a message is answered; empty where that depends on the session.
std::string answer_to(std::string const& text) {
    auto const message = parse_client_message(text);
    if (!message) return "error";
    return message->op == ClientMessage::Op::ping ? "pong" : "";
}

/// Time stands still, so a throttle never ends; messages behind it may wait.
bool throttles(FrameReading const& reading) {
    for (auto const& text : reading.texts) {
        auto const message = parse_client_message(text);
        if (message && message->op == ClientMessage::Op::throttle) return true;
    }
    return false;
}

void check(Play const& play, FrameReading const& wanted) {
    if (throttles(wanted)) return;
    require(play.pongs == wanted.pings, "each ping has its pong");
    // A length of 2^63 or more in the same read, behind a message that is too big, is seen first.
    bool const as_wanted = play.close_code == wanted.close_code ||
                           (wanted.close_code == 1009 && play.close_code == 1002);
    require(as_wanted || (wanted.within_header && play.close_code == 1002) ||
                (wanted.within_header && play.close_code == 1009),
            "the server closes with the code of RFC 6455");
    require(play.answers.size() <= wanted.texts.size(), "nothing is answered that was not asked");
    require(play.close_code != 0 || play.answers.size() == wanted.texts.size(),
            "each message is answered");
    for (std::size_t i = 0; i < play.answers.size(); ++i) {
        auto const answer = answer_to(wanted.texts[i]);
        if (!answer.empty())
            require_same(play.answers[i], answer, "messages are answered in order");
    }
}

/// Each stream is counted out, by the code that was meant.
void check_books(StreamWorld const& world, std::uint64_t streams) {
    std::uint64_t closed = 0;
    for (auto const& counter : world.metrics().stream_closes)
        closed += counter.value();
    require(closed == streams, "each stream ends once");
    require(world.metrics().connections[index_of(Transport::websocket)].value() == 0,
            "no stream is left open");
    require(world.metrics().subscriptions.value() == 0, "no subscription is left");
}

}  // namespace

void run(std::string_view input) {
    static StreamWorld world;
    static std::uint64_t streams = 0;
    // Each read of a longer message could count as one that makes no progress.
    if (input.empty() || input.size() > kMostBytes) return;
    auto const wanted = read_frames(input, StreamWorld::kMaxMessage);
    auto const other = Draws{input}.below(4) == 0 ? Cut::bytes : Cut::drawn;
    for (auto const cut : {Cut::whole, other}) {
        check(play(world, input, cut), wanted);
        check_books(world, ++streams);
    }
}

}  // namespace tickcast::fuzz
