// A strict client of Server-Sent Events on a blocking socket: it checks every event that it gets.
// Plain TCP only. One thread per object; throws std::runtime_error at a fault of the server.
#pragma once

#include "client/http_client.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace tickcast::test {

using namespace client;

/// Makes a session of `tickers` of the server's tickers and returns its ID.
std::string new_session(Endpoint const& server, std::size_t tickers);

class EventClient {
public:
    explicit EventClient(Endpoint endpoint) : endpoint_(std::move(endpoint)) {}
    ~EventClient() { close(false); }
    EventClient(EventClient const&) = delete;
    EventClient& operator=(EventClient const&) = delete;

    /// Requests a session's stream on a connection of its own; returns the status of the answer.
    /// Unless that is 200, the connection is closed again. `receive_buffer`: 0 = the system's
    /// default.
    int open(std::string const& session, std::string_view last_event_id, int receive_buffer = 0);
    /// Reads the events that come within that time; false once the server has ended the stream.
    bool read_for(std::chrono::milliseconds time);
    /// Reads until the stream ends; returns the goodbye's code, empty if there was none.
    std::string read_to_end(std::chrono::milliseconds limit);
    void close(bool reset) noexcept;

    std::string const& id() const noexcept { return id_; }
    std::uint64_t ticks() const noexcept { return ticks_; }
    bool had_snapshot() const noexcept { return had_snapshot_; }

private:
    void connect(int receive_buffer);
    bool receive(std::chrono::milliseconds limit);
    void take(std::string_view block);
    void take_message(std::string_view type, std::string_view data);

    Endpoint const endpoint_;
    int socket_{-1};
    std::string buffer_;
    std::string session_;
    std::string id_;  ///< of the newest stream
    std::string goodbye_;
    std::map<std::string, std::uint64_t> sequences_;  ///< newest `n` of this stream, by ticker
    std::uint64_t ticks_{0};
    bool begun_{false};  ///< the lines before the first event came
    bool had_snapshot_{false};
};

}  // namespace tickcast::test
