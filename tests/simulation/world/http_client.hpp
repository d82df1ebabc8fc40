// A client's HTTP connection in the box: one request at a time, strictly parsed answers. Used by
// the world's agents, within events.
#pragma once

#include "simulation/kernel/kernel.hpp"
#include "simulation/world/connection.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace tickcast::simulation {

/// Makes an event of an agent's action: what it throws (Broken) becomes the run's result.
using Guard = std::function<std::function<void()>(std::function<void()>)>;

struct HttpAnswer {
    int status{0};  ///< 0: the connection was lost, or refused
    std::map<std::string, std::string> fields{};
    std::string body{};
};

/// Takes an answer's head off `bytes`, and its body by Content-Length; false if more is needed.
/// `head_only`: the head of a stream. Throws Broken.
bool take_answer(std::string& bytes, HttpAnswer& answer, bool head_only);

class HttpClient : public std::enable_shared_from_this<HttpClient> {
public:
    using Done = std::function<void(HttpAnswer const&)>;

    HttpClient(Kernel& kernel, Guard guard, sockaddr_in from, sockaddr_in to, Path path, bool tls);
    ~HttpClient();

    bool busy() const noexcept { return static_cast<bool>(done_); }
    /// `done` is called once, from an event; never from within the call.
    void ask(std::string_view method, std::string const& target, std::string const& body,
             std::string_view type, Done done);
    void hang_up(bool reset);

private:
    void received();
    void finish(HttpAnswer const& answer);

    void look_soon();
    void send();

    Kernel& kernel_;
    Guard const guard_;
    sockaddr_in from_;
    sockaddr_in const to_;
    Path const path_;
    bool const tls_;
    std::unique_ptr<Connection> end_;
    std::string bytes_;
    std::string request_;
    bool fresh_{false};  ///< the connection has had no answer yet
    Done done_;
};

}  // namespace tickcast::simulation
