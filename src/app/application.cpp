#include "tickcast/app/application.hpp"

#include "effective_settings.hpp"
#include "feed_monitor.hpp"
#include "feeds.hpp"
#include "loop_watch.hpp"
#include "page.hpp"
#include "push_token.hpp"
#include "send_backend.hpp"
#include "serving_shard.hpp"
#include "start_text.hpp"
#include "tickcast/base/logging.hpp"
#include "tickcast/base/rate_limit.hpp"
#include "tickcast/config/load.hpp"
#include "tickcast/metrics/collectable.hpp"
#include "tickcast/net/admin_api.hpp"
#include "tickcast/net/stream_connection.hpp"
#include "tickcast/runtime/process_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <deque>

namespace tickcast {

namespace {

/// Looks at feeds and sweeps sessions this often; while a crowd expires, after each kSweepPause.
constexpr Duration kHousekeeping = std::chrono::milliseconds{50};
/// Thousands of sessions that expire together are ended in steps of so many, so that neither the
/// feeds nor a shard on the same processor wait for all of them.
constexpr std::size_t kSweptAtOnce = 64;
constexpr Duration kSweepPause = std::chrono::milliseconds{1};
/// What admin requests under way get at the very end, the drain's time permitting.
constexpr Duration kAdminGrace = std::chrono::seconds{1};
constexpr Duration kLeastAdminGrace = std::chrono::milliseconds{100};
/// After --drain-seconds: the last stream's time to answer its close, and all that there is in all
/// (CONTRACT SIG-7, SIG-9).
constexpr Duration kLongestGrace = StreamConnection::kCloseTime;
/// What the steps after the streams need of it where nothing answers: admin requests, log lines.
constexpr Duration kLastSteps = std::chrono::milliseconds{400};
constexpr Duration kDrainGrace = kLongestGrace - kLastSteps;

HostPort address_of(std::string const& setting, std::string const& value) {
    auto parsed = parse_listen(setting, value);
    if (auto const* error = std::get_if<SettingError>(&parsed)) throw StartupError{*error};
    return std::get<HostPort>(std::move(parsed));
}

TcpAcceptor open(Executor const& executor, HostPort const& at, PortSharing sharing,
                 std::string const& setting) {
    auto opened = open_listener(executor, at.host, at.port, sharing);
    if (!opened) throw StartupError{setting + ": " + opened.error(), 1};
    return *std::move(opened);
}

Awaitable<std::string> newest_quotes(QuoteRouter const* router, std::vector<TickerId> ids) {
    co_return router->quotes_json(ids);
}

}  // namespace

class Application::Impl final : private InterestSink {
public:
    Impl(Settings const& settings, SettingOrigins const& origins);
    ~Impl() override;

    void start();
    int run();
    void on_hangup(std::function<void()> action) { on_hangup_ = std::move(action); }
    void on_listening(std::function<void()> action) { on_listening_ = std::move(action); }
    void request_stop() {
        asio::post(control_, [this] { drain(); });
    }
    void hang_up() {
        asio::post(control_, [this] {
            if (on_hangup_) on_hangup_();
            reload_tls();
        });
    }
    std::uint16_t public_port() const noexcept { return public_endpoint_.port(); }
    std::uint16_t admin_port() const noexcept { return admin_listener_->local_endpoint().port(); }

private:
    /// A shard's ticker keeps its id from here until the router knows that it is wanted no more.
    void change(InterestChange change) override {
        if (change.number != 0) tickers_.acquire({&change.ticker, 1});
        interest_.put(change);
    }

    void make_tls(SettingOrigins const& origins);
    void reload_tls();
    void make_shards(SettingOrigins const& origins);
    void make_feeds(SettingOrigins const& origins);
    void make_admin(bool loopback);
    void open_public_listener();
    void open_admin_listener();
    void housekeep();
    void note_pause(Duration paused);
    void drain();
    void drain_shards();
    void await_drain_end();
    void shard_drained();
    void end();
    void shard_ended();
    Awaitable<> close_admin();
    bool alive();
    Readiness readiness() const;
    std::uint64_t streams_started() const noexcept;
    SessionFigures session_figures() const;

