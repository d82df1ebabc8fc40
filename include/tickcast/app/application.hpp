// The process: wires all parts, starts them, and drains in reverse.
// `run` makes the calling thread the control thread: feeds, router, admin listener. Signals are not
// its business: see process_signals.hpp.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/config/origins.hpp"
#include "tickcast/config/settings.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace tickcast {

class Application {
public:
    /// `origins` are for errors about a setting. Throws StartupError.
    explicit Application(Settings const& settings, SettingOrigins const& origins = {});
    ~Application();

    /// Opens the listeners and starts shards and feeds. Throws StartupError. Calls `on_listening`
    /// once both listeners are open and before anybody is served: from then on an end has to be an
    /// orderly one.
    void start(std::function<void()> const& on_listening = {});
    /// Serves until `request_stop`, drains, and returns the exit status.
    int run();
    /// What the first SIGTERM asks for; any thread.
    void request_stop();
    /// What SIGHUP asks for: `action`, and reloading the certificate, both on the control thread.
    /// Any thread.
    void hang_up(std::function<void()> action);
    /// From `request_stop` to the return of `run`.
    static Duration longest_end(Settings const& settings);

    std::uint16_t public_port() const noexcept;
    std::uint16_t admin_port() const noexcept;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tickcast
