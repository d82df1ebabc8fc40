"""The panels of the Load test dashboard: k6's figures beside the server's for the same.

k6's metrics come by its Prometheus remote-write output, which names them so: a counter
k6_NAME_total, a gauge k6_NAME, a rate k6_NAME_rate, a trend k6_NAME_STAT for each of
K6_PROMETHEUS_RW_TREND_STATS (docker-compose.yml), times in seconds. They have no job and no
instance. Trends count from the test's start: they settle, while the server's, of the last
seconds, move.

k6 sends a series only where something was added to it, so Prometheus knows nothing of a counter
before its first count, nor from five minutes after its last. k6_vus alone comes every second."""
from generator.overview import LATENCY, fate
from generator.parts import a_minute, dashboard, figure, graph, quantiles, thresholds, total, total_rate

# The scripts' own metrics (loadtest/); a test holds these against them.
CREATION = "k6_session_creation"
SNAPSHOT = "k6_time_to_snapshot"
QUOTE = "k6_quote_latency"
LAG = "k6_generator_lag"
OPENED, CLOSED = "k6_streams_opened", "k6_streams_closed"
FRAMES, BYTES = "k6_frames", "k6_stream_bytes"
TICKS = "k6_ticks"
CONFLATED = "k6_ticks_conflated"
UNEXPECTED = "k6_unexpected_closes"
SILENT = "k6_silent_streams"


def trend(name, stats=("med", "p99")):
    """A trend has a series for each set of tags; the worst of them is shown."""
    return [(f"max({name}_{stat})", f"k6 {stat}") for stat in stats]


def k6_rate(counter):
    return f"sum(rate({counter}_total[$__rate_interval]))"


def unless_none(expression):
    """For counters that a good test never counts: 0 is right then, as long as k6 sends at all."""
    return f"{expression} or 0 * sum(k6_vus)"


def k6_count(counter):
    return unless_none(f"sum({counter}_total)")


# k6_http_req_failed_rate would not do: expected_response is a label of it, so each of its series is
# 0 or 1.
FAILED_SHARE = 'sum(k6_http_reqs_total{expected_response="false"}) / sum(k6_http_reqs_total)'
ALARMING = thresholds(("green", None), ("red", 1))

USERS = [
    figure("k6 users", "Virtual users that are at work now, and those that k6 has made ready.",
           [("sum(k6_vus)", "users"), ("sum(k6_vus_max)", "made")], width=6, height=5),
    figure("Connections", "The server's streams now: as many as k6's users have, and 0 after the test.",
           [(total("tickcast_connections"), "connections")], width=6, height=5),
    figure("Failed requests", "Share of k6's HTTP requests that weren't answered as they should be, of the kinds that "
           "came within five minutes: the highest of the time shown. Anything but 0 is a failed test.",
           [(unless_none(FAILED_SHARE), "failed")], "percentunit", width=4, height=5, highest=True,
           color=thresholds(("green", None), ("red", 0.000001))),
    figure("Unexpected closes", "Streams that ended without k6's wish, from the test's start on: the most of the "
           "time shown.",
           [(k6_count(UNEXPECTED), "closes")], width=4, height=5, highest=True, color=ALARMING),
    figure("Silent streams", "Streams that were silent for too long, from the test's start on: the most of "
           "the time shown.",
           [(k6_count(SILENT), "streams")], width=4, height=5, highest=True, color=ALARMING),
    graph("Users and streams", "k6's open streams beside the server's streaming sessions, connections and "
          "subscriptions. All of the server's are at 0 after the test; k6's line ends five minutes after the last "
          "stream came.",
          [(f"sum({OPENED}_total) - ({k6_count(CLOSED)})", "k6: open streams"),
           (total("tickcast_sessions", 'state="streaming"'), "server: streaming sessions"),
           (total("tickcast_connections"), "server: connections"),
           (total("tickcast_subscriptions"), "server: subscriptions")], width=12),
    graph("Arrivals", "New streams per second by k6, sessions created per second by the server.",
          [(k6_rate(OPENED), "k6: streams"),
           (total_rate("tickcast_sessions_created_total"), "server: sessions")], "cps", width=12),
]

