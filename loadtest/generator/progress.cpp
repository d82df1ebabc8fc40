#include "generator/progress.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <poll.h>
#include <unistd.h>

namespace tickcast::load {
namespace {

constexpr std::size_t kLineEvery = 5;  ///< seconds, if standard error is no terminal

/// Whether standard error takes a line now: a terminal that was stopped (Ctrl-S), or a reader that
/// hangs, must not stop the run.
bool somebody_reads() noexcept {
    pollfd error{STDERR_FILENO, POLLOUT, 0};
    return ::poll(&error, 1, 0) == 1 && (error.revents & POLLOUT) != 0;
}

CostSample worse(CostSample const& a, CostSample const& b) noexcept {
    return {std::max(a.cpu_share, b.cpu_share), std::max(a.waited_share, b.waited_share),
            std::max(a.lag_p99_us, b.lag_p99_us), std::max(a.lag_max_us, b.lag_max_us)};
}

}  // namespace

Progress::Progress(Settings const& settings, Plan const& plan)
    : settings_(settings),
      plan_(plan),
      terminal_(::isatty(STDERR_FILENO) == 1),
      waiting_(settings.threads),
      last_(settings.threads) {}

bool Progress::complete(std::size_t second) const noexcept {
    return std::all_of(waiting_.begin(), waiting_.end(), [&](auto const& seconds) {
        return !seconds.empty() && seconds.back().index >= second;
    });
}

void Progress::add(std::size_t worker, std::vector<WorkerSecond> seconds) {
    auto& waiting = waiting_[worker];
    std::move(seconds.begin(), seconds.end(), std::back_inserter(waiting));
    while (complete(rows_.size()))
        merge(rows_.size());
}

void Progress::merge(std::size_t second) {
    Row now;
    client::LatencyHistogram quote;
    client::LatencyHistogram snapshot;
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
        auto& waiting = waiting_[i];
        if (!waiting.empty() && waiting.front().index == second) {
            last_[i] = std::move(waiting.front());
            waiting.erase(waiting.begin());
            quote.merge(last_[i].quote);
            snapshot.merge(last_[i].snapshot);
            now.cost = worse(now.cost, last_[i].cost);
        }
        auto const& from = last_[i];
        now.open += static_cast<double>(from.open);
        now.streaming += static_cast<double>(from.streaming);
        now.begun += static_cast<double>(from.begun);
        now.failed += static_cast<double>(from.failed);
        now.unexpected += static_cast<double>(from.unexpected);
        now.ticks += static_cast<double>(from.ticks);
        now.jumped += static_cast<double>(from.jumped);
        now.bytes += static_cast<double>(from.bytes);
    }
    auto row = now;
    row.at = static_cast<double>(second + 1);
    row.wanted = static_cast<double>(plan_.wanted(row.at));
    row.begun -= totals_.begun;
    row.failed -= totals_.failed;
    row.unexpected -= totals_.unexpected;
    row.ticks -= totals_.ticks;
    row.jumped -= totals_.jumped;
    row.bytes -= totals_.bytes;
    row.quote_p50_us = quote.quantile(0.5);
    row.quote_p99_us = quote.quantile(0.99);
    row.quote_p999_us = quote.quantile(0.999);
    row.snapshot_p99_us = snapshot.quantile(0.99);
    totals_ = now;
    rows_.push_back(row);
    if (!settings_.quiet && (terminal_ || rows_.size() % kLineEvery == 0)) show(row);
}

void Progress::show(Row const& row) const {
    if (!somebody_reads()) return;
    auto const of = row.ticks + row.jumped;
    std::fprintf(stderr,
                 "%s%5.0f s  %6.0f of %6.0f users streaming  %8s ticks/s  %5.1f %% conflated  "
                 "p99 %8s  failed %.0f  closed %.0f  own CPU %3.0f %%%s",
                 terminal_ ? "\r" : "", row.at, row.streaming, row.wanted,
                 count_text(row.ticks).c_str(), of > 0 ? 100 * row.jumped / of : 0.0,
                 duration_text(row.quote_p99_us).c_str(), totals_.failed, totals_.unexpected,
                 100 * row.cost.cpu_share, terminal_ ? "\033[K" : "\n");
    std::fflush(stderr);
}

std::vector<Row> Progress::finish() {
    auto const some_wait = [&] {
        return std::any_of(waiting_.begin(), waiting_.end(),
                           [](auto const& seconds) { return !seconds.empty(); });
    };
    while (some_wait())
        merge(rows_.size());
    if (terminal_ && !settings_.quiet && !rows_.empty() && somebody_reads()) {
        std::fputc('\n', stderr);
    }
    return std::move(rows_);
}

}  // namespace tickcast::load
