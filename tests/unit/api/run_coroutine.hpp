// Runs a coroutine that needs no sockets until the coroutine ends, on an event loop of its own.
#pragma once

#include "tickcast/base/check.hpp"
#include "tickcast/runtime/executor.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <optional>

namespace tickcast::test {

template <class T>
T run_coroutine(Awaitable<T> work) {
    asio::io_context io;
    std::optional<T> result;
    asio::co_spawn(io, std::move(work), [&result](std::exception_ptr error, T value) {
        if (error) std::rethrow_exception(error);
        result = std::move(value);
    });
    io.run();
    TICKCAST_CHECK(result.has_value(), "the coroutine waits for something");
    return std::move(*result);
}

}  // namespace tickcast::test
