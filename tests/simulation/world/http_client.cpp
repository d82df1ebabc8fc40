#include "simulation/world/http_client.hpp"

#include "simulation/world/broken.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <utility>

namespace tickcast::simulation {

bool take_answer(std::string& bytes, HttpAnswer& answer, bool head_only) {
    auto const head_end = bytes.find("\r\n\r\n");
    if (head_end == std::string::npos) return false;
    std::string_view head{bytes.data(), head_end};
    require(head.starts_with("HTTP/1.1 ") && head.size() >= 12,
            [&] { return "no HTTP answer: " + bytes; });
    answer = {};
    std::from_chars(head.data() + 9, head.data() + 12, answer.status);
    for (auto at = head.find("\r\n"); at != std::string_view::npos;) {
        auto const next = head.find("\r\n", at + 2);
        auto const line =
            head.substr(at + 2, next == std::string_view::npos ? next : next - at - 2);
        auto const colon = line.find(':');
        require(colon != std::string_view::npos,
                [&] { return "a field without a colon: " + std::string{line}; });
        std::string name{line.substr(0, colon)};
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        answer.fields[name] = line.substr(std::min(colon + 2, line.size()));
        at = next;
    }
    std::size_t size = 0;
    if (!head_only && answer.status != 204 && answer.status != 101) {
        auto const& length = answer.fields["content-length"];
        std::from_chars(length.data(), length.data() + length.size(), size);
    }
    if (bytes.size() - head_end - 4 < size) return false;
    answer.body = bytes.substr(head_end + 4, size);
    bytes.erase(0, head_end + 4 + size);
    return true;
}

HttpClient::HttpClient(Kernel& kernel, Guard guard, sockaddr_in from, sockaddr_in to, Path path,
                       bool tls)
    : kernel_(kernel), guard_(std::move(guard)), from_(from), to_(to), path_(path), tls_(tls) {}

HttpClient::~HttpClient() {
    if (end_) end_->close();
}

void HttpClient::ask(std::string_view method, std::string const& target, std::string const& body,
                     std::string_view type, Done done) {
    require(!busy(), "one request at a time");
    done_ = std::move(done);
    request_ = method;
    request_ += ' ' + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    if (!body.empty() || method == "POST" || method == "PATCH") {
        request_ += "Content-Type: " + std::string{type} +
                    "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    }
    request_ += "\r\n" + body;
    send();
}

void HttpClient::send() {
    if (!end_ || end_->at_end() || end_->was_reset()) {
        if (end_) end_->close();
        bytes_.clear();
        fresh_ = true;
        TcpEnd::Options options;
        options.send_room = 64 << 20;  // for any request
        end_ = Connection::open(kernel_, from_, to_, path_, options, tls_);
    }
    if (!end_) {
        return kernel_.scheduler().at(kernel_.now() + kMillisecond,
                                      guard_([self = weak_from_this()] {
                                          if (auto const that = self.lock()) that->finish({});
                                      }));
    }
    end_->on_event([this](std::uint32_t) { look_soon(); });
    end_->send(request_);
}

/// Not from within the call that made something happen: that may be the server's.
void HttpClient::look_soon() {
    kernel_.scheduler().at(kernel_.now(), guard_([self = weak_from_this()] {
                               if (auto const that = self.lock(); that && that->end_)
                                   that->received();
                           }));
}

void HttpClient::received() {
    char buffer[16'384];
    for (;;) {
        auto const got = end_->receive(buffer, sizeof buffer);
        if (got > 0) {
            bytes_.append(buffer, static_cast<std::size_t>(got));
            continue;
        }
        HttpAnswer answer;
        if (done_ && take_answer(bytes_, answer, false)) return finish(answer);
        if (got == -EAGAIN || !done_) return;
        end_->close();
        end_.reset();
        // An idle connection may be closed while a request is on its way: it is asked again.
        return fresh_ ? finish({}) : send();
    }
}

void HttpClient::finish(HttpAnswer const& answer) {
    if (answer.fields.contains("connection") && end_) {
        end_->close();
        end_.reset();
    }
    fresh_ = false;
    auto const done = std::exchange(done_, {});
    if (done) done(answer);
}

void HttpClient::hang_up(bool reset) {
    if (end_) end_->close(reset);
    end_.reset();
    bytes_.clear();
    finish({});
}

}  // namespace tickcast::simulation
