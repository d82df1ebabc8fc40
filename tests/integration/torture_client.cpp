#include "integration/torture_client.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <thread>
#include <utility>

namespace tickcast::test {

namespace {

/// So many subscriptions are possible at most before all must be answered.
constexpr std::size_t kMostPossible = 40;

}  // namespace

template <class Part>
std::string TortureClient::fault_of(Part&& part) {
    std::string fault;
    try {
        part();
        return {};
    } catch (Fault const& broken) {
        fault = broken.what;
    } catch (std::exception const& error) {
        fault = error.what();
    }
    stream_.reset();
    return "client " + std::to_string(seed_) + ": " + fault;
}

std::string TortureClient::live_once() {
    return fault_of([this] {
        create();
        for (auto streams = 1 + below(4); streams > 0 && open(); --streams) {
            for (auto actions = below(25); actions > 0; --actions)
                act();
            end();
            wait_awhile();
        }
        leave_session();
    });
}

std::string TortureClient::begin_stream() {
    return fault_of([this] {
        do {
            create();
        } while (!open());
        while (!stream_->had_snapshot())
            read();
    });
}

std::string TortureClient::await_drain() {
    return fault_of([this] { close_stream(1001); });
}

bool TortureClient::open() {
    finish_patch();
    if (session_.empty()) return false;
    auto next = new_stream();
    next->ask();
    if (next->answered() == 404) {
        if (std::chrono::steady_clock::now() - waits_since_ < session_wait_) {
            throw Fault{"a session was lost"};
        }
        count("expiry");
        session_.clear();
        return false;
    }
    stream_ = std::move(next);
    ++stream_number_;
    possible_->stream_replaced();
    count("open");
    return true;
}

void TortureClient::act() {
    if (possible_->size() > kMostPossible) return settle();
    switch (below(16)) {
        case 0:
            return stream_->send_ping();
        case 1:
            return stream_->send_fragments();
        case 2:
            std::this_thread::sleep_for(std::chrono::milliseconds{5 + below(60)});
            return;
        case 3:
        case 4:
            return send_message();
        case 5:
            begin_patch();
            return by_chance(2) ? finish_patch() : read();
        case 6:
            return get_session();
        case 7:
            return by_chance(3) ? race_for_session() : take_over();
        case 8:
            return settle();
        default:
            return read();
    }
}

void TortureClient::read() {
    if (!stream_->read_for(static_cast<int>(below(15)))) {
        throw Fault{"the stream ended by itself"};
    }
    check_answers(*stream_);
}

void TortureClient::send_message() {
    count("message");
    SubscriptionChange change;
    nlohmann::json message;
    switch (below(7)) {
        case 0:
            return stream_->send_ping_message();
        case 1:
            return stream_->send_wrong(R"({"op":"subscribe","tickers":["AAPL","NOPE"]})");
        case 2:
            change.throttle_ms = 5 * below(3);
            message = {{"op", "throttle"}, {"ms", *change.throttle_ms}};
            break;
        case 3:
        case 4:
            change.removed = some_tickers();
            message = {{"op", "unsubscribe"}, {"tickers", change.removed}};
            break;
        default:
            change.added = some_tickers();
            message = {{"op", "subscribe"}, {"tickers", change.added}};
    }
    possible_->message_sent(std::move(change));
    stream_->send_change(message.dump());
}

/// Changes can be under way while the session goes over to the next stream.
void TortureClient::take_over() {
    if (by_chance(2)) finish_patch();
    auto next = new_stream();
    next->ask();
    if (by_chance(2)) send_message();
    if (!patch_ && by_chance(2)) begin_patch();
    if (next->answered() != 101) throw Fault{"a streaming session was not found"};
    count("take-over");
    replace_stream(std::move(next));
}

/// Two connections want the session at once, on two shards or on one.
void TortureClient::race_for_session() {
    finish_patch();
    auto one = new_stream();
    auto two = new_stream();
    one->ask();
    two->ask();
    if (one->answered() != 101 || two->answered() != 101) {
        throw Fault{"a streaming session was not found"};
    }
    count("race of two take-overs");
    auto const until =
        std::chrono::steady_clock::now() + std::chrono::milliseconds{TortureSocket::kPatienceMs};
    while (one->close_code() == 0 && two->close_code() == 0) {
        one->read_for(5);
        two->read_for(5);
        if (std::chrono::steady_clock::now() > until) throw Fault{"two streams have one session"};
    }
    if (two->close_code() != 0) std::swap(one, two);
    one->expect_close(4001);
    check_answers(*one);
    replace_stream(std::move(two));
}

void TortureClient::replace_stream(Stream next) {
    auto const displaced = std::exchange(stream_, std::move(next));
    ++stream_number_;
    possible_->stream_replaced();
    // Which of the two streams answers a PATCH under way is open.
    if (patch_ && !patch_->wrong) stream_->patch_begins();
    end_displaced(*displaced);
}

void TortureClient::end_displaced(TortureStream& displaced) {
    if (by_chance(4)) return displaced.hang_up(by_chance(2));
    displaced.expect_close(4001);
    check_answers(displaced);
}

/// Reads until everything is answered; then the last answer is what all changes make of the
/// session.
void TortureClient::settle() {
    finish_patch();
    check_answers(*stream_);
    auto const until =
        std::chrono::steady_clock::now() + std::chrono::milliseconds{TortureSocket::kPatienceMs};
    while (!stream_->is_answered()) {
        if (!stream_->read_for(20)) throw Fault{"the stream ended by itself"};
        check_answers(*stream_);
        if (std::chrono::steady_clock::now() > until) throw Fault{"an answer never came"};
    }
    if (!stream_->is_certain()) return count("settle in part");
    count("settle");
    if (!possible_->settle(stream_->newest())) {
        throw Fault{"the changes do not make " + nlohmann::json(stream_->newest().tickers).dump()};
    }
}

TortureClient::Stream TortureClient::new_stream() {
    return std::make_unique<TortureStream>(target_, session_, random_, totals_);
}

void TortureClient::check_answers(TortureStream& stream) const {
    for (NamedSubscription named; stream.next_named(named);) {
        if (!possible_->may_have_been(named)) {
            throw Fault{"the session never was " + nlohmann::json(named.tickers).dump()};
        }
    }
}

Tickers TortureClient::some_tickers() {
    static constexpr std::array kNames{"AAPL", "MSFT", "GOOGL", "AMZN", "NVDA", "META"};
    Tickers some;
    for (auto const* name : kNames) {
        if (by_chance(2)) some.emplace_back(name);
    }
    std::shuffle(some.begin(), some.end(), random_);
    return some;
}

}  // namespace tickcast::test
