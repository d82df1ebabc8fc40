// Messages to another thread: values in a vector under a mutex, one wake-up for all that wait.
// `put` is for any thread; `deliver` runs on the thread of the io_context. The inbox must outlive
// that io_context's run. Bound: none of its own; each caller of `put` says why its messages are
// bounded.
#pragma once

#include "tickcast/runtime/executor.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace tickcast {

template <class Message>
class Inbox {
public:
    using Receive = std::function<void(Message&)>;

    explicit Inbox(asio::io_context& io) : executor_(io.get_executor()) {}

    /// Set once, before the first `put`.
    void on_message(Receive receive) { receive_ = std::move(receive); }

    void put(Message message) {
        {
            std::lock_guard const lock{mutex_};
            waiting_.push_back(std::move(message));
            if (std::exchange(wake_pending_, true)) return;
        }
        asio::post(executor_, [this] { deliver(); });
    }

private:
    void deliver() {
        {
            std::lock_guard const lock{mutex_};
            wake_pending_ = false;
            taken_.swap(waiting_);
        }
        for (auto& message : taken_)
            receive_(message);
        taken_.clear();
    }

    Executor executor_;
    Receive receive_;
    std::mutex mutex_;
    std::vector<Message> waiting_;
    bool wake_pending_{false};
    std::vector<Message> taken_;
};

}  // namespace tickcast
