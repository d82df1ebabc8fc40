// Memory of its own size for an operation that may wait as long as its client lives: what Asio
// would recycle for it is that of one that has ended, mostly larger, and is then kept from others.
#pragma once

#include <boost/asio/bind_allocator.hpp>

#include <memory_resource>
#include <utility>

namespace tickcast {

template <class Handler>
auto in_own_memory(Handler handler) {
    return boost::asio::bind_allocator(std::pmr::polymorphic_allocator<>{}, std::move(handler));
}

}  // namespace tickcast
