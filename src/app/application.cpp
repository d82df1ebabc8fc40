#include "tickcast/app/application.hpp"

#include "app/admin_server.hpp"
#include "app/effective_settings.hpp"
#include "app/feeds.hpp"
#include "app/housekeeping.hpp"
#include "app/intake.hpp"
#include "app/interest_inbox.hpp"
#include "app/page.hpp"
#include "app/push_token.hpp"
#include "app/shards.hpp"
#include "app/shared_state.hpp"
#include "app/shutdown.hpp"
#include "app/start_text.hpp"
#include "app/tls_reload.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tickcast {

namespace {

Awaitable<std::string> quotes_json(Intake const* intake, std::vector<TickerId> tickers) {
    co_return intake->router().quotes_json(tickers);
}

}  // namespace

/// The parts, in the order in which they are made. Each part uses only earlier ones, except the
/// shards: these reach the later intake by `newest_quotes`, once all are made.
class Application::Impl final : private QuoteSource {
public:
    Impl(Settings const& settings, SettingSources const& sources);
    ~Impl() override;

    void start(std::function<void()> const& on_listening);
    void run();
    void request_stop() {
        asio::post(control_, [this] { shutdown_.begin(); });
    }
    void hang_up(std::function<void()> action) {
        asio::post(control_, [this, action = std::move(action)] {
            action();
            tls_.reload();
        });
    }
    SteadyTime woke() const noexcept { return shared_.clock.woke(); }
    std::uint16_t public_port() const noexcept { return shards_.endpoint().port(); }
    std::uint16_t admin_port() const noexcept { return admin_.endpoint().port(); }

private:
    /// Reads the quotes on the control thread, and resumes the caller on the caller's thread.
    Awaitable<std::string> newest_quotes(std::vector<TickerId> tickers) override {
        return asio::co_spawn(control_.get_executor(), quotes_json(&intake_, std::move(tickers)),
                              use_await);
    }

    SharedState shared_;
    asio::io_context control_{1};
    std::optional<Page> const page_;  ///< --web-root; the shards send from it
    std::string const push_token_;
    TlsReload tls_;
    std::vector<FeedSetting> const feed_settings_;
    InterestInbox interest_;
    Shards shards_;
    Intake intake_;
    Housekeeping housekeeping_;
    AdminServer admin_;
    Shutdown shutdown_;
};

Application::Impl::Impl(Settings const& settings, SettingSources const& sources)
    : shared_(settings),
      page_(load_page(shared_.settings.web_root, sources)),
      push_token_(read_push_token(shared_.settings.push_token_file, sources)),
      tls_(shared_.settings, sources),
      feed_settings_(parse_feed_settings(shared_.settings.feeds, sources)),
      interest_(control_, shared_.tickers),
      shards_(Shards::Parts{.shared = shared_,
                            .control = control_,
                            .interest = interest_,
                            .quotes = *this,
                            .any_ticker = any_ticker(feed_settings_),
                            .page = page_ ? &page_->files : nullptr},
              sources),
      intake_(feed_settings_, shared_, control_, shards_),
      housekeeping_(control_, shared_, shards_, intake_.monitor()),
      admin_(AdminServer::Parts{.control = control_,
                                .shared = shared_,
                                .shards = shards_,
                                .intake = intake_,
                                .housekeeping = housekeeping_,
                                .push_token = push_token_}),
      shutdown_(control_, shared_, shards_, intake_, admin_) {
    interest_.on_change([this](InterestChange change) { intake_.change(change); });
    // Not earlier: a start that a wrong setting refuses writes its one line alone.
    log_settings(settings, shared_.settings, shared_.descriptors);
    tls_.log_loaded();
    if (page_) page_->log_loaded();
    shards_.log_send_backend();
}

Application::Impl::~Impl() {
    // After a failed start some shards may still run.
    shards_.halt();
    intake_.stop();
}

void Application::Impl::start(std::function<void()> const& on_listening) {
    auto const& settings = shared_.settings;
    shards_.listen(tls_.context());
    admin_.listen(settings.admin_tls ? tls_.context() : nullptr);
    if (on_listening) on_listening();
    shards_.start();
    intake_.start();
    housekeeping_.start();
    print_start_text({.public_at = shards_.endpoint(),
                      .admin_at = admin_.endpoint(),
                      .shards = shards_.size(),
                      .descriptors = shared_.descriptors},
                     settings);
}

void Application::Impl::run() {
    shared_.clock.begin();
    control_.run();
}

Application::Application(Settings const& settings, SettingSources const& sources)
    : impl_(std::make_unique<Impl>(settings, sources)) {}
Application::~Application() = default;
void Application::start(std::function<void()> const& on_listening) {
    impl_->start(on_listening);
}
void Application::run() {
    impl_->run();
}
void Application::request_stop() {
    impl_->request_stop();
}
void Application::hang_up(std::function<void()> action) {
    impl_->hang_up(std::move(action));
}
SteadyTime Application::woke() const noexcept {
    return impl_->woke();
}
Duration Application::longest_end(Settings const& settings) {
    return Shutdown::longest(settings);
}
std::uint16_t Application::public_port() const noexcept {
    return impl_->public_port();
}
std::uint16_t Application::admin_port() const noexcept {
    return impl_->admin_port();
}

}  // namespace tickcast
