// Prints where the server listens on standard output, one line per address. Control thread, at
// start.
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

/// The contract defines the lines `public URL` and `admin URL`; the others are for people. If
/// standard output has a reader, all lines are written before the return; otherwise a thread waits
/// for a reader.
void print_start_text(Started const& started, Settings const& settings);

}  // namespace tickcast
