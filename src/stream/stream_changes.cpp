// How a stream follows its session: changes by its own client or by a PATCH, and the answers to
// these changes.
#include "stream/stream_connection.hpp"
#include "tickcast/protocol/stream_messages.hpp"

#include <chrono>
#include <unordered_set>
#include <utility>
#include <vector>

namespace tickcast {

namespace {

std::vector<TickerId> not_in(std::vector<TickerId> const& these,
                             std::vector<TickerId> const& others) {
    std::unordered_set<TickerId> const known{others.begin(), others.end()};
    std::vector<TickerId> rest;
    for (auto const id : these) {
        if (!known.contains(id)) rest.push_back(id);
    }
    return rest;
}

}  // namespace

/// Each change is answered, and its snapshot begun, before the next change is taken.
void StreamConnection::answer_requests() {
    while (may_answer_request() && requests_.take_change()) {
        if (auto view = host_.context().sessions.get(session_);
            view && view->stream && view->stream->generation == generation_) {
            adopt(*std::move(view));
        }
    }
    if (may_answer_request() && requests_.message_waits()) answer_message();
}

void StreamConnection::session_changed() noexcept {
    requests_.session_changed();
    answer_requests();
}

void StreamConnection::adopt(SessionView view) {
    change_tickers(not_in(tickers_.ids(), view.tickers.ids()),
                   not_in(view.tickers.ids(), tickers_.ids()));
    tickers_ = std::move(view.tickers);
    set_throttle(std::chrono::milliseconds{view.throttle_ms});

    auto const names = [this](auto visit) {
        for (auto const id : tickers_.ids())
            visit(host_.context().tickers.name(id).view());
    };
    reply(MessageType::subscribed, subscribed_json(names, view.throttle_ms));
}

}  // namespace tickcast
