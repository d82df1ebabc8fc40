"""The panels of the Overview dashboard."""
from generator.parts import (a_minute, dashboard, figure, graph, heat_map, quantiles, rate, series,
                             states, table, thresholds, total, total_rate, value_names)

LATENCY = "tickcast_delivery_latency_seconds"
FATES = "delivered conflated abandoned".split()


def fate(name):
    """Ticks per second with this fate."""
    return total_rate(f"tickcast_ticks_{name}_total")


FIRST_ROW = [
    figure("Sessions by state",
           "Sessions that exist now. Streaming ones have a stream; pending ones wait for their first, "
           "detached ones for their next, and both expire by themselves. All are back at 0 once the "
           "users have gone and --pending-seconds and --detached-seconds have passed.",
           [(f"sum by (state) ({series('tickcast_sessions')})", "{{state}}")], height=5),
    figure("Connections",
           "Streams open now. Back at 0 once the users have gone; as many as there are streaming "
           "sessions, or something leaks.",
           [(f"sum by (transport) ({series('tickcast_connections')})", "{{transport}}")], height=5),
    figure("Subscriptions",
           "Pairs of a stream and a ticker it watches. Back at 0 once the users have gone.",
           [(total("tickcast_subscriptions"), "subscriptions")], height=5),
]

TICKS = [
    graph("Ticks in", "Ticks taken in per second, by feed. A line at 0 is a quiet or dead feed: see Feed up "
          "and Age of the newest tick.",
          [(f"sum by (feed) ({rate('tickcast_ticks_ingested_total')})", "{{feed}}")], "cps"),
    graph("Ticks not taken in", "Rows and lines that a feed had and that were not taken, per minute, by feed and "
          "reason. Anything but 0 is the source's fault (or a limit on known tickers).",
          [(a_minute("feed, reason", "tickcast_ticks_rejected_total"), "{{feed}} {{reason}}")]),
    graph("Ticks out", "The fate of each tick for each of its watchers, per second: delivered to the "
          "kernel, conflated (left out in favour of a newer one of the same ticker), abandoned (still "
          "waiting when the client left).",
          [(fate(name), name) for name in FATES], "cps", stacked=True),
    graph("Conflation ratio", "Share of the ticks that clients did not see because a newer one of the same "
          "ticker took their place. Throttled and slow clients raise it; if there is no such client, the "
          "server is short of CPU. Empty while no client watches.",
          [(f"{fate('conflated')} / ({' + '.join(map(fate, FATES))})", "conflated")], "percentunit"),
    graph("Bytes out", "Bytes of streams handed to the kernel, per second.",
          [(total_rate("tickcast_sent_bytes_total"), "bytes")], "Bps"),
    graph("Frames out", "Stream frames handed to the kernel, per second. Ticks delivered by frames sent is how "
          "many ticks share a frame: it grows under load, which saves CPU.",
          [(total_rate("tickcast_frames_sent_total"), "frames")], "cps"),
]

LATENCIES = [
    heat_map("Delivery latency heat map", "Time of each tick from taken in to handed to the kernel. A second "
             "band far above the first is one kind of client or one shard that lags.", LATENCY, width=12),
    graph("Delivery latency", "The same in quantiles. Streams with a throttle are left out. The goal is a p99 "
          "under 100 ms.", quantiles(LATENCY), "s", red_from=0.1, width=12),
    graph("Session creation latency", "Time from reading a request to /v1/sessions to its answer. "
          "Nearly all are creations; a browser's preflights and refusals are among them.",
          quantiles("tickcast_http_request_duration_seconds", 'route="/v1/sessions"'), "s", width=6),
    graph("Loop lag", "How late the shards' timers fire: the time that everything else waits for the loop. Over "
          "some 50 ms the shards are saturated. Feeds and pushes wait for the control thread's loop.",
          quantiles("tickcast_shard_loop_lag_seconds")
          + quantiles("tickcast_control_loop_lag_seconds", of=((0.99, "p99"),), prefix="control "), "s",
          red_from=0.05, width=6),
    graph("Paused", "Share of the time in which the process stood still: stopped, its machine paused, or without a "
          "processor. It counts against no client, but no client gets prices meanwhile.",
          [(total_rate("tickcast_paused_seconds_total"), "paused")], "percentunit", red_from=0.05, width=6),
    graph("HTTP requests", "Requests answered per second, by route and status.",
          [(f"sum by (route, code) ({rate('tickcast_http_requests_total')})", "{{route}} {{code}}")], "cps", width=6),
]

