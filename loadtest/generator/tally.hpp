// What was counted: by a worker for its users, merged at the end. A plain value; one thread.
// Bounds: reasons come from closed sets (HTTP statuses, close codes, errno names, OpenSSL's texts).
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
    std::uint64_t begun{0};     ///< sessions asked for
    std::uint64_t created{0};   ///< and got
    std::uint64_t streams{0};   ///< that came to their snapshot
    std::uint64_t returned{0};  ///< of these: to a session that was there
    std::uint64_t retried{0};   ///< attempts after a failure
    std::uint64_t left{0};      ///< goodbye said and answered
    std::uint64_t aborted{0};
    std::uint64_t vanished{0};  ///< cut, to come back

    Reasons failed_creations;
    Reasons failed_streams;  ///< session made, but no snapshot came
    Reasons unexpected_closes;
    Reasons unanswered_goodbyes;
    std::uint64_t silent_streams{0};
    std::uint64_t never_streamed{0};  ///< who ought to have been streaming when the drop began
    std::uint64_t not_arrived{0};     ///< whom a bound or the end kept away
    std::uint64_t cut{0};             ///< who was there, or to come, past the end of all patience
    std::vector<std::string> violations;  ///< the first hundred
    std::uint64_t broken_rules{0};        ///< and how many there were
    std::uint64_t future_frames{0};       ///< with a tick from the future

    std::uint64_t ticks{0};
    std::uint64_t jumped{0};  ///< left out in favour of newer ones
    std::uint64_t frames{0};
    std::uint64_t bytes{0};

    // From the moment that the user was due, not from when the generator came round to it; new
    // tries after a failure count from the first one's.
    client::LatencyHistogram creation;   ///< to the session's answer, TCP handshake included
    client::LatencyHistogram snapshot;   ///< to the snapshot, the session's creation included
    client::LatencyHistogram comeback;   ///< the same of those who return
    client::LatencyHistogram handshake;  ///< from asking for the stream to 101
    client::LatencyHistogram quote;      ///< from a tick's `t` to here; slow users left out
    client::LatencyHistogram quote_slow;
    client::LatencyHistogram lag;  ///< of this generator's own loop

    void merge(Tally const& other);
};

/// What makes its figures less than they seem; empty if nothing does.
std::vector<std::string> warnings(Tally const& tally);

/// Why the run was not clean; empty if it was.
std::vector<std::string> faults(Tally const& tally);

}  // namespace tickcast::load
