#include "tickcast/metrics/collectable.hpp"

#include "families.hpp"
#include "process_metrics.hpp"
#include "tickcast/base/logging.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace tickcast {
namespace {

using Families = std::vector<prometheus::MetricFamily>;
using Shards = std::vector<ShardMetrics const*>;

/// The sum over all shards of what `read` gives for one.
template <class Read>
auto sum(Shards const& shards, Read read) {
    decltype(read(*shards.front())) total{};
    for (auto const* shard : shards)
        total += read(*shard);
    return total;
}

std::uint64_t sum(Shards const& shards, Counter ShardMetrics::* counter) {
    return sum(shards, [=](ShardMetrics const& shard) { return (shard.*counter).value(); });
}

std::int64_t sum(Shards const& shards, Gauge ShardMetrics::* gauge) {
    return sum(shards, [=](ShardMetrics const& shard) { return (shard.*gauge).value(); });
}

HistogramSum sum(Shards const& shards, LatencyHistogram ShardMetrics::* histogram) {
    HistogramSum total;
    for (auto const* shard : shards)
        total.add(shard->*histogram);
    return total;
}

void append_sessions(SessionFigures const& figures, Families& out) {
    auto by_state = gauge("tickcast_sessions", "Sessions that exist now, by state (sessions).");
    for (std::size_t i = 0; i < figures.by_state.size(); ++i) {
        by_state.sample({{"state", kSessionStateTable[i].name}}, figures.by_state[i]);
    }
    out.push_back(by_state.take());

    out.push_back(counter("tickcast_sessions_created_total", "Sessions created (sessions).")
                      .sample({}, figures.created)
                      .take());

    auto ended =
        counter("tickcast_sessions_ended_total", "Sessions that ended, by reason (sessions).");
    for (std::size_t i = 0; i < figures.ended.size(); ++i) {
        ended.sample({{"reason", kSessionEndTable[i].name}}, figures.ended[i]);
    }
    out.push_back(ended.take());
}

void append_streams(Shards const& shards, Families& out) {
    auto connections =
        gauge("tickcast_connections", "Streams open now, by transport (connections).");
    for (std::size_t i = 0; i < kTransports; ++i) {
        connections.sample(
            {{"transport", kTransportTable[i].name}},
            sum(shards, [i](ShardMetrics const& shard) { return shard.connections[i].value(); }));
    }
    out.push_back(connections.take());
    out.push_back(
        gauge("tickcast_subscriptions", "Pairs of a stream and a ticker it has now (pairs).")
            .sample({}, sum(shards, &ShardMetrics::subscriptions))
            .take());
    out.push_back(gauge("tickcast_slow_clients",
                        "Streams with something waiting for more than 1 s now (connections).")
                      .sample({}, sum(shards, &ShardMetrics::slow_clients))
                      .take());

    auto closes = counter("tickcast_stream_closes_total",
                          "Streams that ended, by close code as intended (connections).");
    for (std::size_t i = 0; i < kCloseTable.size(); ++i) {
        auto const code = std::to_string(static_cast<unsigned>(kCloseTable[i].value));
        auto const count = [=](ShardMetrics const& s) { return s.stream_closes[i].value(); };
        closes.sample({{"code", code}}, sum(shards, count));
    }
    out.push_back(closes.take());
}

void append_delivery(Shards const& shards, Families& out) {
    struct Total {
        char const* name;
        char const* help;
        Counter ShardMetrics::* counter;
    };
    static constexpr Total kTotals[]{
        {"tickcast_ticks_delivered_total",
         "Ticks whose frame was handed to the kernel whole, one a tick and client (ticks).",
         &ShardMetrics::ticks_delivered},
        {"tickcast_ticks_conflated_total",
         "Ticks left out in favour of a newer one, one a tick and client (ticks).",
         &ShardMetrics::ticks_conflated},
        {"tickcast_ticks_abandoned_total",
         "Ticks still waiting at a disconnect or unsubscribe, one a tick and client (ticks).",
         &ShardMetrics::ticks_abandoned},
        {"tickcast_frames_sent_total", "Stream frames handed to the kernel (frames).",
         &ShardMetrics::frames_sent},
        {"tickcast_sent_bytes_total", "Stream bytes handed to the kernel (bytes).",
         &ShardMetrics::sent_bytes},
    };
    for (auto const& total : kTotals) {
        out.push_back(
            counter(total.name, total.help).sample({}, sum(shards, total.counter)).take());
    }
    out.push_back(histogram("tickcast_delivery_latency_seconds",
                            "Time of a tick from taken in to handed to the kernel (seconds).")
                      .sample({}, sum(shards, &ShardMetrics::delivery_latency))
                      .take());
    out.push_back(histogram("tickcast_shard_loop_lag_seconds",
                            "How late the shards' coarse ticks come (seconds).")
                      .sample({}, sum(shards, &ShardMetrics::loop_lag))
                      .take());
}

void append_pauses(PauseMetrics const& pauses, Families& out) {
    out.push_back(counter("tickcast_pauses_total",
                          "Times at which the process stood still for more than 100 ms (pauses).")
                      .sample({}, pauses.count.value())
                      .take());
    out.push_back(
        counter("tickcast_paused_seconds_total", "Time in which the process stood still (seconds).")
            .sample({}, static_cast<double>(pauses.ns.value()) / 1e9)
            .take());
}

void append_control_lag(LatencyHistogram const& lag, Families& out) {
    HistogramSum all;
    all.add(lag);
    out.push_back(histogram("tickcast_control_loop_lag_seconds",
                            "How late the control thread's housekeeping comes: as long a feed or "
                            "an admin request may have waited (seconds).")
                      .sample({}, all)
                      .take());
}

void append_limits(Shards const& shards, SessionFigures const& figures, Families& out) {
    auto hits = counter("tickcast_limit_hits_total",
                        "Requests and messages refused, by the limit's setting (refusals).");
    for (std::size_t i = 0; i < kLimits; ++i) {
        auto const count = [=](ShardMetrics const& s) { return s.limit_hits[i].value(); };
        hits.sample({{"limit", kLimitTable[i].setting}},
                    sum(shards, count) + figures.limit_hits[i]);
    }
    out.push_back(hits.take());
}

/// One route, as each thread that has it counts it.
struct RouteMetrics {
    std::string_view label;
    std::vector<std::pair<HttpMetrics const*, std::size_t>> counted{};  ///< with its index there
};

/// The listeners share some routes.
std::vector<RouteMetrics> by_route(std::vector<HttpMetrics const*> const& http) {
    std::vector<RouteMetrics> routes;
    for (auto const* metrics : http) {
        for (std::size_t i = 0; i < metrics->routes().size(); ++i) {
            auto const label = metrics->routes()[i];
            auto found =
                std::find_if(routes.begin(), routes.end(),
                             [label](RouteMetrics const& one) { return one.label == label; });
            if (found == routes.end()) found = routes.insert(found, {.label = label});
            found->counted.emplace_back(metrics, i);
        }
    }
    return routes;
}

void append_requests(RouteMetrics const& route, FamilyBuilder& requests) {
    for (auto const& [method, method_name] : kMethodTable) {
        for (std::size_t s = 0; s < kHttpStatuses.size(); ++s) {
            std::uint64_t count = 0;
            for (auto const& [metrics, index] : route.counted)
                count += metrics->requests(index, method, s);
            if (count == 0) continue;  // a series appears once its count is not 0
            auto const code = std::to_string(kHttpStatuses[s]);
            requests.sample({{"route", route.label}, {"method", method_name}, {"code", code}},
                            count);
        }
    }
}

void append_http(std::vector<HttpMetrics const*> const& http, Families& out) {
    auto requests = counter("tickcast_http_requests_total",
                            "HTTP requests answered, by route, method and status (requests).");
    auto durations = histogram("tickcast_http_request_duration_seconds",
                               "Time from a request read to its answer, by route (seconds).");
    for (auto const& route : by_route(http)) {
        HistogramSum duration;
        for (auto const& [metrics, index] : route.counted)
            duration.add(metrics->duration(index));
        durations.sample({{"route", route.label}}, duration);
        append_requests(route, requests);
    }
    out.push_back(requests.take());
    out.push_back(durations.take());
}

void append_feeds(FeedMetrics const& metrics, Families& out) {
    auto ingested = counter("tickcast_ticks_ingested_total", "Ticks taken in, by feed (ticks).");
    auto rejected =
        counter("tickcast_ticks_rejected_total", "Ticks not taken in, by feed and reason (ticks).");
    auto up =
        gauge("tickcast_feed_up", "1 while a feed is neither ended nor disconnected (0 or 1).");
    auto subscriptions =
        gauge("tickcast_feed_subscriptions", "Tickers that someone watches, by feed (tickers).");
    auto last_tick = gauge("tickcast_feed_last_tick_timestamp_seconds",
                           "When a feed's last tick was taken in (seconds since the Unix epoch).");
    for (auto const& feed : metrics.all()) {
        if (feed.shown.value() == 0) continue;
        auto const label = feed.label;
        ingested.sample({{"feed", label}}, feed.ingested.value());
        for (auto const& [reason, reason_name] : kRejectReasonTable) {
            rejected.sample({{"feed", label}, {"reason", reason_name}},
                            feed.rejected[index_of(reason)].value());
        }
        up.sample({{"feed", label}}, feed.up.value());
        subscriptions.sample({{"feed", label}}, feed.subscriptions.value());
        if (auto const last_us = feed.last_tick_us.value(); last_us != 0) {
            last_tick.sample({{"feed", label}}, static_cast<double>(last_us) / 1e6);
        }
    }
    for (auto* family : {&ingested, &rejected, &up, &subscriptions, &last_tick}) {
        out.push_back(family->take());
    }
}

}  // namespace

std::vector<prometheus::MetricFamily> MetricsCollectable::Collect() const {
    Families families;
    auto const figures = sources_.sessions();
    append_sessions(figures, families);
    append_streams(sources_.shards, families);
    append_delivery(sources_.shards, families);
    append_pauses(sources_.pauses, families);
    append_control_lag(sources_.control_lag, families);
    append_limits(sources_.shards, figures, families);
    append_http(sources_.http, families);
    append_feeds(sources_.feeds, families);
    families.push_back(counter("tickcast_log_dropped_total",
                               "Log lines that standard error did not take in time (lines).")
                           .sample({}, log_lines_dropped())
                           .take());
    families.push_back(
        gauge("tickcast_build_info", "Always 1; the labels tell this process's build (1).")
            .sample({{"version", sources_.version}, {"send_backend", sources_.send_backend}},
                    std::uint64_t{1})
            .take());
    append_process_metrics(families);
    return families;
}

std::string metrics_text(prometheus::Collectable const& collectable) {
    return prometheus::TextSerializer{}.Serialize(collectable.Collect());
}

}  // namespace tickcast
