// The REST calls of a client, on a connection of their own. Asking and reading the answer are two
// calls, so that the client can do something else in between. One thread per object.
#pragma once

#include "client/http_client.hpp"
#include "integration/torture_socket.hpp"

#include <string>
#include <string_view>

namespace tickcast::test {

using namespace client;

class TortureRest {
public:
    explicit TortureRest(TortureTarget target) : target_(target) {}

    /// Sends a request. `fresh`: on a new connection, which may get to another shard.
    void ask(std::string_view method, std::string_view path, std::string_view body, bool fresh);
    /// The answer to the request that was asked; throws Fault where none comes.
    HttpReply answer();

private:
    TortureTarget const target_;
    TortureSocket socket_;
};

}  // namespace tickcast::test
