// The knobs of a load test, read from the environment (k6 run -e NAME=value, or K6's own process
// environment). No k6 imports here: tests/knobs.test.js runs it under node. A wrong value throws,
// naming knob and value, so that the run never starts.

/**
 * @typedef {object} Knobs
 * @property {string} baseUrl public listener, scheme://host[:port]
 * @property {string | null} adminUrl admin listener; with it the run ends by waiting until the
 *     server is at zero
 * @property {number} users users at the same time, each with a session and a stream
 * @property {number} streamsPerVu users that one VU of k6 plays
 * @property {number} rampMs time from none to all users
 * @property {number} holdMs time that all stay
 * @property {number} downMs time over which they leave, 0 = all at once
 * @property {number} tickersPerUser
 * @property {string[] | null} tickerList these instead of random ones of GET /v1/tickers
 * @property {number} throttleMs of the sessions, but for one user in `unthrottled`
 * @property {number} unthrottled one user in so many streams without throttle, 0 = none
 * @property {number} visitMs mean time that a user stays (churn)
 * @property {number} silentMs a stream without any frame for so long is silent
 * @property {boolean} expectTicks a stream without a tick is silent too
 * @property {number[]} expectedCloses close codes by the server that are no failure
 * @property {number} slack factor on every time of the thresholds
 * @property {number} zeroWithinMs time for the server to hold nothing after the last user
 * @property {string} summaryDir where the JSON goes, "none" = nowhere
 */

/** @typedef {Record<string, string>} Defaults */

/** @type {Defaults} */
const commonDefaults = {
  BASE_URL: 'http://localhost:8080',
  ADMIN_URL: '',
  VUS: '50',
  STREAMS_PER_VU: '1',
  RAMP: '10s',
  HOLD: '30s',
  DOWN: '0s',
  TICKERS: '5',
  THROTTLE_MS: '0',
  UNTHROTTLED: '10',
  VISIT: '10s',
  SILENT: '20s', // the server sends a heartbeat after 15 s of quiet
  EXPECT_TICKS: 'true',
  EXPECTED_CLOSES: '',
  SLACK: '1',
  ZERO_WITHIN: '45s', // a session whose stream was closed is kept for 30 s
  SUMMARY_DIR: '.',
};

const unitMs = /** @type {Record<string, number>} */ ({ ms: 1, s: 1000, m: 60000, h: 3600000 });

/**
 * Milliseconds of "90", "90s", "1m30s", "250ms", "1.5s"; a bare number is seconds.
 * @param {string} name
 * @param {string} text
 */
export function parseDuration(name, text) {
  const given = text.trim();
  if (/^\d+(\.\d+)?$/.test(given)) {
    return Math.round(Number(given) * 1000);
  }
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(given)) {
    throw new Error(`${name}: "${text}" is no duration such as 90s, 1m30s or 250ms`);
  }
  let total = 0;
  for (const part of given.match(/\d+(\.\d+)?(ms|s|m|h)/g) || []) {
    const unit = part.replace(/[\d.]+/, '');
    total += parseFloat(part) * unitMs[unit];
  }
  return Math.round(total);
}

/**
 * @param {string} name
 * @param {string} text
 * @param {number} least
 * @param {number} most
 */
function parseWhole(name, text, least, most) {
  const value = Number(text);
  if (!/^\d+$/.test(text.trim()) || value < least || value > most) {
    throw new Error(`${name}: "${text}" is no whole number from ${least} to ${most}`);
  }
  return value;
}

/**
 * scheme://host[:port] without a path: the server's stream_url is a path from the root.
 * @param {string} name
 * @param {string} text
 */
function parseOrigin(name, text) {
  if (!/^https?:\/\/(\[[0-9A-Fa-f:.]+\]|[^\s/?#[\]:@]+)(:\d{1,5})?\/?$/.test(text)) {
    throw new Error(`${name}: "${text}" is no address such as http://localhost:8080`);
  }
  return text.replace(/\/$/, '');
}

/**
 * @param {string} name
 * @param {string} text
 */
function parseSlack(name, text) {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value <= 100)) {
    throw new Error(`${name}: "${text}" is no factor over 0 and up to 100`);
  }
  return value;
}

/**
 * @param {string} name
 * @param {string} text
 */
function parseBoolean(name, text) {
  if (text !== 'true' && text !== 'false') {
    throw new Error(`${name}: "${text}" is neither true nor false`);
  }
  return text === 'true';
}

/** @param {string} text */
function words(text) {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

/**
 * A count ("5": that many random tickers) or names ("AAPL,MSFT").
 * @param {string} text
 */
function parseTickers(text) {
  if (/^\d+$/.test(text.trim())) {
    return { count: parseWhole('TICKERS', text, 1, 10000), list: null };
  }
  const list = words(text).map((word) => word.toUpperCase());
  for (const ticker of list) {
    if (!/^[A-Z0-9.\-^=/:_&+#@]{1,32}$/.test(ticker)) {
      throw new Error(`TICKERS: "${ticker}" is no ticker`);
    }
  }
  if (list.length === 0) {
    throw new Error(`TICKERS: "${text}" is neither a count nor a list of tickers`);
  }
  const distinct = list.filter((ticker, at) => list.indexOf(ticker) === at);
  return { count: distinct.length, list: distinct };
}

/**
 * Reads all knobs: the environment before the script's defaults before the common ones. An empty
 * variable counts as unset, because a compose file passes one that isn't given in that form.
 * @param {Record<string, string | undefined>} environment
 * @param {Defaults} scriptDefaults
 * @returns {Knobs}
 */
export function readKnobs(environment, scriptDefaults) {
  /** @param {string} name */
  const text = (name) => {
    const given = environment[name];
    return given !== undefined && given !== ''
      ? given
      : scriptDefaults[name] || commonDefaults[name];
  };
  /** @param {string} name */
  const duration = (name) => parseDuration(name, text(name));
  const users = parseWhole('VUS', text('VUS'), 1, 1000000);
  const streamsPerVu = parseWhole('STREAMS_PER_VU', text('STREAMS_PER_VU'), 1, 1000);
  if (users % streamsPerVu !== 0) {
    throw new Error(`VUS: ${users} is no multiple of STREAMS_PER_VU, ${streamsPerVu}`);
  }
  const tickers = parseTickers(text('TICKERS'));
  const holdMs = duration('HOLD');
  if (holdMs < 1000) {
    throw new Error(`HOLD: "${text('HOLD')}" is less than 1s`);
  }
  return {
    baseUrl: parseOrigin('BASE_URL', text('BASE_URL')),
    adminUrl: text('ADMIN_URL') === '' ? null : parseOrigin('ADMIN_URL', text('ADMIN_URL')),
    users,
    streamsPerVu,
    rampMs: duration('RAMP'),
    holdMs,
    downMs: duration('DOWN'),
    tickersPerUser: tickers.count,
    tickerList: tickers.list,
    throttleMs: parseWhole('THROTTLE_MS', text('THROTTLE_MS'), 0, 60000),
    unthrottled: parseWhole('UNTHROTTLED', text('UNTHROTTLED'), 0, 1000000),
    visitMs: duration('VISIT'),
    silentMs: duration('SILENT'),
    expectTicks: parseBoolean('EXPECT_TICKS', text('EXPECT_TICKS')),
    expectedCloses: words(text('EXPECTED_CLOSES')).map((code) =>
      parseWhole('EXPECTED_CLOSES', code, 1000, 4999),
    ),
    slack: parseSlack('SLACK', text('SLACK')),
    zeroWithinMs: duration('ZERO_WITHIN'),
    summaryDir: text('SUMMARY_DIR'),
  };
}
