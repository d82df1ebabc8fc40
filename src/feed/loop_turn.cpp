#include "feed/loop_turn.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace tickcast {

LoopTurn::LoopTurn(asio::io_context& io, std::function<void()> turn)
    : timer_(io), turn_(std::move(turn)), armed_(std::make_shared<std::uint64_t>(0)) {}

void LoopTurn::at(SteadyTime when) {
    timer_.expires_at(when);
    timer_.async_wait([this, armed = armed_, mine = ++*armed_](SystemError) {
        if (*armed == mine) turn_();
    });
}

void LoopTurn::soon() {
    asio::post(timer_.get_executor(), [this, armed = armed_, mine = ++*armed_] {
        if (*armed == mine) turn_();
    });
}

void LoopTurn::cancel() noexcept {
    ++*armed_;
    timer_.cancel();
}

}  // namespace tickcast