TIMES = [
    graph("Session creation", "POST /v1/sessions: k6's figures include the network and k6's own waiting. "
          "Where they part from the server's, look at the load generator first.",
          trend(CREATION) + quantiles("tickcast_http_request_duration_seconds", 'route="/v1/sessions"',
                                      of=((0.5, "p50"), (0.99, "p99")), prefix="server "), "s"),
    graph("Time to snapshot", "From the beginning of the handshake to the snapshot, by k6.", trend(SNAPSHOT), "s"),
    graph("Handshake", "Time of the WebSocket's handshake, by k6.", trend("k6_ws_connecting"), "s"),
    graph("Quote latency", "Of streams without a throttle. k6: from the server's t to the tick's arrival at k6. "
          "Server: from taken in to handed to the kernel. The goal of the server's p99 is 100 ms.",
          trend(QUOTE) + quantiles(LATENCY, of=((0.5, "p50"), (0.99, "p99")), prefix="server "), "s"),
    graph("HTTP requests", "Requests answered per second. The server's are those to /v1, with the streams' handshakes, "
          "which k6 counts apart; k6's are all its requests, with those to /metrics after the test.",
          [(k6_rate("k6_http_reqs"), "k6"),
           (total_rate("tickcast_http_requests_total", 'route=~"/v1/.*"'), "server")], "cps"),
    graph("HTTP latency by k6", "Time of each kind of request, its 99th percentile since the test began.",
          [("max by (name) (k6_http_req_duration_p99)", "{{name}}")], "s"),
    graph("k6's own lag", "Time from a frame's arrival to its turn in the script. Where it grows, k6 is the "
          "bottleneck, and its latencies are not the server's.", trend(LAG), "s", red_from=0.05, width=12),
    graph("Server's loop lag", "How late the shards' timers fire.", quantiles("tickcast_shard_loop_lag_seconds"), "s",
          red_from=0.05, width=12),
]

TICKS_ROW = [
    graph("Ticks", "Ticks per second that k6 saw, beside those the server delivered.",
          [(k6_rate(TICKS), "k6: seen"), (fate("delivered"), "server: delivered")], "cps"),
    graph("Conflated ticks", "Jumps of n per second that k6 saw, beside the server's own count.",
          [(unless_none(k6_rate(CONFLATED)), "k6: jumps of n"), (fate("conflated"), "server: conflated")], "cps"),
    graph("Messages and bytes", "Frames per second and bytes per second of streams, by k6 and by the server.",
          [(k6_rate(FRAMES), "k6: frames"),
           (total_rate("tickcast_frames_sent_total"), "server: frames"),
           (k6_rate(BYTES), "k6: bytes"),
           (total_rate("tickcast_sent_bytes_total"), "server: bytes")], "cps",
          overrides=[{"matcher": {"id": "byRegexp", "options": ".*: bytes"},
                      "properties": [{"id": "unit", "value": "Bps"},
                                     {"id": "custom.axisPlacement", "value": "right"}]}]),
    graph("Closes by code", "Streams that ended per minute, by the server. In a clean test only 1000.",
          [(a_minute("code", "tickcast_stream_closes_total"), "{{code}}")], stacked=True),
    graph("CPU", "Cores that the server uses.",
          [(total_rate("process_cpu_seconds_total"), "cores")], "short"),
    graph("Memory", "Resident memory of the server.", [(total("process_resident_memory_bytes"), "resident")], "bytes"),
]


def make():
    return dashboard(
        "tickcast-load-test", "Tickcast load test",
        "k6's figures beside the server's. Start one with docker compose --profile k6 run --rm k6.",
        [(None, USERS), ("Times", TIMES), ("Ticks", TICKS_ROW)])
