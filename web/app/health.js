// The words for the state of the connection and the feed. Pure: members of a pool and the time in,
// words out.
import { inWords, isRefusal, nextTry, secondsTo, whyDelayed } from './refusal.js';
import { plural } from './format.js';

/**
 * @typedef {import('./refusal.js').Delay} Delay
 * @typedef {{ state: 'connecting' | 'live' | 'reconnecting' | 'closed', feed?: 'live' | 'stale',
 *   retryAt?: number, reason?: string, error?: import('./refusal.js').Refusal, quiet?: boolean,
 *   tickers?: { size: number }, refused?: Delay, waiting?: { size: number },
 *   shortage?: import('./slots.js').Why }} Part of a pool: see members.js
 * @typedef {{ count: number, why: import('./slots.js').Why | undefined }} Unserved tickers without
 * a connection
 * @typedef {'idle' | 'connecting' | 'live' | 'stale' | 'offline' | 'refused' | 'closed'} Level
 * @typedef {{ level: Level, connection: string, feed: string, notice?: string, action?: string }}
 * Health
 */

/**
 * @type {Record<string, [string, string]>} the client's reason → what happened, the button that
 * comes back
 */
const CLOSED = {
  taken_over: ['another window took it over', 'Take it back'],
  deleted: ['its session was deleted', 'Start a new session'],
  no_such_session: ['the session of this link is gone', 'Show my own list'],
  flooding: ['this page sent more than the server allows', 'Connect again'],
};

/** @param {Part} part @returns {[string, string]} */
function whyClosed({ reason, error }) {
  const known = CLOSED[reason ?? ''];
  if (known) return known;
  return [
    error && isRefusal(error)
      ? inWords(error)
      : reason?.replaceAll('_', ' ') || 'the connection ended',
    'Connect again',
  ];
}

/** @param {number} count @param {number} all */
const share = (count, all) => (count < all ? ` (${count} of ${all} sessions)` : '');

/** @param {number} count @param {number} all */
const old = (count, all) => `${count < all ? 'Some prices' : 'Prices'} below are old`;

/** @param {Part[]} parts @param {number} now @param {Unserved} [unserved] @returns {Health} */
export function healthOf(parts, now, unserved) {
  const health = connectionOf(parts, now);
  const late = parts.filter((part) => part.state === 'live' && part.refused);
  const notices = [
    health.notice,
    late.length > 0 ? whyLate(late) : undefined,
    whyPolled(parts),
    unserved && unserved.count > 0 ? whyUnserved(unserved) : undefined,
  ].filter(Boolean);
  const hasNone = unserved && unserved.count > 0 && parts.length === 0;
  return {
    ...health,
    ...(hasNone ? { level: 'stale', connection: 'No connection left' } : {}),
    ...(late.length > 0 ? { connection: `${health.connection}; ${refusedNow(late, now)}` } : {}),
    ...(notices.length > 0 ? { notice: notices.join(' ') } : {}),
  };
}

/** @param {Part[]} late with a change that is refused for the moment @param {number} now */
function refusedNow(late, now) {
  const delays = late.map(({ refused }) => /** @type {Delay} */ (refused));
  return `change refused, ${nextTry(secondsTo(delays, now))}: ${whyDelayed(delays[0].error)}`;
}

/** Without a countdown, as screen readers say it. @param {Part[]} late */
function whyLate(late) {
  const count = late.reduce((sum, { waiting }) => sum + (waiting?.size ?? 0), 0);
  const what =
    count > 0
      ? `${plural(count, 'ticker')} below ${count === 1 ? 'waits' : 'wait'} to be added`
      : 'A change of the list or of its pace waits';
  const { error } = /** @type {Delay} */ (late[0].refused);
  return `${what}: ${whyDelayed(error)}. The page goes on trying.`;
}

/** Of sessions that would try event streams beside polling. @param {Part[]} parts */
function whyPolled(parts) {
  const polled = parts.filter((part) => part.state === 'live' && part.shortage);
  if (polled.length === 0) return undefined;
  const count = polled.reduce((sum, { tickers }) => sum + (tickers?.size ?? 0), 0);
  const why = polled.some(({ shortage }) => shortage === 'browser') ? 'browser' : 'page';
  const head = `Prices of ${plural(count, 'ticker')} come every second or two: `;
  return head + whyNoConnection(why, 'A shorter list gets all of its prices by streams.');
}

/** @param {Unserved} unserved */
function whyUnserved({ count, why }) {
  const head = `${plural(count, 'ticker')} below ${count === 1 ? 'gets' : 'get'} no prices: `;
  return head + whyNoConnection(why, 'A shorter list gets all of its prices.');
}

/** @param {import('./slots.js').Why | undefined} why @param {string} hint for the page's own two */
function whyNoConnection(why, hint) {
  const words =
    why === 'browser'
      ? [
          'other windows of this page hold the connections that a browser has for event streams.',
          'Close one of them.',
        ]
      : [
          'prices come by event streams here, as WebSocket is blocked, and a page takes two of the',
          `browser\u2019s six connections for them. ${hint}`,
        ];
  return words.join(' ');
}

