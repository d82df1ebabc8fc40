// The clients of the floor server: a session, the upgrade on the same connection, a goodbye. It
// does only what the clients of loadtest/ need, and answers no wrong request. One thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <unordered_map>
#include <utility>
#include <vector>

using std::string;

struct Client {
    int fd;
    string in;    // read, but no whole request yet
    string rest;  // of a frame that the kernel took in part
    std::vector<std::uint32_t> tickers;
    std::uint64_t marks{0};  // one bit per ticker of these
    bool streaming{false};
};

struct Ticker {
    string name;
    string json;
    std::int64_t cents{10'000};
    std::uint64_t n{0};
    std::vector<std::pair<Client*, unsigned>> watchers;
};

inline std::vector<Ticker> tickers;
inline std::unordered_map<string, std::uint32_t> numbers;  // of the tickers, by name
inline std::deque<Client*> marked;
inline std::vector<Client*> refused;  // their sockets did not take a whole frame
inline std::vector<std::vector<std::uint32_t>> sessions;
// Writes the header of a text frame before the payload from `at + 4` on, which always has at least
// 126 bytes.
inline void put_header(string& out, std::size_t at) {
    auto const size = out.size() - at - 4;
    out[at] = '\x81';
    out[at + 1] = 126;
    out[at + 2] = static_cast<char>(size >> 8U);
    out[at + 3] = static_cast<char>(size);
}

inline void answer(Client const& client, string const& text) {
    ::send(client.fd, text.data(), text.size(), MSG_NOSIGNAL);
}

inline void create(Client const& client, string const& body) {
    auto id = std::to_string(sessions.size());
    id.insert(0, 22 - id.size(), '0');
    auto& wanted = sessions.emplace_back();
    // Every quoted text that is a ticker; so names of members do not count.
    for (auto begin = body.find('"'); begin != string::npos;) {
        auto const end = body.find('"', begin + 1);
        if (auto const found = numbers.find(body.substr(begin + 1, end - begin - 1));
            found != numbers.end())
            wanted.push_back(found->second);
        begin = end == string::npos ? end : body.find('"', end + 1);
    }
    auto const json = R"({"session_id":")" + id + "\"}";
    answer(client, "HTTP/1.1 201 Created\r\nContent-Length: " + std::to_string(json.size()) +
                       "\r\n\r\n" + json);
}

inline void start_stream(Client& client, string const& id) {
    client.tickers = sessions[std::stoul(id)];
    client.streaming = true;
    string names, quotes;
    for (unsigned bit = 0; bit < client.tickers.size(); ++bit) {
        auto& ticker = tickers[client.tickers[bit]];
        ticker.watchers.emplace_back(&client, bit);
        names += (bit == 0 ? "\"" : ",\"") + ticker.name + '"';
        if (ticker.n > 0) quotes += (quotes.empty() ? "" : ",") + ticker.json;
    }
    auto frame = string(4, '\0') + R"({"type":"snapshot","session_id":")" + id +
                 R"(","epoch":"of a floor, which knows no other","tickers":[)" + names +
                 R"(],"quotes":[)" + quotes + "]}";
    put_header(frame, 0);
    // The clients' key is the example of RFC 6455 section 1.3, and so is its answer.
    answer(client,
           "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade"
           "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n" +
               frame);
}

inline void hang_up(Client* client) {
    for (auto const ticker : client->tickers) {
        std::erase_if(tickers[ticker].watchers, [&](auto& entry) { return entry.first == client; });
    }
    std::erase(marked, client);
    std::erase(refused, client);
    ::close(client->fd);
    delete client;
}

inline void on_readable(Client* client) {
    static std::array<char, 16'384> buffer;
    auto const got = ::recv(client->fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got <= 0) return hang_up(client);
    auto& in = client->in.append(buffer.data(), static_cast<std::size_t>(got));
    if (client->streaming) {  // of a stream's frames from the client only the close frame counts
        if (in[0] == '\x88') {
            answer(*client, client->rest + "\x88\x02\x03\xe8");
            return hang_up(client);
        }
        return in.clear();
    }
    auto const body = in.find("\r\n\r\n");
    if (body == string::npos || (in.starts_with("POST") && in.back() != '}')) return;
    if (in.starts_with("POST"))
        create(*client, in.substr(body + 4));
    else
        start_stream(*client, in.substr(15, 22));  // GET /v1/stream/ID
    in.clear();
}
