// A refusal of the server's in words, with its limit. Pure.
import { count } from './format.js';

/**
 * @typedef {{ code: string, detail?: string, status?: number, limit?: unknown }} Refusal
 * @typedef {{ error: Refusal, retryAt?: number }} Delay what waits, and until when: `retryAt` by
 * performance.now(), absent where it is not tried again
 */

/** @type {Record<string, string>} the server's code → the cause in words */
const REASONS = {
  too_many_sessions: 'too many sessions are open from this address',
  too_many_connections: 'too many connections are open from this address',
  rate_limited: 'too many requests came from this address in a short time',
  at_capacity: 'the server is full',
  draining: 'the server is about to stop',
  store_unavailable: 'the server can\u2019t reach its store of sessions',
  unauthorized: 'the server wants a key, and this page has none',
  not_entitled: 'these tickers are not open to this page',
  origin_not_allowed: 'the server takes no requests from pages of this address',
  host_not_allowed: 'the server does not accept this address as its own',
  too_many_tickers: 'these are more tickers than the server allows',
  unknown_ticker: 'the server has no such ticker',
};
/** @type {Record<number, string>} of an answer that was not Tickcast's own */
const STATUSES = {
  401: 'a sign-in is needed',
  403: 'it is forbidden',
  404: 'there is no such address',
  407: 'the proxy wants a sign-in',
  429: 'too many requests came from this address',
  502: 'the proxy can\u2019t reach the server',
  503: 'the server takes nothing at the moment',
  504: 'the proxy got no answer from the server',
};

/**
 * Whether the server (or what stands before it) did answer.
 * @param {Refusal | undefined} error
 * @returns {error is Refusal & { status: number }}
 */
export function isRefusal(error) {
  return error?.status !== undefined && error.status >= 400;
}

/** @param {Refusal} error */
export function inWords({ code, detail, status, limit }) {
  const why = REASONS[code] ?? (code.startsWith('http_') ? STATUSES[status ?? 0] : detail);
  const words = why ?? detail ?? code.replaceAll('_', ' ');
  return (
    words +
    (typeof limit === 'number'
      ? ` (the server\u2019s limit is ${count(limit)})`
      : status && !REASONS[code]
        ? ` (${status})`
        : '')
  );
}

/** Why something waits: the server's refusal, or no answer at all. @param {Refusal} error */
export function whyDelayed(error) {
  return isRefusal(error) ? inWords(error) : 'the server does not answer';
}

/** @param {number} seconds 0: it is under way */
export function nextTry(seconds) {
  return seconds > 0 ? `next try in ${seconds} s` : 'trying again';
}

/**
 * Until the first of them is tried again, 0 if one is under way.
 * @param {{ retryAt?: number }[]} waiting @param {number} now
 */
export function secondsTo(waiting, now) {
  const known = waiting.map(({ retryAt }) => retryAt).filter((at) => at !== undefined);
  return known.length > 0 ? Math.max(0, Math.ceil((Math.min(...known) - now) / 1000)) : 0;
}

/** Why, and when it is tried again. @param {Delay} delay @param {number} now */
export function delayInWords(delay, now) {
  const why = whyDelayed(delay.error);
  return delay.retryAt === undefined ? why : `${why}, ${nextTry(secondsTo([delay], now))}`;
}
