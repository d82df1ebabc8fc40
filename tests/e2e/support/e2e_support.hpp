// Helpers that the end-to-end programs share.
#pragma once

#include "client/swarm.hpp"
#include "support/server_process.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

/// The tickers that the server knows, in its order.
std::vector<std::string> known_tickers(ServerProcess const& server);

/// The first `count` of the server's tickers.
TickerSetPtr first_tickers(ServerProcess const& server, std::size_t count);

/// Runs a command and returns its standard output; throws if the command fails.
std::string output_of(std::string const& command);

/// Sends SIGTERM: the server must end within 10 s with status 0 and without a sanitizer's report.
/// The swarm's clients answer the close meanwhile.
void expect_clean_end(ServerProcess& server, Swarm& swarm);

void expect_no_violations(Swarm const& swarm);

/// Seconds from the environment, for shorter or longer runs.
double seconds_from(char const* variable, double otherwise);

}  // namespace tickcast::test
