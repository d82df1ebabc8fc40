// The process: wires all parts, starts them, and shuts them down in reverse order. Owner: main.
// `run` makes the calling thread the control thread, with feeds, router and admin listener.
// process_signals.hpp handles the signals.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/config/setting_sources.hpp"
#include "tickcast/config/settings.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace tickcast {

class Application {
public:
    /// `sources` are for the texts of errors about a setting. Throws StartupError.
    explicit Application(Settings const& settings, SettingSources const& sources = {});
    ~Application();

    /// Opens the listeners and starts shards and feeds. Throws StartupError. Calls `on_listening`
    /// once both listeners are open and before any client is served: from then on, an end of the
    /// process must go through shutdown.
    void start(std::function<void()> const& on_listening = {});
    /// Serves until `request_stop`, and shuts down.
    void run();
    /// Starts the shutdown, for the first SIGTERM. Any thread.
    void request_stop();
    /// For SIGHUP: runs `action` and reloads the certificate, both on the control thread. Any
    /// thread.
    void hang_up(std::function<void()> action);
    /// The end of the last time in which the process did not run; SteadyTime::min() where there was
    /// none. Any thread.
    SteadyTime woke() const noexcept;
    /// The longest time from `request_stop` to the return of `run`.
    static Duration longest_end(Settings const& settings);

    std::uint16_t public_port() const noexcept;
    std::uint16_t admin_port() const noexcept;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tickcast
