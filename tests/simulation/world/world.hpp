// One run of the box: a whole server with settings drawn from the seed, its clients, the source of
// its ticks, and the faults; then quiet, in which all promises must come true, the end of all
// clients, and the server's own end. Throws Broken. One at a time.
#pragma once

#include "simulation/kernel/kernel.hpp"
#include "simulation/world/http_client.hpp"
#include "simulation/world/spans.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tickcast {
class Application;
struct Settings;
}  // namespace tickcast

namespace tickcast::simulation {

class Client;
class Ending;
class Stranger;

/// How much of a run is certain.
enum class Books : std::uint8_t {
    settled,  ///< clients leave only when they have everything: no tick is abandoned
    cut,      ///< clients leave with ticks under way, once no more are pushed: the sum is known
    open,     ///< anything may happen at any moment: the rules must still hold
};

struct Totals {
    std::uint64_t ticks{0};  ///< received by clients
    std::uint64_t streams{0};
    std::uint64_t pauses{0};
    std::uint64_t pushes{0};
    std::map<std::string, std::uint64_t> ends{};  ///< of streams, as their clients saw them
    Nanos simulated{0};
    std::uint64_t steps{0};
    std::uint64_t gaps{0};  ///< ticks that gave way to newer ones, as settled clients saw it
    std::uint64_t strangers{0};
    std::uint64_t tls{0};  ///< runs through TLS
    // The most bytes on the server's heap, beyond those after its start.
    std::ptrdiff_t heap_with_clients{0};
    std::ptrdiff_t heap_without_clients{0};

    void add(Totals const& other);
};

class World {
public:
    /// What a run is drawn from; what is given here is not drawn.
    struct Draw {
        std::uint64_t seed{1};
        std::optional<Books> books{};
        std::optional<bool> tls{};
        bool verbose{false};  ///< log lines and what the world does, on stderr
        bool first{false};    ///< of this process: what is made once stays on the heap
    };

    explicit World(Draw const& draw);
    ~World();
    World(World const&) = delete;
    World& operator=(World const&) = delete;

    /// Throws Broken.
    void run();
    Totals const& totals() const noexcept { return totals_; }

    // For the clients.

    Kernel& kernel() noexcept { return kernel_; }
    Nanos now() const noexcept { return kernel_.now(); }
    Random& random() noexcept { return kernel_.random(); }
    Settings const& settings() const noexcept { return *settings_; }
    Totals& totals() noexcept { return totals_; }
    /// Clients keep their streams and tickers until the run is quiet.
    bool exact() const noexcept { return books_ != Books::open; }
    bool cut() const noexcept { return books_ == Books::cut; }
    /// No fault and no new intention: clients read and wait.
    bool quiet() const noexcept { return quiet_; }
    bool stopping() const noexcept { return stopping_; }
    std::function<void()> guarded(std::function<void()> action);
    void after(Nanos delay, std::function<void()> action);
    std::shared_ptr<HttpClient> http(Path const& path, std::string const& from);
    sockaddr_in public_address() const noexcept { return public_; }
    /// The public listener speaks TLS.
    bool tls() const noexcept { return tls_; }
    Path some_path();
    std::vector<std::string> some_tickers();
    /// The ticks of a ticker so far that the server has answered with 202.
    std::uint64_t accepted(std::string const& ticker) const;
    /// The ticks that were sent, whether or not they were answered.
    std::uint64_t sent(std::string const& ticker) const;
    /// The newest of its ticks that had been answered by that time.
    std::uint64_t accepted_by(std::string const& ticker, Nanos when) const;
    /// How much of that time the server can make up for: its process, or a thread of it, stood
    /// still, and for a while after each time no peer is judged.
    Nanos held_up(Nanos from, Nanos to) const;
    /// How long the whole process stood still in that time.
    Nanos stood_still(Nanos from, Nanos to) const { return pauses_.within(from, to); }
    /// The last moment at which the process, or one thread of it, is held up, as far as is known.
    Nanos last_held_up() const noexcept { return held_up_.end(); }
    /// A stream has ended for its client, by the rules: how its connection ends is watched.
    void watch_ending(std::unique_ptr<Connection> connection, std::string const& of);
    /// The client has closed this connection: the server must do so too, soon.
    void watch_closing(std::shared_ptr<TcpEnd> const& server, std::string const& of);
    void note(std::string const& what);

private:
    void draw_settings(Draw const& draw);
    void start_server();
    void push_some();
    void make_trouble();
    void stand_still(Nanos length);
    void run_out_of_descriptors();
    void wait_until(char const* what, Nanos limit, std::function<bool()> const& holds);
    void rethrow_failure() const;
    std::map<std::string, double> metrics();
    void expect_nothing_stays(std::map<std::string, double> const& metrics) const;
    void watch_heap();
    void expect_books(std::map<std::string, double> const& metrics);
    void watch_deadlines();
    void run_past_troubles(Nanos duration);
    void stop_server();

    bool const verbose_;
    bool const first_;
    Kernel kernel_;
    Process& process_;
    bool tls_{false};
    std::unique_ptr<Settings> settings_;
    Books books_{Books::open};
    sockaddr_in public_{};
    sockaddr_in admin_{};
    std::thread control_;
    Application* application_{nullptr};
    bool ended_{false};
    std::optional<std::string> failure_;
    bool quiet_{false};
    bool stopping_{false};
    unsigned trouble_{0};  ///< of a thousand, at each look
    Nanos busy_{};         ///< until the run is quiet, or stopped
    Nanos push_interval_{};
    Spans pauses_;
    Spans held_up_;
    std::ptrdiff_t heap_at_start_{0};
    std::vector<std::string> tickers_;
    std::map<std::string, std::uint64_t> sent_;
    struct Acceptance {
        Nanos when;
        std::uint64_t number;
    };
    std::map<std::string, std::vector<Acceptance>> accepted_;
    std::shared_ptr<HttpClient> pusher_;
    std::vector<std::shared_ptr<Client>> clients_;
    std::vector<std::shared_ptr<Stranger>> strangers_;
    std::vector<std::shared_ptr<Ending>> endings_;
    Totals totals_;
};

}  // namespace tickcast::simulation