    std::size_t const descriptors_{raise_descriptor_limit()};
    Settings const settings_;
    ProcessClock clock_;
    std::shared_ptr<spdlog::logger> const log_{logger("app")};
    asio::io_context control_{1};
    TickerTable tickers_;
    AddressQuotas quotas_;
    SessionMap sessions_;
    FeedMetrics feed_metrics_;
    ShardMetrics admin_metrics_;
    PauseMetrics pauses_;
    LogLimiter pause_log_limit_{10, std::chrono::seconds{10}};
    std::atomic<bool> draining_{false};
    std::atomic<bool> feed_live_{true};
    std::atomic<bool> alive_{true};               ///< as of the last housekeeping, and
    std::atomic<std::int64_t> control_turns_{0};  ///< which that was
    Inbox<InterestChange> interest_;
    StreamContext const streams_;
    std::optional<TlsContext> tls_;   ///< --tls-cert and --tls-key
    std::optional<Page> const page_;  ///< --web-root; outlives the shards, which send from it
    std::string send_backend_;        ///< the one in use
    std::error_code io_uring_refused_;
    std::deque<ServingShard> shards_;
    std::optional<LoopWatch> loop_watch_;
    std::optional<QuoteRouter> router_;
    std::optional<FeedMonitor> monitor_;
    std::optional<Feeds> feeds_;
    std::optional<MetricsCollectable> metrics_;
    std::string const push_token_;
    std::optional<AdminApi> admin_api_;
    std::optional<HttpConnections> admin_http_;
    std::optional<Listener> admin_listener_;
    asio::ip::tcp::endpoint public_endpoint_;
    SteadyTimer housekeeping_{control_};
    SteadyTimer drain_deadline_{control_};
    std::function<void()> on_hangup_;
    std::function<void()> on_listening_;
    SteadyTime drain_ends_{};
    PeerTime drain_ends_for_peers_{};
    bool ready_{false};
    bool ending_{false};
    std::size_t undrained_shards_{0};
    std::size_t running_shards_{0};
};

Application::Impl::Impl(Settings const& settings, SettingOrigins const& origins)
    : settings_(effective_settings(settings, descriptors_)),
      tickers_(settings_.max_known_tickers),
      quotas_(quota_limits(settings_, descriptors_), clock_),
      sessions_({from_seconds(settings_.pending_seconds), from_seconds(settings_.detached_seconds),
                 settings_.max_sessions, settings_.max_tickers_per_session,
                 from_seconds(settings_.max_session_age_seconds)},
                clock_),
      interest_(control_),
      streams_{settings_,
               tickers_,
               sessions_,
               clock_,
               SessionId::generate().str().substr(0, 11),
               feed_live_,
               [this](StreamRef stream, CloseCode code) {
                   shards_[stream.shard].streams().tell(stream, code);
               },
               [this](StreamRef stream) { shards_[stream.shard].streams().tell_changed(stream); },
               configures_push(settings_.feeds)},
      page_(load_page(settings_.web_root, origins)),
      push_token_(read_push_token(settings_.push_token_file, origins)) {
    make_tls(origins);
    make_shards(origins);
    make_feeds(origins);
    log_settings(settings, settings_,
                 descriptors_);  // a wrong one has been told in one line by now
    if (tls_) tls_->log_loaded();
    if (page_) page_->log_loaded();
    if (io_uring_refused_) {
        log_->info("event=io_uring_refused error=\"{}\" instead=send", io_uring_refused_.message());
    }
}

Application::Impl::~Impl() {
    // After a start that failed half-way some run still.
    for (auto& shard : shards_)
        shard.halt();
    if (feeds_) feeds_->stop();
}

void Application::Impl::make_tls(SettingOrigins const& origins) {
    if (settings_.tls_cert.empty()) return;
    tls_.emplace(settings_.tls_cert, settings_.tls_key);
    if (auto const error = tls_->load()) {
        throw StartupError{setting_error("--" + error->setting,
                                         in_quotes(error->file) + ": " + error->why,
                                         origins.of(error->setting))};
    }
}

void Application::Impl::reload_tls() {
    if (!tls_) return;
    // A broken file must not take down what runs: the old certificate stays.
    if (auto const error = tls_->load()) {
        log_->error("event=tls_not_reloaded setting={} file={} error=\"{}\"", error->setting,
                    in_quotes(error->file), error->why);
        return;
    }
    tls_->log_loaded();
}

void Application::Impl::make_shards(SettingOrigins const& origins) {
    auto senders = make_senders(settings_.send_backend, settings_.threads, origins);
    send_backend_ = senders.name();
    io_uring_refused_ = senders.refused;
    ServingShard::Shared const shared{
        .settings = settings_,
        .tickers = tickers_,
        .sessions = sessions_,
        .quotas = quotas_,
        .interest = *this,
        .streams = streams_,
        .draining = draining_,
        .accept_unknown_tickers = streams_.accept_unknown_tickers,
        .shards_turn = alive_,
        .control_turns = control_turns_,
        .page = page_ ? &page_->files : nullptr,
        .quotes =
            [this](std::vector<TickerId> ids) {
                return asio::co_spawn(control_.get_executor(),
                                      newest_quotes(&*router_, std::move(ids)), use_await);
            },
    };
    std::vector<TickMailbox*> mailboxes;
    for (std::uint32_t index = 0; index < settings_.threads; ++index) {
        auto& shard = shards_.emplace_back(index, shared, std::move(senders.of_shards[index]));
        mailboxes.push_back(&shard.mailbox());
    }
    loop_watch_.emplace(shards_.size());
    router_.emplace(tickers_, feed_metrics_, clock_, std::move(mailboxes));
    interest_.on_message([this](InterestChange change) {
        router_->change(change);
        if (change.number == 0) tickers_.release({&change.ticker, 1});
    });
}

void Application::Impl::make_feeds(SettingOrigins const& origins) {
    monitor_.emplace(*router_, feed_metrics_, clock_, from_seconds(settings_.stale_seconds),
                     feed_live_);
    feeds_.emplace(settings_.feeds, origins,
                   Feeds::Shared{tickers_, *router_, control_, clock_, *monitor_},
                   [this] { return streams_started(); });
}

void Application::Impl::make_admin(bool loopback) {
    std::vector<ShardMetrics const*> of_shards;
    of_shards.reserve(shards_.size());
    for (auto& shard : shards_)
        of_shards.push_back(&shard.metrics());
    metrics_.emplace(MetricsCollectable::Sources{
        .shards = std::move(of_shards),
        .admin = admin_metrics_.http,
        .control_lag = admin_metrics_.loop_lag,
        .feeds = feed_metrics_,
        .pauses = pauses_,
        .sessions = [this] { return session_figures(); },
        .version = std::string{version()},
        .send_backend = send_backend_,
    });
    admin_api_.emplace(AdminApi::Dependencies{
        .settings = settings_,
        .metrics = admin_metrics_,
        .push = feeds_->push(),
        .loopback = loopback,
        .push_token = push_token_,
        .metrics_text = [this] { return metrics_text(*metrics_); },
        .alive = [this] { return alive(); },
        .readiness = [this] { return readiness(); },
    });
    admin_http_.emplace(control_.get_executor(), *admin_api_, admin_metrics_.http,
                        HttpLimits::from(settings_), clock_.own());
}

void Application::Impl::open_admin_listener() {
    auto const at = address_of("--admin-listen", settings_.admin_listen);
    make_admin(asio::ip::make_address(at.host).is_loopback());
    admin_listener_.emplace(
        open(control_.get_executor(), at, PortSharing::none, "--admin-listen"),
        [this](ClientSocket socket) { admin_http_->accept(std::move(socket)); },
        settings_.admin_tls && tls_ ? &*tls_ : nullptr);
    asio::co_spawn(control_, admin_listener_->run(), rethrow);
}

void Application::Impl::open_public_listener() {
    auto at = address_of("--listen", settings_.listen);
    auto sharing = settings_.reuse_port ? PortSharing::next
                   : shards_.size() > 1 ? PortSharing::first
                                        : PortSharing::none;
    for (auto& shard : shards_) {
        auto acceptor = open(shard.io().get_executor(), at, sharing, "--listen");
        public_endpoint_ = acceptor.local_endpoint();
        at.port = public_endpoint_.port();
        sharing = PortSharing::next;
        shard.listen(std::move(acceptor), tls_ ? &*tls_ : nullptr);
    }
}

void Application::Impl::start() {
    open_public_listener();
    open_admin_listener();
    if (on_listening_) on_listening_();
    for (auto& shard : shards_)
        shard.start();
    feeds_->start();
    housekeep();
    ready_ = true;
    print_start_text({.public_at = public_endpoint_,
                      .admin_at = admin_listener_->local_endpoint(),
                      .shards = shards_.size(),
                      .descriptors = descriptors_},
                     settings_);
}

int Application::Impl::run() {
    clock_.begin();
    control_.run();
    return 0;
}

void Application::Impl::housekeep() {
    // First of all: what follows judges sessions by it.
    if (auto const paused = clock_.tick(kHousekeeping); paused > Duration{0}) note_pause(paused);
    auto const more = sessions_.sweep(kSweptAtOnce);
    quotas_.sweep();
    // A feed's silence goes by the clock, since that is how old its prices are; but after a pause
    // the ticks that wait are taken in first.
    if (!clock_.own().catching_up(clock_.now())) monitor_->look();
    alive_.store(alive(), std::memory_order_relaxed);
    control_turns_.fetch_add(1, std::memory_order_relaxed);
    housekeeping_.expires_after(more ? kSweepPause : kHousekeeping);
    housekeeping_.async_wait([this](SystemError error) {
        if (error) return;
        auto const lag = std::chrono::steady_clock::now() - housekeeping_.expiry();
        admin_metrics_.loop_lag.observe(Duration{lag}.count());
        housekeep();
    });
}

void Application::Impl::note_pause(Duration paused) {
    pauses_.count.add();
    pauses_.ns.add(static_cast<std::uint64_t>(paused.count()));
    if (auto const left_out = pause_log_limit_.admit(clock_.now())) {
        log_->warn("event=paused seconds={:.3f} left_out={}",
                   std::chrono::duration<double>{paused}.count(), *left_out);
    }
}

/// Not ready at once; but a balancer may take a moment to see that, and until then new clients of
/// its get a clear answer.
void Application::Impl::drain() {
    if (draining_.exchange(true)) return;
    log_->info("event=draining delay_seconds={} drain_seconds={}", settings_.drain_delay_seconds,
               settings_.drain_seconds);
    drain_deadline_.expires_after(from_seconds(settings_.drain_delay_seconds));
    drain_deadline_.async_wait([this](SystemError error) {
        if (!error) drain_shards();
    });
}

void Application::Impl::drain_shards() {
    auto const over = from_seconds(settings_.drain_seconds);
    undrained_shards_ = shards_.size();
    for (auto& shard : shards_) {
        shard.drain(over, [this] { asio::post(control_, [this] { shard_drained(); }); });
    }
    drain_ends_ = clock_.now() + over + kDrainGrace;
    drain_ends_for_peers_ = clock_.own().now() + over + kDrainGrace;
    await_drain_end();
}

void Application::Impl::await_drain_end() {
    drain_deadline_.expires_at(drain_ends_);
    drain_deadline_.async_wait([this](SystemError error) {
        if (error) return;
        // By the clock; but clients that could not be told, or heard, while nothing ran here get
        // their time to answer.
        auto& clock = clock_.own();
        if (clock.now() < drain_ends_for_peers_) {
            auto const answered =
                std::min(clock.woke() + kDrainGrace, clock.steady(drain_ends_for_peers_));
            if (answered > drain_ends_) {
                drain_ends_ = answered;
                return await_drain_end();
            }
        }
        end();
    });
}

void Application::Impl::shard_drained() {
    if (--undrained_shards_ == 0) end();
}

void Application::Impl::end() {
    if (std::exchange(ending_, true)) return;
    log_->info("event=drained undrained_shards={}", undrained_shards_);
    drain_deadline_.cancel();
    feeds_->stop();
    running_shards_ = shards_.size();
    // Not joined here and now: a request on a shard may still wait for this thread.
    for (auto& shard : shards_) {
        shard.stop([this] { asio::post(control_, [this] { shard_ended(); }); });
    }
}

void Application::Impl::shard_ended() {
    if (--running_shards_ != 0) return;
    for (auto& shard : shards_)
        shard.join();
    asio::co_spawn(control_, close_admin(), rethrow);
}

Awaitable<> Application::Impl::close_admin() {
    admin_listener_->stop();
    admin_http_->stop();
    auto const left = drain_ends_ - std::chrono::steady_clock::now();
    drain_deadline_.expires_after(std::clamp<Duration>(left, kLeastAdminGrace, kAdminGrace));
    drain_deadline_.async_wait([this](SystemError error) {
        if (!error) admin_http_->abort();
    });
    co_await admin_http_->join();
    control_.stop();
}

bool Application::Impl::alive() {
    return loop_watch_->all_turn(clock_.own().now(), [this](std::size_t index) {
        return shards_[index].metrics().last_turn_ns.value();
    });
}

Readiness Application::Impl::readiness() const {
    auto const feed = std::string{monitor_->state()};
    if (draining_) return {false, "draining", feed};
    if (!ready_) return {false, "starting", feed};
    return {true, "serving", feed};
}

std::uint64_t Application::Impl::streams_started() const noexcept {
    std::uint64_t count = 0;
    for (auto const& shard : shards_)
        count += shard.metrics().snapshots.value();
    return count;
}

SessionFigures Application::Impl::session_figures() const {
    auto const counts = sessions_.counts();
    SessionFigures figures;
    figures.by_state = counts.by_state;
    figures.created = counts.created;
    figures.ended = counts.ended;
    for (std::size_t i = 0; i < kLimits; ++i)
        figures.limit_hits[i] = admin_metrics_.limit_hits[i].value();
    // Whatever state it ended in.
    figures.limit_hits[static_cast<std::size_t>(Limit::max_session_age_seconds)] +=
        counts.ended[static_cast<std::size_t>(SessionEnd::too_old)];
    return figures;
}

Application::Application(Settings const& settings, SettingOrigins const& origins)
    : impl_(std::make_unique<Impl>(settings, origins)) {}
Application::~Application() = default;
void Application::start() {
    impl_->start();
}
void Application::on_hangup(std::function<void()> action) {
    impl_->on_hangup(std::move(action));
}
void Application::on_listening(std::function<void()> action) {
    impl_->on_listening(std::move(action));
}
Duration Application::longest_end(Settings const& settings) {
    return from_seconds(settings.drain_delay_seconds) + from_seconds(settings.drain_seconds) +
           kLongestGrace;
}
int Application::run() {
    return impl_->run();
}
void Application::request_stop() {
    impl_->request_stop();
}
void Application::hang_up() {
    impl_->hang_up();
}
std::uint16_t Application::public_port() const noexcept {
    return impl_->public_port();
}
std::uint16_t Application::admin_port() const noexcept {
    return impl_->admin_port();
}

}  // namespace tickcast
