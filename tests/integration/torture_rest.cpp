#include "integration/torture_rest.hpp"

#include <algorithm>

namespace tickcast::test {

void TortureRest::ask(std::string_view method, std::string_view path, std::string_view body,
                      bool fresh) {
    if (fresh || !socket_.is_open()) socket_.connect(target_, 0, false);
    std::string request;
    request.append(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: localhost\r\n");
    if (!body.empty()) {
        request.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    }
    socket_.send(request.append("\r\n").append(body));
}

HttpReply TortureRest::answer() {
    auto reply = parse_reply_head(socket_.read_head());
    auto const length = reply.headers.find("content-length");
    auto const size = length == reply.headers.end() ? 0 : std::stoul(length->second);
    char buffer[4096];
    while (reply.body.size() < size) {
        auto const got = socket_.receive(buffer, std::min(sizeof buffer, size - reply.body.size()));
        if (got <= 0) throw Fault{"cut within an answer: " + reply.body};
        reply.body.append(buffer, static_cast<std::size_t>(got));
    }
    auto const connection = reply.headers.find("connection");
    if (connection != reply.headers.end() && connection->second == "close") {
        socket_.hang_up(false);
    }
    return reply;
}

}  // namespace tickcast::test
