// What a client does when a stream has ended or a request was refused (CONTRACT CLI-1..4). Pure.

const longestWaitMs = 20_000;
const firstWaitMs = 500;
/** A longer Retry-After is taken for this. */
const longestAskedMs = 60 * 60_000;
const longestByOwnClockMs = 60_000;
/** setTimeout takes no more: beyond it, it fires at once. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * A stream has proved itself when it lasted this long after its snapshot: only then do waits start
 * over.
 */
export const provedAfterMs = 5_000;

/** Close codes after which a client makes a new session. */
const renew = new Set([4002]);

/** Close codes after which a client stays away, and what they are called in an error. */
const stayAway = new Map([
  [1002, 'protocol_error'],
  [1003, 'binary_message'],
  [1007, 'bad_utf8'],
  [1008, 'flooding'],
  [1009, 'message_too_big'],
  [4000, 'deleted'],
  [4001, 'taken_over'],
]);

/**
 * Whether only the server sends a close code, so that it counts also where no message came before
 * it. A proxy might send the other codes.
 * @param {number} code
 */
export function isServersWord(code) {
  return stayAway.has(code) || renew.has(code);
}

/** Close codes that stand for the server's goodbye, for a stream that has none or lost it. */
const goodbyeCodes = new Map([
  ['draining', 1001],
  ['flooding', 1008],
  ['deleted', 4000],
  ['taken_over', 4001],
  ['too_old', 4002],
  ['too_slow', 4003],
]);

/**
 * @typedef {object} Next
 * @property {'return' | 'renew' | 'stay_away'} action return = same session, renew = a new one
 * @property {number} waitMs
 */

/**
 * Full jitter: a random wait up to min(20 s, 0.5 s * 2^attempt).
 * @param {number} attempt from 0
 * @param {() => number} random
 */
export function backoffMs(attempt, random) {
  return random() * Math.min(longestWaitMs, firstWaitMs * 2 ** attempt);
}

/**
 * @param {number} code of the close frame; 1006 = none came
 * @param {{ code?: string } | undefined} goodbye
 */
export function effectiveCode(code, goodbye) {
  return (code === 1006 && goodbye?.code !== undefined && goodbyeCodes.get(goodbye.code)) || code;
}

/**
 * After a stream that had been opened. Codes that are not CONTRACT END-11..22, and a 1000 that the
 * client did not ask for (a proxy's, for example), are answered like a lost connection: nothing
 * says that the client must stay away.
 * @param {number} code
 * @param {number | undefined} reconnectInMs of the goodbye, if it had one
 * @param {number} attempt
 * @param {() => number} random
 * @returns {Next}
 */
export function afterClose(code, reconnectInMs, attempt, random) {
  if (stayAway.has(code)) return { action: 'stay_away', waitMs: 0 };
  const waitMs = isWait(reconnectInMs)
    ? Math.min(reconnectInMs, longestTimerMs)
    : backoffMs(attempt, random);
  return { action: renew.has(code) ? 'renew' : 'return', waitMs };
}

/**
 * After a refused creation or opening, by its HTTP status (0 = no answer; 200 = of a session that
 * is there although its stream could not be opened). Jitter on top of Retry-After: else all clients
 * come back together.
 * @param {number} status
 * @param {number | undefined} retryAfterMs
 * @param {number} attempt
 * @param {() => number} random
 * @returns {Next}
 */
export function afterRefusal(status, retryAfterMs, attempt, random) {
  if (status === 404) return { action: 'renew', waitMs: 0 };
  const passes = status < 400 || status === 408 || status === 429 || status >= 500;
  if (!passes) return { action: 'stay_away', waitMs: 0 };
  const least = isWait(retryAfterMs) ? retryAfterMs : 0;
  return {
    action: 'return',
    waitMs: Math.min(least + backoffMs(attempt, random), longestTimerMs),
  };
}

/** @param {number} code */
export function nameOfCode(code) {
  return stayAway.get(code) ?? (code === 1006 ? 'lost' : `closed_${code}`);
}

/**
 * Retry-After (RFC 9110 section 10.2.3): seconds, or a date. A date is the server's, and so is the
 * time that it is counted from; the client's own clock, which may be wrong, counts only where the
 * answer does not show its time (to a page of another origin).
 * @param {string | null} text
 * @param {string | null} date when the answer was made
 * @param {number} nowMs
 */
export function parseRetryAfter(text, date, nowMs) {
  if (text === null) return undefined;
  if (/^\d+$/.test(text.trim())) return Math.min(Number(text) * 1000, longestAskedMs);
  const untilMs = Date.parse(text);
  if (Number.isNaN(untilMs)) return undefined;
  const answeredMs = Date.parse(date ?? '');
  const [fromMs, mostMs] = Number.isNaN(answeredMs)
    ? [nowMs, longestByOwnClockMs]
    : [answeredMs, longestAskedMs];
  return Math.min(Math.max(0, untilMs - fromMs), mostMs);
}

/**
 * @param {unknown} ms
 * @returns {ms is number}
 */
function isWait(ms) {
  return typeof ms === 'number' && ms >= 0;
}
