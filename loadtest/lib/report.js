// The report of a run as text for people and as JSON for machines, from k6's data for
// handleSummary. No k6 imports.

/** @typedef {import('./knobs.js').Knobs} Knobs */

/**
 * As much of k6's summary as is used here.
 * @typedef {object} SummaryData
 * @property {Record<string, SummaryMetric>} metrics
 * @property {{ testRunDurationMs: number }} state
 */

/**
 * @typedef {object} SummaryMetric
 * @property {string} type
 * @property {Record<string, number>} values
 * @property {Record<string, { ok: boolean }>} [thresholds]
 */

/** The columns of a trend, which options.summaryTrendStats asks for. */
export const trendStats = ['count', 'min', 'med', 'p(95)', 'p(99)', 'p(99.9)', 'max'];

/** Late by more than this, k6 is what is measured. */
const generatorLateMs = 100;

const trendRows = [
  ['session_creation', 'session creation'],
  ['ws_connecting', 'stream handshake'],
  ['time_to_snapshot', 'time to snapshot'],
  ['quote_latency', 'quote latency'],
  ['throttled_latency', 'same, throttled'],
  ['generator_lag', "k6's own lag"],
];

const counterRows = [
  ['sessions_created', 'sessions created'],
  ['sessions_failed', 'creations failed'],
  ['streams_opened', 'streams opened'],
  ['streams_closed', 'streams closed'],
  ['handshakes_failed', 'handshakes failed'],
  ['snapshots', 'snapshots'],
  ['frames', 'frames of ticks'],
  ['unthrottled_frames', 'same, unthrottled'],
  ['stream_bytes', 'bytes of streams'],
  ['ticks', 'ticks'],
  ['ticks_conflated', 'ticks conflated'],
  ['unexpected_closes', 'unexpected closes'],
  ['silent_streams', 'silent streams'],
  ['protocol_errors', 'protocol errors'],
  ['clock_skew', 'frames from the future'],
  ['script_errors', 'errors of the scripts'],
];

/**
 * @typedef {object} Verdict
 * @property {string} metric
 * @property {string} threshold
 * @property {boolean} ok
 * @property {number | null} value that the threshold looked at; null = k6 doesn't give it
 */

/**
 * Whether k6 gave a summary with the thresholds' verdicts; that of --new-machine-readable-summary
 * has none.
 * @param {Partial<SummaryData>} data
 */
export function hasVerdicts(data) {
  return data.metrics !== undefined && data.state !== undefined;
}

/**
 * The text for that case.
 * @param {string} script
 */
export function textWithoutVerdicts(script) {
  return (
    `\ntickcast ${script}: no report and no summary-${script}.json: what k6 gives with --new-machine-readable-summary ` +
    "has no thresholds. Leave it out for a report; whether the run passed is in k6's exit status.\n\n"
  );
}

/**
 * @param {SummaryData} data
 * @returns {Verdict[]}
 */
export function verdicts(data) {
  /** @type {Verdict[]} */
  const all = [];
  for (const name of Object.keys(data.metrics).sort()) {
    const metric = data.metrics[name];
    const given = metric.thresholds || {};
    for (const threshold of Object.keys(given)) {
      const what = threshold.replace(/\s*[<>=!].*$/, '');
      const value = metric.values[what];
      all.push({
        metric: name,
        threshold,
        ok: given[threshold].ok,
        value: value === undefined ? null : value,
      });
    }
  }
  return all;
}

/**
 * @param {SummaryData} data
 * @param {string} name
 * @param {string} key
 */
function valueOf(data, name, key) {
  const metric = data.metrics[name];
  const value = metric === undefined ? undefined : metric.values[key];
  return value === undefined ? null : value;
}

/**
 * Warnings: claims that this run's figures do not support.
 * @param {SummaryData} data
 * @returns {string[]}
 */
