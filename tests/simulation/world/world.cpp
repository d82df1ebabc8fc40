#include "simulation/world/world.hpp"

#include "simulation/world/broken.hpp"
#include "simulation/world/client.hpp"
#include "simulation/world/ending.hpp"
#include "simulation/world/stranger.hpp"
#include "support/tls_client.hpp"
#include "tickcast/app/application.hpp"
#include "tickcast/config/settings.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <utility>

namespace tickcast::simulation {

namespace {

constexpr Nanos kLook = 250 * kMillisecond;
/// How long after the last trouble every promise must have come true, beside the settings' times.
constexpr std::uint64_t kLongestBusy = 30ULL * kSecond;
/// Longer than any wait that is not the client's: the server has taken in all that was pushed.
constexpr Nanos kCutWait = 2 * kSecond;
constexpr Nanos kQuiet = 20 * kSecond;

/// What the server's heap grows by: the ticks of one push on their way to the shards, whose memory
/// is kept for the next, and what 12 clients and their streams need.
constexpr std::ptrdiff_t kMostHeap = std::ptrdiff_t{1} << 20;
constexpr std::ptrdiff_t kMostHeapKept = 900'000;

/// How long the peers' time stands still after a pause, and a little more.
constexpr Nanos kAfterwards = 700 * kMillisecond;
/// From the signal to the process's end, and more.
constexpr Nanos kLongestDrain = 15 * kSecond;
/// A closed connection is closed on the other side within this time; also by an acceptor that has
/// just run out of descriptors.
constexpr Nanos kClosing = 4 * kSecond;

/// How long the server's end waits for sockets and requests of the admin listener, and a margin.
constexpr Nanos kLastSockets = 3 * kSecond;

double seconds(Random& random, unsigned least, unsigned most) {
    return static_cast<double>(least + below(random, most - least + 1));
}
Nanos nanos(double of_seconds) {
    return static_cast<Nanos>(of_seconds * 1e9);
}

}  // namespace

void Totals::add(Totals const& other) {
    ticks += other.ticks;
    streams += other.streams;
    pauses += other.pauses;
    pushes += other.pushes;
    gaps += other.gaps;
    strangers += other.strangers;
    tls += other.tls;
    simulated += other.simulated;
    steps += other.steps;
    for (auto const& [how, times] : other.ends)
        ends[how] += times;
    heap_with_clients = std::max(heap_with_clients, other.heap_with_clients);
    heap_without_clients = std::max(heap_without_clients, other.heap_without_clients);
}

World::World(Draw const& draw)
    : verbose_(draw.verbose),
      first_(draw.first),
      kernel_(draw.seed),
      process_(kernel_.add_process("server")) {
    draw_settings(draw);
}

World::~World() = default;

void World::draw_settings(Draw const& draw) {
    auto& random = kernel_.random();
    auto const drawn = static_cast<Books>(std::min<std::uint64_t>(below(random, 6), 2));
    books_ = draw.books.value_or(drawn);
    settings_ = std::make_unique<Settings>();
    auto& settings = *settings_;
    settings.listen = "127.0.0.1:8080";
    settings.admin_listen = "127.0.0.1:8081";
    settings.feeds = {"push"};
    settings.send_backend = "send";
    settings.threads = 1 + below(random, 3);
    settings.stream_send_buffer_bytes = 2048U << below(random, 6);
    settings.pending_seconds = seconds(random, 3, 12);
    settings.detached_seconds = seconds(random, 8, 16);
    settings.heartbeat_seconds = seconds(random, 1, 8);
    settings.ping_seconds = seconds(random, 1, 8);
    settings.peer_timeout_seconds = settings.ping_seconds + seconds(random, 5, 15);
    settings.slow_client_seconds = seconds(random, 2, 12);
    settings.request_timeout_seconds = seconds(random, 2, 10);
    if (books_ == Books::cut) {
        settings.slow_client_seconds = 1000;  // the server ends no stream
        settings.peer_timeout_seconds = 1000;
    }
    settings.drain_seconds = seconds(random, 0, 5);
    settings.drain_delay_seconds = seconds(random, 0, 2);
    settings.stale_seconds = seconds(random, 1, 15);
    settings.max_messages_per_second = by_chance(random, 500) ? 0 : 20;
    if (books_ == Books::open && by_chance(random, 150)) {
        settings.max_session_age_seconds = seconds(random, 5, 25);
    }
    trouble_ = by_chance(random, 300) ? 0 : static_cast<unsigned>(below(random, 250));
    busy_ = static_cast<Nanos>(kSecond + below(random, kLongestBusy));
    push_interval_ = busy_ / static_cast<Nanos>(20 + below(random, 800));
    if (by_chance(random, 200)) process_.slowness = 1 + static_cast<unsigned>(below(random, 50));
    tls_ = by_chance(random, 250);
    if (draw.tls) tls_ = *draw.tls;
    if (tls_) {
        ++totals_.tls;
        settings.tls_cert = certificate().certificate_file();
        settings.tls_key = certificate().key_file();
    }
    // With many tickers a frame is larger than a small socket takes at once.
    bool const crowded = by_chance(random, books_ == Books::cut ? 700 : 250);
    auto const count = crowded ? 60 : 1 + below(random, 8);
    if (crowded && by_chance(random, 500)) settings.stream_send_buffer_bytes = 2048;
    for (std::uint64_t i = 0; i < count; ++i)
        tickers_.push_back("T" + std::to_string(i));
    public_ = address_of("127.0.0.1", 8080);
    admin_ = address_of("127.0.0.1", 8081);
}

std::function<void()> World::guarded(std::function<void()> action) {
    return [this, action = std::move(action)] {
        if (failure_) return;
        try {
            action();
        } catch (std::exception const& fault) {
            failure_ = fault.what();
        }
    };
}

void World::after(Nanos delay, std::function<void()> action) {
    kernel_.scheduler().at(kernel_.now() + delay, guarded(std::move(action)));
}

void World::note(std::string const& what) {
    if (!verbose_) return;
    std::fprintf(stderr, "%12.6f %s\n", static_cast<double>(kernel_.now()) / 1e9, what.c_str());
}

Path World::some_path() {
    auto& random = kernel_.random();
    Path path;
    path.latency = static_cast<Nanos>((10 * kMicrosecond) << below(random, 13));
    path.jitter = by_chance(random, 500) ? path.latency : 0;
    path.lost_of_thousand = by_chance(random, 200) ? 50 : 0;
    path.partial_of_thousand = by_chance(random, 300) ? 300 : 0;
    path.largest_piece = 1 + below(random, by_chance(random, 200) ? 64 : 16'384);
    return path;
}

std::vector<std::string> World::some_tickers() {
    std::vector<std::string> some;
    for (auto const& ticker : tickers_) {
        if (by_chance(random(), 500)) some.push_back(ticker);
    }
    return some;
}

std::uint64_t World::accepted(std::string const& ticker) const {
    return accepted_by(ticker, now());
}

std::uint64_t World::accepted_by(std::string const& ticker, Nanos when) const {
    auto const found = accepted_.find(ticker);
    if (found == accepted_.end()) return 0;
    auto const& all = found->second;
    auto const behind =
        std::upper_bound(all.begin(), all.end(), when,
                         [](Nanos time, Acceptance const& each) { return time < each.when; });
    return behind == all.begin() ? 0 : std::prev(behind)->number;
}

Nanos World::held_up(Nanos from, Nanos to) const {
    return held_up_.within(from, to) + kAfterwards * static_cast<Nanos>(held_up_.count(from, to));
}

void World::watch_ending(std::unique_ptr<Connection> connection, std::string const& of) {
    // A drain has no time to spare for a thread that did not run.
    if (stopping_ && held_up(now() - kLongestDrain, now()) > 0) return connection->close();
    std::erase_if(endings_, [](auto const& ending) { return ending->is_over(); });
    endings_.push_back(std::make_shared<Ending>(*this, std::move(connection), of));
    endings_.back()->begin();
}

void World::watch_closing(std::shared_ptr<TcpEnd> const& server, std::string const& of) {
    if (!server) return;
    auto const begun = now();
    auto look = [this, weak = std::weak_ptr{server}, begun, of](auto const& again) -> void {
        auto const end = weak.lock();
        if (!end || end->is_closed()) return;
        auto const waits = begun + kClosing + held_up(begun, now()) - now();
        require(waits > 0, [&] { return "the server keeps the closed connection of " + of; });
        after(waits, [again] { again(again); });
    };
    after(kClosing, [look] { look(look); });
}

std::uint64_t World::sent(std::string const& ticker) const {
    auto const found = sent_.find(ticker);
    return found == sent_.end() ? 0 : found->second;
}

std::shared_ptr<HttpClient> World::http(Path const& path, std::string const& from) {
    auto const port = static_cast<std::uint16_t>(1024 + below(random(), 60'000));
    return std::make_shared<HttpClient>(
        kernel_, [this](auto action) { return guarded(std::move(action)); }, address_of(from, port),
        public_, path, tls());
}

void World::start_server() {
    control_ = kernel_.spawn(process_, [this] {
        {
            Application application{*settings_};
            application.start();
            application_ = &application;
            application.run();
            application_ = nullptr;
        }
        ended_ = true;
    });
    wait_until("the server starts", kSecond, [this] { return application_ != nullptr; });
}

void World::push_some() {
    if (quiet_ || stopping_) return;
    auto again = [this] {
        auto const delay = 1 + below(random(), static_cast<std::uint64_t>(2 * push_interval_));
        after(static_cast<Nanos>(delay), [this] { push_some(); });
    };
    if (pusher_->busy()) return again();
    std::string body;
    std::map<std::string, std::uint64_t> newest;
    auto const most = by_chance(random(), 10) ? 1000U : 8U;
    for (auto left = 1 + below(random(), most); left > 0; --left) {
        auto const& ticker = tickers_[below(random(), tickers_.size())];
        auto const number = ++sent_[ticker];
        newest[ticker] = number;
        body += R"({"s":")" + ticker + R"(","p":)" + std::to_string(number) +
                ",\"b\":-92233720368.54775807,\"bz\":92233720368.54775807,"
                "\"a\":-92233720368.54775806,\"az\":92233720368.54775806}\n";
    }
    ++totals_.pushes;
    pusher_->ask("POST", "/v1/ticks", body, "application/x-ndjson",
                 [this, newest](HttpAnswer const& answer) {
                     if (stopping_ && answer.status != 202) return;
                     require(answer.status == 202, [&] {
                         return "a push was answered " + std::to_string(answer.status) +
                                answer.body;
                     });
                     for (auto const& [ticker, number] : newest)
                         accepted_[ticker].push_back({now(), number});
                 });
    again();
}

/// Faults of the machine: the process, or a thread of it, does not run; descriptors run out. And
/// strangers knock.
void World::make_trouble() {
    if (quiet_ || ended_) return;
    auto& random = kernel_.random();
    if (by_chance(random, trouble_)) {
        stand_still(static_cast<Nanos>(
            below(random, static_cast<std::uint64_t>(kMillisecond) << below(random, 16))));
    }
    if (books_ == Books::open && !stopping_ && by_chance(random, trouble_ / 8))
        run_out_of_descriptors();
    if (!stopping_ && by_chance(random, trouble_ / 4)) {
        strangers_.push_back(std::make_shared<Stranger>(*this));
        strangers_.back()->begin();
        ++totals_.strangers;
    }
    after(static_cast<Nanos>(below(random, kSecond)), [this] { make_trouble(); });
}

void World::stand_still(Nanos length) {
    if (by_chance(random(), 500)) {
        kernel_.pause(process_, length);
        pauses_.add(now(), now() + length);
        note("pause of " + std::to_string(length / kMillisecond) + " ms");
        ++totals_.pauses;
    } else {
        kernel_.stall_a_thread(process_, length);
        note("a thread stalls for " + std::to_string(length / kMillisecond) + " ms");
    }
    held_up_.add(now(), now() + length);
}

void World::run_out_of_descriptors() {
    process_.most_descriptors = process_.descriptors + below(random(), 3);
    note("descriptors run out");
    auto const length = static_cast<Nanos>(below(random(), 3 * kSecond));
    held_up_.add(now(), now() + length);
    after(length, [this] { process_.most_descriptors = 1 << 20; });
}

void World::rethrow_failure() const {
    if (failure_) throw Broken{*failure_};
}

void World::wait_until(char const* what, Nanos limit, std::function<bool()> const& holds) {
    auto const begun = now();
    while (!holds()) {
        rethrow_failure();
        if (now() > std::max(begun, held_up_.end()) + limit) {
            std::ostringstream text;
            text << "never: " << what;
            for (auto const& client : clients_)
                text << "\n  " << client->describe();
            throw Broken{text.str()};
        }
        kernel_.run_for(5 * kMillisecond);
    }
    rethrow_failure();
}

void World::watch_deadlines() {
    for (auto const& client : clients_)
        client->check_deadlines();
    watch_heap();
    after(kLook, [this] { watch_deadlines(); });
}

std::map<std::string, double> World::metrics() {
    std::map<std::string, double> series;
    bool done = false;
    pusher_->ask("GET", "/metrics", "", "", [&](HttpAnswer const& answer) {
        require(answer.status == 200, "no metrics");
        std::istringstream lines{answer.body};
        for (std::string line; std::getline(lines, line);) {
            auto const space = line.rfind(' ');
            if (line.empty() || line[0] == '#' || space == std::string::npos) continue;
            series[line.substr(0, space)] = std::atof(line.c_str() + space + 1);
        }
        done = true;
    });
    wait_until("metrics", 10 * kSecond, [&] { return done; });
    return series;
}

void World::expect_nothing_stays(std::map<std::string, double> const& metrics) const {
    for (auto const& [name, value] : metrics) {
        for (auto const* gauge : {"tickcast_connections", "tickcast_subscriptions",
                                  "tickcast_slow_clients", "tickcast_sessions{"}) {
            if (name.starts_with(gauge)) {
                require(value == 0, [&] { return name + " stays at " + std::to_string(value); });
            }
        }
    }
}

void World::expect_books(std::map<std::string, double> const& metrics) {
    auto const of = [&](char const* fate) {
        return static_cast<std::uint64_t>(
            metrics.at("tickcast_ticks_" + std::string{fate} + "_total"));
    };
    std::uint64_t received = 0;
    std::uint64_t gaps = 0;
    std::uint64_t expected = 0;
    for (auto const& client : clients_) {
        received += client->received();
        gaps += client->gaps();
        expected += client->expected();
    }
    std::ostringstream books;
    books << "books: delivered " << of("delivered") << ", received " << received << ", conflated "
          << of("conflated") << ", gaps " << gaps << ", abandoned " << of("abandoned")
          << ", expected " << expected;
    // The rest of a frame that was unfinished at the end still goes out.
    require(of("delivered") + of("abandoned") >= received, [&] { return books.str(); });
    if (books_ == Books::open) return;
    require(of("delivered") + of("conflated") + of("abandoned") == expected,
            [&] { return books.str(); });
    if (books_ == Books::cut) return;
    totals_.gaps = gaps;
    require(of("delivered") == received && of("conflated") == gaps && of("abandoned") == 0,
            [&] { return books.str(); });
}

void World::watch_heap() {
    auto const beyond = process_.heap - heap_at_start_;
    totals_.heap_with_clients = std::max(totals_.heap_with_clients, beyond);
    require(beyond < kMostHeap,
            [&] { return "the heap grew by " + std::to_string(beyond) + " bytes"; });
}

void World::run_past_troubles(Nanos duration) {
    kernel_.run_for(std::max(now(), held_up_.end()) + duration - now());
    rethrow_failure();
}

void World::stop_server() {
    stopping_ = true;
    note("stop");
    auto const begun = kernel_.now();
    for (auto const& client : clients_) {
        if (!quiet_ && by_chance(random(), 300)) client->act_at_stop();
    }
    application_->request_stop();
    auto const limit = nanos(settings_->drain_delay_seconds + settings_->drain_seconds + 5 + 1);
    std::optional<Nanos> alone;  // since when there is nobody to wait for
    wait_until("the server ends", limit + 2 * kSecond, [&] {
        bool const left = std::all_of(clients_.begin(), clients_.end(),
                                      [](auto const& client) { return client->has_left(); });
        if (!alone && left && now() - begun > nanos(settings_->drain_delay_seconds)) alone = now();
        bool const late =
            alone && strangers_.empty() && now() - *alone > kLastSockets + held_up(begun, now());
        require(ended_ || !late, "the server ends late, when all have left");
        return ended_;
    });
    note("ended after " + std::to_string((kernel_.now() - begun) / kMillisecond) + " ms");
    control_.join();
    require(first_ || process_.heap == 0,
            [&] { return std::to_string(process_.heap) + " bytes of the heap are lost"; });
    kernel_.run_for(10 * kSecond);
    rethrow_failure();
    for (auto const& client : clients_)
        require(client->has_ended(),
                [&] { return "a stream outlives the server: " + client->describe(); });
    require(kernel_.open_descriptors() == 0,
            [&] { return std::to_string(kernel_.open_descriptors()) + " descriptors stay open"; });
}

void World::run() {
    start_server();
    auto& random = kernel_.random();
    heap_at_start_ = process_.heap;
    pusher_ = std::make_shared<HttpClient>(
        kernel_, [this](auto action) { return guarded(std::move(action)); },
        address_of("127.0.0.1", 999), admin_, Path{}, false);
    push_some();
    make_trouble();
    watch_deadlines();
    auto const count = 1 + below(random, 12);
    for (unsigned i = 0; i < count; ++i) {
        clients_.push_back(std::make_shared<Client>(*this, i));
        after(static_cast<Nanos>(below(random, kSecond)),
              [client = clients_.back()] { client->begin(); });
    }
    auto const busy = kernel_.now() + busy_;
    while (kernel_.now() < busy) {
        kernel_.run_for(100 * kMillisecond);
        rethrow_failure();
    }
    bool const stops_busy = books_ == Books::open && by_chance(random, 300);
    if (!stops_busy) {
        quiet_ = true;
        note("quiet");
        process_.most_descriptors = 1 << 20;
        for (auto const& stranger : strangers_)
            stranger->leave();
        wait_until("the last push is answered", kQuiet, [this] { return !pusher_->busy(); });
        if (books_ == Books::cut) {
            run_past_troubles(kCutWait);
            for (auto const& client : clients_)
                client->remove_some();
            run_past_troubles(kCutWait);
        } else {
            wait_until("all clients have the newest",
                       kQuiet + nanos(settings_->slow_client_seconds), [this] {
                           return std::all_of(
                               clients_.begin(), clients_.end(),
                               [](auto const& client) { return client->is_settled(); });
                       });
        }
        for (auto const& client : clients_)
            client->leave();
        wait_until("all clients have left", kQuiet, [this] {
            return std::all_of(clients_.begin(), clients_.end(),
                               [](auto const& client) { return client->is_gone(); });
        });
        // Of those that hung up the server hears a little later.
        if (books_ == Books::cut) run_past_troubles(kCutWait);
        expect_books(metrics());
        // Streams of clients that vanished, and sessions that nobody came back to.
        auto const silent = std::max(settings_->peer_timeout_seconds + settings_->heartbeat_seconds,
                                     settings_->slow_client_seconds);
        auto const longest = (books_ == Books::cut ? 0 : silent) + 5 +
                             std::max(settings_->detached_seconds, settings_->pending_seconds);
        kernel_.run_for(nanos(longest) + 5 * kSecond);
        rethrow_failure();
        expect_nothing_stays(metrics());
        auto const kept = process_.heap - heap_at_start_;
        totals_.heap_without_clients = kept;
        require(kept < kMostHeapKept,
                [&] { return std::to_string(kept) + " bytes of the heap stay"; });
        pusher_->hang_up(false);
    }
    stop_server();
    totals_.simulated = kernel_.now();
    totals_.steps = kernel_.scheduler().steps();
}

}  // namespace tickcast::simulation
