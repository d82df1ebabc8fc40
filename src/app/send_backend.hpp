// Which of the senders the shards get (--send-backend). At start, on the control thread.
#pragma once

#include "tickcast/config/load.hpp"
#include "tickcast/net/batch_sender.hpp"

#include <memory>
#include <string>
#include <vector>

namespace tickcast {

/// A sender a shard, all of one kind: io_uring for `auto` where the kernel gives each a ring, else
/// send(2). Throws StartupError (status 2) where io_uring itself was asked for and is refused.
std::vector<std::unique_ptr<BatchSender>> make_senders(std::string const& wanted,
                                                       std::size_t shards,
                                                       SettingOrigins const& origins);

}  // namespace tickcast
