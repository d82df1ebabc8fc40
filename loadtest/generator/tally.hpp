// The counts of a run: each worker counts for its users, and all are merged after the run. A plain
// value; one thread at a time. Bound: reasons come from closed sets (HTTP statuses, close codes,
// errno names, OpenSSL's texts).
#pragma once

#include "client/latency_histogram.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tickcast::load {

using Reasons = std::map<std::string, std::uint64_t>;

std::uint64_t total(Reasons const& reasons) noexcept;
/// "503: 12, timed out: 3"
std::string to_text(Reasons const& reasons);

struct Tally {
    std::uint64_t begun{0};     ///< sessions requested
    std::uint64_t created{0};   ///< sessions made
    std::uint64_t streams{0};   ///< streams that got their snapshot
    std::uint64_t returned{0};  ///< of these: streams of an existing session
    std::uint64_t retried{0};   ///< attempts after a failure
    std::uint64_t left{0};      ///< close frame sent and answered
    std::uint64_t aborted{0};
    std::uint64_t vanished{0};  ///< connection cut by a user that comes back

    Reasons failed_creations;
    Reasons failed_streams;  ///< the session was made, but no snapshot came
    Reasons unexpected_closes;
    Reasons unanswered_goodbyes;
    std::uint64_t silent_streams{0};
    std::uint64_t never_streamed{0};  ///< users that should have been streaming when the drop began
    std::uint64_t not_arrived{0};     ///< users that a bound or the run's end kept away
    std::uint64_t cut{0};             ///< users still there, or still to come, when all were cut
    std::vector<std::string> violations;  ///< the first hundred violations
    std::uint64_t broken_rules{0};        ///< how many violations there were
    std::uint64_t future_frames{0};       ///< frames with a tick from the future

    std::uint64_t ticks{0};
    std::uint64_t jumped{0};  ///< ticks left out in favour of newer ones
    std::uint64_t frames{0};
    std::uint64_t bytes{0};

    // Measured from the moment at which the user was due, not from when the generator got to it.
    // New attempts after a failure are measured from the first attempt's moment.
    client::LatencyHistogram creation;   ///< to the session's answer, TCP handshake included
    client::LatencyHistogram snapshot;   ///< to the snapshot, the session's creation included
    client::LatencyHistogram comeback;   ///< the same for users that return
    client::LatencyHistogram handshake;  ///< from the upgrade request to 101
    client::LatencyHistogram quote;      ///< from a tick's `t` to its arrival; without slow users
    client::LatencyHistogram quote_slow;
    client::LatencyHistogram lag;  ///< of this generator's own loop

    void merge(Tally const& other);
};

/// Warnings about the figures' value; empty if there are none.
std::vector<std::string> warnings(Tally const& tally);

/// Why the run was not clean; empty if it was.
std::vector<std::string> faults(Tally const& tally);

}  // namespace tickcast::load
