#include "support/event_client.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace tickcast::test {

namespace {

constexpr std::chrono::seconds kAnswerLimit{30};

[[noreturn]] void wrong(std::string_view what, std::string_view text) {
    throw std::runtime_error(std::string{what} + ": " + std::string{text.substr(0, 300)});
}

/// The rest of a line after `prefix`, up to the line's end.
std::string_view take_line(std::string_view& block, std::string_view prefix) {
    if (!block.starts_with(prefix)) wrong("a line is not as it should be", block);
    auto const end = std::min(block.find('\n'), block.size());
    auto const value = block.substr(prefix.size(), end - prefix.size());
    block.remove_prefix(std::min(end + 1, block.size()));
    return value;
}

}  // namespace

std::string new_session(Endpoint const& server, std::size_t tickers) {
    HttpConnection http{server};
    auto const known = nlohmann::json::parse(http.request("GET", "/v1/tickers").body);
    auto wanted = nlohmann::json::array();
    for (auto const& ticker : known.at("tickers")) {
        if (wanted.size() < tickers) wanted.push_back(ticker);
    }
    auto const made = http.request("POST", "/v1/sessions", "application/json",
                                   nlohmann::json{{"tickers", wanted}}.dump());
    if (made.status != 201) wrong("no session", made.body);
    return nlohmann::json::parse(made.body).at("session_id");
}

void EventClient::connect(int receive_buffer) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer > 0) {
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(endpoint_.port);
    ::inet_pton(AF_INET, endpoint_.address.c_str(), &to.sin_addr);
    if (::connect(socket_, reinterpret_cast<sockaddr const*>(&to), sizeof to) != 0) {
        wrong("cannot connect", std::strerror(errno));
    }
}

int EventClient::open(std::string const& session, std::string_view last_event_id,
                      int receive_buffer) {
    close(false);
    connect(receive_buffer);
    std::string request{"GET /v1/stream/" + session + " HTTP/1.1\r\nHost: " +
                        endpoint_.host_header() + "\r\nAccept: text/event-stream\r\n"};
    if (!last_event_id.empty()) {
        request.append("Last-Event-ID: ").append(last_event_id).append("\r\n");
    }
    request.append("\r\n");
    if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
        wrong("cannot ask", std::strerror(errno));
    }
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
        if (!receive(kAnswerLimit)) wrong("no answer", buffer_);
    }
    auto const reply = parse_reply_head(std::string_view{buffer_}.substr(0, end + 4));
    buffer_.erase(0, end + 4);
    if (reply.status != 200) {
        close(false);
        return reply.status;
    }
    if (reply.headers.at("content-type") != "text/event-stream") wrong("no events", buffer_);
    session_ = session;
    return reply.status;
}

/// False at the stream's end; true if something came, or nothing within the limit.
bool EventClient::receive(std::chrono::milliseconds limit) {
    pollfd wanted{socket_, POLLIN, 0};
    if (::poll(&wanted, 1, static_cast<int>(limit.count())) == 0) return true;
    char chunk[16'384];
    auto const got = ::recv(socket_, chunk, sizeof chunk, 0);
    if (got < 0) wrong("cut off", std::strerror(errno));
    buffer_.append(chunk, static_cast<std::size_t>(got));
    return got > 0;
}

bool EventClient::read_for(std::chrono::milliseconds time) {
    auto const until = std::chrono::steady_clock::now() + time;
    for (;;) {
        auto const left =
            std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        if (left.count() <= 0) return true;
        if (!receive(left)) {
            if (!buffer_.empty()) wrong("the end is within an event", buffer_);
            return false;
        }
        for (std::size_t end = 0; (end = buffer_.find("\n\n")) != std::string::npos;) {
            take(std::string_view{buffer_}.substr(0, end));
            buffer_.erase(0, end + 2);
        }
    }
}

std::string EventClient::read_to_end(std::chrono::milliseconds limit) {
    if (read_for(limit)) wrong("it does not end", id_);
    auto const said = std::exchange(goodbye_, {});
    close(false);
    return said;
}

void EventClient::take(std::string_view block) {
    if (!goodbye_.empty()) wrong("something behind the goodbye", block);
    bool const retry = block.starts_with("retry: ");
    if (retry) take_line(block, "retry: ");
    auto const id = take_line(block, "id: ");
    auto const type = take_line(block, "event: ");
    if (!std::exchange(begun_, true)) {
        // A stream that is displaced or deleted at once has only a goodbye, which asks the client
        // to stay away.
        bool const may_come_back = type != "goodbye";
        if (may_come_back && !retry) wrong("no retry in the first snapshot", id);
        if (!id.starts_with(session_ + '.')) wrong("another session's id", id);
        id_ = id;
    }
    if (id != id_) wrong("another id", id);
    auto const data = take_line(block, "data: ");
    if (!block.empty()) wrong("more lines than there should be", block);
    take_message(type, data);
}

void EventClient::take_message(std::string_view type, std::string_view data) {
    auto const json = nlohmann::json::parse(data);
    if (json.at("type") != type) wrong("another type", data);
    if (!had_snapshot_ && type != "snapshot" && type != "goodbye") wrong("no snapshot", data);
    if (type == "goodbye") goodbye_ = json.at("code").get<std::string>();
    if (type == "snapshot") {
        had_snapshot_ = true;
        for (auto const& quote : json.at("quotes"))
            sequences_[quote.at("s")] = quote.at("n");
    }
    if (type != "ticks") return;
    for (auto const& tick : json.at("ticks")) {
        auto& newest = sequences_[tick.at("s")];
        if (tick.at("n") <= newest) wrong("a tick went back", data);
        newest = tick.at("n");
        ++ticks_;
    }
}

void EventClient::close(bool reset) noexcept {
    if (socket_ < 0) return;
    if (reset) {
        linger const at_once{1, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    ::close(std::exchange(socket_, -1));
    buffer_.clear();
    goodbye_.clear();
    sequences_.clear();
    begun_ = had_snapshot_ = false;
}

}  // namespace tickcast::test
