// A member of objects that one thread owns, where its calls come in: `check()` aborts when another
// thread calls it. The checker binds to the first thread that calls `check()`, and again to the
// next one after `detach()`. It costs nothing in release builds.
#pragma once

#include "tickcast/base/check.hpp"

#include <atomic>
#include <thread>

namespace tickcast {

class ThreadChecker {
public:
#ifdef TICKCAST_CHECK_THREADS
    void check() const noexcept {
        auto const self = std::this_thread::get_id();
        std::thread::id expected{};
        if (owner_.compare_exchange_strong(expected, self)) return;
        TICKCAST_CHECK(expected == self, "called from a thread that does not own this object");
    }
    void detach() noexcept { owner_.store(std::thread::id{}); }

private:
    mutable std::atomic<std::thread::id> owner_{};
#else
    void check() const noexcept {}
    void detach() noexcept {}
#endif
};

}  // namespace tickcast
