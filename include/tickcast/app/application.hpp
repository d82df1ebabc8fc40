// The process: wires all parts, starts them, and drains in reverse.
// `run` makes the calling thread the control thread: feeds, router, admin listener. Signals are not
// its business: see process_signals.hpp.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/config/origins.hpp"
#include "tickcast/config/setting_error.hpp"
#include "tickcast/config/settings.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>

namespace tickcast {

/// Why the process cannot start: one line for standard error, and the exit status (1, or 2 for a
/// setting).
class StartupError : public std::runtime_error {
public:
    StartupError(std::string const& line, int status) : std::runtime_error(line), status_(status) {}
    explicit StartupError(SettingError const& error) : StartupError(error.line, 2) {}
    int status() const noexcept { return status_; }

private:
    int status_;
};

class Application {
public:
    /// `origins` are for errors about a setting. Throws StartupError.
    explicit Application(Settings const& settings, SettingOrigins const& origins = {});
    ~Application();

    /// What `hang_up` does beside, on the control thread; before `start`.
    void on_hangup(std::function<void()> action);
    /// Called in `start`, once both listeners are open and before anybody is served: from now on an
    /// end has to be an orderly one.
    void on_listening(std::function<void()> action);

    /// Opens the listeners and starts shards and feeds. Throws StartupError.
    void start();
    /// Serves until `request_stop`, drains, and returns the exit status.
    int run();
    /// What the first SIGTERM asks for; any thread.
    void request_stop();
    /// What SIGHUP asks for: reloads the certificate, any thread.
    void hang_up();
    /// From `request_stop` to the return of `run`.
    static Duration longest_end(Settings const& settings);

    std::uint16_t public_port() const noexcept;
    std::uint16_t admin_port() const noexcept;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tickcast
