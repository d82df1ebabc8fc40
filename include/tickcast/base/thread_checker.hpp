// A member of objects that one thread owns, where its calls come in: `check()` aborts when another
// thread calls it. The checker binds to the first thread that calls `check()`. It costs nothing in
// release builds.
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

private:
    mutable std::atomic<std::thread::id> owner_{};
#else
    void check() const noexcept {}
#endif
};

}  // namespace tickcast
