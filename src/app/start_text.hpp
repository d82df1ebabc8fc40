// What the server says on standard output when it listens: a line each, where to look.
#pragma once

#include "tickcast/config/settings.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>

namespace tickcast {

struct Started {
    boost::asio::ip::tcp::endpoint public_at;
    boost::asio::ip::tcp::endpoint admin_at;
    std::size_t shards{0};
    std::size_t descriptors{0};
};

/// The lines `public URL` and `admin URL` are the contract's; the others are for people. They are
/// written whole before the return where somebody reads; where nobody does, a thread waits for
/// that.
void print_start_text(Started const& started, Settings const& settings);

}  // namespace tickcast
