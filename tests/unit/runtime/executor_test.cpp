#include "tickcast/runtime/executor.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <stdexcept>

namespace tickcast {
namespace {

Awaitable<> serve(asio::io_context& io, bool fails) {
    co_await asio::post(io.get_executor(), use_await);
    if (fails) throw std::runtime_error{"no memory"};
}

TEST(Executor, Rethrow_ACoroutineThatFails_EndsTheLoopByItsException) {
    asio::io_context io;
    asio::co_spawn(io, serve(io, true), rethrow);
    EXPECT_THROW(io.run(), std::runtime_error);
}

TEST(Executor, Rethrow_ACoroutineThatEnds_IsNothing) {
    asio::io_context io;
    asio::co_spawn(io, serve(io, false), rethrow);
    EXPECT_NO_THROW(io.run());
}

}  // namespace
}  // namespace tickcast
