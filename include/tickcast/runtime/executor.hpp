// The concrete executor and socket types: one io_context per thread, no type erasure on the hot
// path.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <exception>

namespace tickcast {

namespace asio = boost::asio;
using SystemError = boost::system::error_code;

using Executor = asio::io_context::executor_type;
using TcpSocket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using TcpAcceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using SteadyTimer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, Executor>;
template <class T = void>
using Awaitable = asio::awaitable<T, Executor>;
inline constexpr asio::use_awaitable_t<Executor> use_await{};

/// For co_spawn of a coroutine that serves until shutdown: its exception leaves the loop's run(),
/// which ends the process. With asio::detached the exception would be lost: a listener would stop
/// accepting, and nobody would notice.
inline constexpr auto rethrow = [](std::exception_ptr const& error) {
    if (error) std::rethrow_exception(error);
};

}  // namespace tickcast
