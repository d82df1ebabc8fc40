// The next step after a connection or a request, and its reason in words. Pure.

import { TickcastError } from './errors.js';
import { inWords } from './failure.js';
import { afterClose, afterRefusal, nameOfCode } from './rules.js';

/** @typedef {import('./connection_watch.js').Ended} Ended */
/** @typedef {import('./session_api.js').Refusal} Refusal */
/** @typedef {import('../index.js').Transport} Transport */

/**
 * @typedef {object} Verdict
 * @property {'return' | 'renew' | 'stay_away'} action
 * @property {number} waitMs
 * @property {number} [askedMs] the part of it that the server asked for
 * @property {string} reason
 * @property {number} [code] close code
 * @property {TickcastError} error
 * @property {boolean} [isAnswer] the server said so: it was reached
 * @property {boolean} [wasStream] a stream was lost; nothing was tried since
 */

/**
 * While the browser says that it is offline. It might be wrong (a server on this machine), so not
 * forever.
 */
const offlineWaitMs = 20_000;

const nameOf = { websocket: 'WebSocket', sse: 'the event stream', polling: 'the list of quotes' };

/**
 * After a refused request.
 * @param {Refusal} refusal
 * @param {number} attempt
 * @param {() => number} random
 * @returns {Verdict}
 */
export function refusedVerdict(refusal, attempt, random) {
  const next = afterRefusal(refusal.httpStatus, refusal.retryAfterMs, attempt, random);
  const isAnswer = refusal.httpStatus > 0;
  return {
    ...next,
    askedMs: refusal.retryAfterMs,
    reason: refusal.code,
    error: refusal,
    isAnswer,
  };
}

/**
 * After a stream that had been opened.
 * @param {Ended} ended
 * @param {number} attempt
 * @param {() => number} random
 * @returns {Verdict}
 */
export function lostVerdict(ended, attempt, random) {
  const { code, goodbye } = ended;
  const next = afterClose(code, goodbye?.reconnect_in_ms, attempt, random);
  const reason = ended.reason ?? goodbye?.code ?? nameOfCode(code);
  const detail = goodbye?.detail ?? wordsOfEnd(ended);
  const error = new TickcastError(reason, detail, { limit: goodbye?.limit, cause: ended.error });
  const isAnswer = goodbye !== undefined || code !== 1006;
  return {
    ...next,
    askedMs: goodbye?.reconnect_in_ms,
    reason,
    code,
    error,
    isAnswer,
    wasStream: true,
  };
}

const heldBackLater =
  'the event stream brings nothing, though there are newer quotes: a proxy on the way seems to hold it back';

/** @param {Ended} ended */
function wordsOfEnd({ reason, code, error, answers }) {
  if (reason === 'silent' && answers > 0) {
    return 'no event came for a long time, though the server answers other requests: a proxy on the way may hold events back';
  }
  if (reason === 'held_back') return heldBackLater;
  if (reason === 'silent') return 'nothing came for a long time, not even a heartbeat';
  if (reason === 'unreadable') return 'a message could not be understood';
  if (code !== 1006) return `the stream was closed with ${code}`;
  return error === undefined
    ? 'the connection was lost'
    : `the connection was lost: ${inWords(error)}`;
}

/**
 * After an opening that failed although the session is there.
 * @param {Ended} ended
 * @param {{ tried: Transport, isHeldBack: boolean, switched: boolean, next: Transport | undefined
 * }} found
 * @param {number} attempt
 * @param {() => number} random
 * @returns {Verdict}
 */
export function blockedVerdict(ended, { tried, isHeldBack, switched, next }, attempt, random) {
  const reason = isHeldBack ? 'held_back' : switched ? 'blocked' : (ended.reason ?? 'lost');
  const onward = switched && next !== undefined ? `; next is ${nameOf[next]}` : '';
  const detail = `${wordsOfFailure(ended, tried, isHeldBack)}${onward}`;
  const error = new TickcastError(reason, detail, { cause: ended.error });
  const waitMs = switched ? 0 : afterRefusal(200, undefined, attempt, random).waitMs;
  return { action: 'return', waitMs, reason, code: ended.code, error, isAnswer: true };
}

/** @param {Ended} ended @param {Transport} tried @param {boolean} isHeldBack */
function wordsOfFailure(ended, tried, isHeldBack) {
  const what = nameOf[tried];
  const unlike = 'though the server answers other requests';
  if (isHeldBack) {
    const message = tried === 'sse' ? 'event' : 'message';
    return `${what} was opened, but no ${message} came through, ${unlike}: a proxy on the way seems to hold it back`;
  }
  if (ended.reason === 'silent')
    return `${what} was not opened in time, ${unlike}: a proxy on the way may block it`;
  if (ended.code !== 1006)
    return `${what} was closed with ${ended.code} before anything came, ${unlike}: a proxy on the way may block it`;
  const why = ended.error === undefined ? '' : ` (${inWords(ended.error)})`;
  return `${what} could not be opened${why}, ${unlike}: a proxy on the way may block it`;
}

/**
 * For an attempt without an answer, or a lost stream: the first attempt after that comes as soon as
 * usual.
 * @param {Verdict} verdict
 * @returns {Verdict}
 */
export function offlineVerdict(verdict) {
  const waitMs = verdict.wasStream ? verdict.waitMs : Math.max(verdict.waitMs, offlineWaitMs);
  return { ...verdict, waitMs, askedMs: undefined, ...offlineReason(verdict.error) };
}

/** @param {TickcastError} [cause] */
export function offlineReason(cause) {
  const before = cause === undefined ? '' : `${cause.detail}; `;
  const error = new TickcastError('offline', `${before}the browser says that it is offline`, {
    cause: cause?.cause,
  });
  return { reason: error.code, error };
}