export function warnings(data) {
  const lag = valueOf(data, 'generator_lag', 'p(95)');
  if (lag !== null && lag > generatorLateMs) {
    return [
      `k6 was itself late by ${shown(lag)} ms at its p(95): this machine is the bottleneck.` +
        ' Use more processors, THROTTLE_MS or tickcast-load.',
    ];
  }
  return [];
}

/** @param {number} value */
function shown(value) {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

/** @param {string} text @param {number} width */
function right(text, width) {
  return text.padStart(width);
}

/** @param {SummaryData} data */
function trendTable(data) {
  const lines = [' '.repeat(20) + trendStats.map((stat) => right(stat, 10)).join('') + '   (ms)'];
  for (const [name, title] of trendRows) {
    const cells = trendStats.map((stat) => {
      const value = valueOf(data, name, stat);
      return right(value === null ? '-' : stat === 'count' ? String(value) : shown(value), 10);
    });
    lines.push(title.padEnd(20) + cells.join(''));
  }
  return lines;
}

/** @param {SummaryData} data */
function counterLines(data) {
  const lines = [];
  for (const [name, title] of counterRows) {
    const count = valueOf(data, name, 'count') || 0;
    const rate = valueOf(data, name, 'rate') || 0;
    lines.push(title.padEnd(24) + right(String(count), 12) + right(shown(rate), 12) + '/s');
  }
  const seen = valueOf(data, 'ticks', 'count') || 0;
  const left = valueOf(data, 'ticks_conflated', 'count') || 0;
  if (seen + left > 0) {
    lines.push(
      'share conflated'.padEnd(24) + right(`${((100 * left) / (seen + left)).toFixed(2)} %`, 12),
    );
  }
  return lines;
}

/** @param {Verdict[]} all */
function verdictLines(all) {
  const lines = [];
  for (const { metric, threshold, ok, value } of all) {
    if (ok && metric.includes('{')) {
      continue; // the breakdown of a count that is zero
    }
    const was = value === null ? '' : `   was ${Number.isInteger(value) ? value : shown(value)}`;
    lines.push(`${ok ? 'ok    ' : 'FAILED'} ${metric} ${threshold}${was}`);
  }
  return lines;
}

/**
 * @param {string} script
 * @param {Knobs} knobs
 * @param {SummaryData} data
 */
export function textReport(script, knobs, data) {
  const all = verdicts(data);
  const failed = all.filter((verdict) => !verdict.ok).length;
  const seconds = (data.state.testRunDurationMs / 1000).toFixed(1);
  const head =
    `tickcast ${script}: ${failed === 0 ? 'PASSED' : `FAILED (${failed} thresholds)`} after ${seconds} s; ` +
    `${knobs.users} users on ${knobs.baseUrl}, ` +
    `ramp ${knobs.rampMs / 1000} s, hold ${knobs.holdMs / 1000} s, down ${knobs.downMs / 1000} s, ` +
    `${knobs.tickersPerUser} tickers each, throttle ${knobs.throttleMs} ms`;
  const parts = [[head], trendTable(data), counterLines(data), verdictLines(all)];
  const warned = warnings(data).map((warning) => `WARNING: ${warning}`);
  if (warned.length > 0) {
    parts.push(warned);
  }
  return '\n' + parts.map((part) => part.join('\n')).join('\n\n') + '\n\n';
}

/**
 * @param {string} script
 * @param {Knobs} knobs
 * @param {SummaryData} data
 */
export function jsonReport(script, knobs, data) {
  const all = verdicts(data);
  /** @type {Record<string, Record<string, number>>} */
  const metrics = {};
  for (const name of Object.keys(data.metrics).sort()) {
    metrics[name] = data.metrics[name].values;
  }
  const report = {
    script,
    passed: all.every((verdict) => verdict.ok),
    duration_ms: data.state.testRunDurationMs,
    knobs,
    warnings: warnings(data),
    thresholds: all,
    metrics,
  };
  return JSON.stringify(report, null, 2) + '\n';
}