CLIENTS = [
    graph("Closes by code", "Streams that ended per minute, by close code. 1000: the client closed; 1006: a "
          "lost connection; 1001: a drain; 4003: a client that was too slow; 1008: one that sent too "
          "much; 1011: a fault of the server.",
          [(a_minute("code", "tickcast_stream_closes_total"), "{{code}}")], stacked=True),
    graph("Slow clients", "Streams for which something has waited for more than a second. They cost no other client "
          "anything, but see older prices; after --slow-client-seconds without a byte taken they are closed.",
          [(total("tickcast_slow_clients"), "slow clients")]),
    graph("Limits hit", "Refusals per minute, by the setting that refused.",
          [(a_minute("limit", "tickcast_limit_hits_total"), "{{limit}}")], stacked=True),
    graph("Sessions created", "New sessions per second.",
          [(total_rate("tickcast_sessions_created_total"), "created")], "cps", width=12),
    graph("Sessions ended", "Sessions that ended per minute, by reason.",
          [(a_minute("reason", "tickcast_sessions_ended_total"), "{{reason}}")], stacked=True, width=12),
]

FEEDS = [
    states("Feed up", "Whether each feed is neither ended nor disconnected. push is always there, since ticks "
           "can be pushed beside any other feed.",
           [(f"min by (feed) ({series('tickcast_feed_up')})", "{{feed}}")],
           value_names({0: ("ended or disconnected", "red"), 1: ("up", "green")})),
    graph("Age of the newest tick", "Time since each feed's last tick; the oldest where there are several "
          "instances. Once that of every feed is over --stale-seconds (15) the server notifies the clients "
          "that prices are stale.",
          [(f"time() - min by (feed) ({series('tickcast_feed_last_tick_timestamp_seconds')})", "{{feed}}")],
          "s", red_from=15),
    graph("Tickers watched", "Tickers of each feed that at least one client watches, those just left included.",
          [(f"max by (feed) ({series('tickcast_feed_subscriptions')})", "{{feed}}")]),
]

PROCESS = [
    graph("CPU", "Cores in use. A shard uses one at most: near --threads the server is saturated.",
          [(f"sum by (instance) ({rate('process_cpu_seconds_total')})", "{{instance}}")], "short"),
    graph("Memory", "Resident memory. It follows connections and known tickers, not the rate of ticks.",
          [(f"sum by (instance) ({series('process_resident_memory_bytes')})", "{{instance}}")], "bytes"),
    graph("Descriptors", "Open file descriptors, and the limit: one for each connection, and some "
          "dozens of the process's own.",
          [(f"sum by (instance) ({series('process_open_fds')})", "{{instance}} open"),
           (f"sum by (instance) ({series('process_max_fds')})", "{{instance}} limit")]),
    graph("Log lines dropped", "Log lines per minute that standard error did not take. Anything but 0: no program "
          "reads it, or its disk is full.",
          [(a_minute("instance", "tickcast_log_dropped_total"), "{{instance}}")], width=24),
    figure("Uptime", "Time since the start. Short and again short: the process restarts.",
           [(f"time() - {series('process_start_time_seconds')}", "{{instance}}")], "s",
           color=thresholds(("orange", None), ("green", 300)), height=5),
    figure("Target up", "Whether Prometheus can scrape the server's /metrics.",
           [(series("up"), "{{instance}}")],
           color=thresholds(("red", None), ("green", 1)),
           mappings=value_names({0: ("down", "red"), 1: ("up", "green")}), height=5),
    table("Build", "Version, and how streams are sent (send or io_uring).",
          [(f"sum by (instance, version, send_backend) ({series('tickcast_build_info')})", "")], height=5),
]


def make():
    return dashboard(
        "tickcast-overview", "Tickcast overview",
        "State of the server. The first row returns to exactly 0 when its users have gone.",
        [(None, FIRST_ROW), ("Ticks", TICKS), ("Latency", LATENCIES), ("Clients", CLIENTS),
         ("Feeds", FEEDS), ("Process", PROCESS)])
