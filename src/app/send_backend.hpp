// Chooses the kind of sender for the shards (--send-backend). Control thread, at start.
#pragma once

#include "tickcast/config/load.hpp"
#include "tickcast/transport/batch_sender.hpp"

#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace tickcast {

/// One sender per shard, all of one kind.
struct Senders {
    std::vector<std::unique_ptr<BatchSender>> of_shards{};
    std::error_code refused{};  ///< why io_uring was refused, if it was tried

    std::string name() const { return std::string{of_shards.front()->name()}; }
};

/// Makes the senders of `shards` shards, at least one. `auto` gives io_uring if the kernel gives
/// each shard a ring, otherwise send(2). Throws StartupError (status 2) if the setting names
/// io_uring and the kernel refuses it. Logs nothing: a start that fails later must write its one
/// line alone.
Senders make_senders(std::string const& wanted, std::size_t shards, SettingSources const& sources);

}  // namespace tickcast
