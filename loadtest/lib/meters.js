// The metrics of our own, in k6's registry. Prometheus gets them as k6_NAME_total (counters) and
// k6_NAME_p95, … (trends, in seconds). Labels come from closed sets.

import { Counter, Gauge, Trend } from 'k6/metrics';

export const meters = {
  sessionCreation: new Trend('session_creation', true),
  timeToSnapshot: new Trend('time_to_snapshot', true),
  // The oldest tick of each frame, from its t; apart, since a throttle's wait is no fault of the
  // server's.
  quoteLatency: new Trend('quote_latency', true),
  throttledLatency: new Trend('throttled_latency', true),
  generatorLag: new Trend('generator_lag', true), // from the socket to the script, worst per second

  sessionsCreated: new Counter('sessions_created'),
  sessionsFailed: new Counter('sessions_failed'), // {code}
  streamsOpened: new Counter('streams_opened'),
  streamsClosed: new Counter('streams_closed'), // opened - closed = open now
  handshakesFailed: new Counter('handshakes_failed'),
  snapshots: new Counter('snapshots'), // first of a stream
  frames: new Counter('frames'),
  unthrottledFrames: new Counter('unthrottled_frames'), // those that quote_latency has
  streamBytes: new Counter('stream_bytes'),
  ticks: new Counter('ticks'),
  ticksConflated: new Counter('ticks_conflated'),
  unexpectedCloses: new Counter('unexpected_closes'), // {code}
  silentStreams: new Counter('silent_streams'),
  protocolErrors: new Counter('protocol_errors'), // {kind}
  clockSkew: new Counter('clock_skew'),
  scriptErrors: new Counter('script_errors'),

  backAtZero: new Counter('back_at_zero'),
  leftBehind: new Gauge('left_behind'),
};
