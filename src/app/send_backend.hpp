// Which of the senders the shards get (--send-backend). At start, on the control thread.
#pragma once

#include "tickcast/config/load.hpp"
#include "tickcast/transport/batch_sender.hpp"

#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace tickcast {

/// A sender a shard, all of one kind.
struct Senders {
    std::vector<std::unique_ptr<BatchSender>> of_shards{};
    std::error_code refused{};  ///< why not io_uring, where that was tried

    std::string name() const { return std::string{of_shards.front()->name()}; }
};

/// io_uring for `auto` where the kernel gives each shard a ring, else send(2); a shard at least.
/// Throws StartupError (status 2) where io_uring itself was asked for and is refused. Logs nothing:
/// what else goes wrong at start is told in one line.
Senders make_senders(std::string const& wanted, std::size_t shards, SettingOrigins const& origins);

}  // namespace tickcast
