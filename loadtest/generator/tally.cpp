#include "generator/tally.hpp"

namespace tickcast::load {
namespace {

constexpr std::size_t kMaxViolations = 100;

void add(Reasons& to, Reasons const& from) {
    for (auto const& [reason, count] : from)
        to[reason] += count;
}

}  // namespace

std::uint64_t total(Reasons const& reasons) noexcept {
    std::uint64_t sum = 0;
    for (auto const& [reason, count] : reasons)
        sum += count;
    return sum;
}

std::string to_text(Reasons const& reasons) {
    std::string text;
    for (auto const& [reason, count] : reasons) {
        text.append(text.empty() ? "" : ", ").append(reason).append(": ");
        text.append(std::to_string(count));
    }
    return text;
}

void Tally::merge(Tally const& other) {
    begun += other.begun;
    created += other.created;
    streams += other.streams;
    returned += other.returned;
    retried += other.retried;
    left += other.left;
    aborted += other.aborted;
    vanished += other.vanished;
    add(failed_creations, other.failed_creations);
    add(failed_streams, other.failed_streams);
    add(unexpected_closes, other.unexpected_closes);
    add(unanswered_goodbyes, other.unanswered_goodbyes);
    silent_streams += other.silent_streams;
    never_streamed += other.never_streamed;
    not_arrived += other.not_arrived;
    cut += other.cut;
    broken_rules += other.broken_rules;
    future_frames += other.future_frames;
    for (auto const& violation : other.violations) {
        if (violations.size() < kMaxViolations) violations.push_back(violation);
    }
    ticks += other.ticks;
    jumped += other.jumped;
    frames += other.frames;
    bytes += other.bytes;
    creation.merge(other.creation);
    snapshot.merge(other.snapshot);
    comeback.merge(other.comeback);
    handshake.merge(other.handshake);
    quote.merge(other.quote);
    quote_slow.merge(other.quote_slow);
    lag.merge(other.lag);
}

std::vector<std::string> warnings(Tally const& tally) {
    if (tally.future_frames == 0) return {};
    return {std::to_string(tally.future_frames) +
            " frames had ticks from over 5 ms in the future: the two clocks differ, and the "
            "latencies of quotes are wrong by as much"};
}

std::vector<std::string> faults(Tally const& tally) {
    std::vector<std::string> found;
    auto const say = [&](Reasons const& reasons, std::string const& what) {
        if (reasons.empty()) return;
        found.push_back(std::to_string(total(reasons)) + " " + what + " (" + to_text(reasons) +
                        ")");
    };
    say(tally.failed_creations, "failed creations");
    say(tally.failed_streams, "streams without a snapshot");
    say(tally.unexpected_closes, "unexpected closes");
    say(tally.unanswered_goodbyes, "unanswered goodbyes");
    if (tally.silent_streams > 0) {
        found.push_back(std::to_string(tally.silent_streams) + " silent streams");
    }
    if (tally.never_streamed > 0) {
        found.push_back(std::to_string(tally.never_streamed) +
                        " users not streaming when the drop began");
    }
    if (tally.not_arrived > 0) {
        found.push_back(std::to_string(tally.not_arrived) +
                        " arrivals that --max-sessions or the run's end kept away");
    }
    if (tally.cut > 0) {
        found.push_back("it came to --max-seconds, and " + std::to_string(tally.cut) +
                        " users were cut");
    }
    if (tally.broken_rules > 0) {
        found.push_back(std::to_string(tally.broken_rules) + " broken rules of the contract" +
                        (tally.violations.empty() ? "" : ", first: " + tally.violations.front()));
    }
    if (tally.streams == 0) found.emplace_back("no stream at all");
    return found;
}

}  // namespace tickcast::load