/** @param {Part[]} parts @param {number} now @returns {Health} */
function connectionOf(parts, now) {
  const all = parts.length;
  if (all === 0) return { level: 'idle', connection: 'No tickers', feed: '' };
  const inState = (/** @type {Part['state']} */ state) =>
    parts.filter((part) => part.state === state);
  const [closed, away, connecting] = [
    inState('closed'),
    inState('reconnecting'),
    inState('connecting'),
  ];
  const feed = feedOf(parts);
  if (closed.length > 0) {
    const [why, action] = whyClosed(closed[0]);
    return {
      level: 'closed',
      feed,
      action,
      connection: `Closed: ${why}${share(closed.length, all)}`,
      notice: `The stream is closed: ${why}. ${old(closed.length, all)}.`,
    };
  }
  if (away.length + connecting.length > 0) return waitingOf(away, connecting, all, feed, now);
  const quiet = parts.filter((part) => part.quiet).length;
  if (quiet > 0) {
    return {
      level: 'stale',
      feed: 'Feed unknown',
      connection: `No sign of life${share(quiet, all)}`,
      notice: `Nothing has come from the server for a while. ${old(quiet, all)} until it is heard again.`,
    };
  }
  if (feed === 'Feed stale') {
    return {
      level: 'stale',
      feed,
      connection: 'Connected',
      notice: 'The feed is stale: the server gets no prices. Those below are old.',
    };
  }
  return { level: 'live', feed, connection: 'Live' };
}

/**
 * Sessions that wait for their next attempt, and why.
 * @param {Part[]} away were live before @param {Part[]} connecting never were
 * @param {number} all @param {string} feed @param {number} now @returns {Health}
 */
function waitingOf(away, connecting, all, feed, now) {
  const waiting = [...away, ...connecting];
  const oldNow = away.length > 0 ? ` ${old(away.length, all)} until it is back.` : '';
  if (waiting.some((part) => part.reason === 'offline')) {
    return {
      level: 'offline',
      feed,
      connection: `Offline${share(waiting.length, all)}`,
      notice: `The browser says that this computer is offline.${oldNow || ' Prices come when it is back.'}`,
    };
  }
  const refused = waiting.filter((part) => isRefusal(part.error));
  const shown = refused.length > 0 ? refused : away.length > 0 ? away : connecting;
  const seconds = secondsTo(shown, now);
  if (refused.length > 0) {
    const oldPrices = away.length > 0 ? `${old(away.length, all)}.` : '';
    const why = inWords(/** @type {import('./refusal.js').Refusal} */ (refused[0].error));
    const next = nextTry(seconds);
    return {
      level: 'refused',
      feed,
      connection: `Refused, ${next}${share(refused.length, all)}: ${why}`,
      notice: [`The server refuses the stream: ${why}. The page goes on trying.`, oldPrices]
        .join(' ')
        .trim(),
    };
  }
  if (away.length > 0) {
    const when = seconds > 0 ? `Reconnecting in ${seconds} s` : 'Reconnecting now';
    return {
      level: 'offline',
      feed,
      connection: when + share(away.length, all),
      notice: `The connection is lost.${oldNow}`,
    };
  }
  const when = seconds > 0 ? `No answer yet, next try in ${seconds} s` : 'Connecting';
  return { level: 'connecting', feed, connection: when + share(connecting.length, all) };
}

/** @param {Part[]} parts */
function feedOf(parts) {
  // a session that polls has no known feed state
  const live = parts.filter((part) => part.state === 'live' && part.feed !== undefined);
  if (live.length === 0) return 'Feed unknown';
  return live.some((part) => part.feed === 'stale') ? 'Feed stale' : 'Feed live';
}

/**
 * One set of figures for several sessions. The mean of the medians, weighted by their counts, is
 * near the true median, because all sessions get their ticks from one process. The 99th percentile
 * shown is the worst session's.
 * @param {{ conflated: number, updatesPerSecond: number, latency: { p50?: number, p99?: number,
 * count: number } }[]} stats
 */
export function sumOf(stats) {
  const timed = stats.filter((one) => one.latency.count > 0 && one.latency.p50 !== undefined);
  const count = timed.reduce((sum, one) => sum + one.latency.count, 0);
  const p50 =
    count === 0
      ? undefined
      : timed.reduce((sum, one) => sum + (one.latency.p50 ?? 0) * one.latency.count, 0) / count;
  const p99 = count === 0 ? undefined : Math.max(...timed.map((one) => one.latency.p99 ?? 0));
  return {
    p50,
    p99,
    conflated: stats.reduce((sum, one) => sum + one.conflated, 0),
    updatesPerSecond: stats.reduce((sum, one) => sum + one.updatesPerSecond, 0),
  };
}
