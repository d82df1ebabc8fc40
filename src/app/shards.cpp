#include "app/shards.hpp"

#include "app/listening.hpp"
#include "app/send_backend.hpp"
#include "tickcast/base/logging.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace tickcast {
namespace {

/// As many characters of a random session ID as distinguish two processes.
constexpr std::size_t kEpochSize = 11;

}  // namespace

Shards::Shards(Parts const& parts, SettingSources const& sources)
    : shared_(parts.shared),
      control_(parts.control),
      context_{{.settings = shared_.settings,
                .tickers = shared_.tickers,
                .sessions = shared_.sessions,
                .clock = shared_.clock,
                .streams = *this,
                .accept_unknown_tickers = parts.any_ticker},
               SessionId::generate().str().substr(0, kEpochSize),
               shared_.feed_live} {
    auto senders = make_senders(shared_.settings.send_backend, shared_.settings.threads, sources);
    send_backend_ = senders.name();
    io_uring_refused_ = senders.refused;
    Shard::Parts const of_shard{.shared = shared_,
                                .context = context_,
                                .interest = parts.interest,
                                .quotes = parts.quotes,
                                .page = parts.page};
    for (std::uint32_t index = 0; index < shared_.settings.threads; ++index)
        shards_.emplace_back(index, of_shard, std::move(senders.of_shards[index]));
}

void Shards::listen(TlsContext const* tls) {
    auto at = listen_address("--listen", shared_.settings.listen);
    auto sharing = shared_.settings.reuse_port ? PortSharing::next
                   : shards_.size() > 1        ? PortSharing::first
                                               : PortSharing::none;
    for (auto& shard : shards_) {
        auto acceptor = listen_at(at, shard.io().get_executor(), sharing, "--listen");
        endpoint_ = acceptor.local_endpoint();
        at.port = endpoint_.port();
        sharing = PortSharing::next;
        shard.listen(std::move(acceptor), tls);
    }
}

void Shards::start() {
    for (auto& shard : shards_)
        shard.start();
}

void Shards::drain(Duration over, std::function<void()> const& drained) {
    for (auto& shard : shards_)
        shard.drain(over, [this, drained] { asio::post(control_, drained); });
}

/// The shards' threads are not joined here: a request on a shard may still wait for the control
/// thread.
void Shards::stop(std::function<void()> const& stopped) {
    for (auto& shard : shards_)
        shard.stop([this, stopped] { asio::post(control_, stopped); });
}

void Shards::join() {
    for (auto& shard : shards_)
        shard.join();
}

void Shards::halt() {
    for (auto& shard : shards_)
        shard.halt();
}

std::vector<TickMailbox*> Shards::mailboxes() {
    std::vector<TickMailbox*> mailboxes;
    mailboxes.reserve(shards_.size());
    for (auto& shard : shards_)
        mailboxes.push_back(&shard.mailbox());
    return mailboxes;
}

std::vector<ShardMetrics const*> Shards::metrics() const {
    std::vector<ShardMetrics const*> metrics;
    metrics.reserve(shards_.size());
    for (auto const& shard : shards_)
        metrics.push_back(&shard.metrics());
    return metrics;
}

std::vector<HttpMetrics const*> Shards::http_metrics() const {
    std::vector<HttpMetrics const*> metrics;
    metrics.reserve(shards_.size());
    for (auto const& shard : shards_)
        metrics.push_back(&shard.http_metrics());
    return metrics;
}

std::uint64_t Shards::streams_started() const noexcept {
    std::uint64_t count = 0;
    for (auto const& shard : shards_)
        count += shard.metrics().snapshots.value();
    return count;
}

std::int64_t Shards::last_turn(std::size_t index) const noexcept {
    return shards_[index].metrics().last_turn_ns.value();
}

void Shards::log_send_backend() const {
    if (!io_uring_refused_) return;
    logger("app")->info("event=io_uring_refused error=\"{}\" instead=send",
                        io_uring_refused_.message());
}

}  // namespace tickcast
