// A client's rule for the end of its stream (CONTRACT CLI-1..4). No k6 imports.

const comeBack = [1001, 1006, 1011, 4003];
const renew = [4002];
const longestWaitMs = 20000;
const firstWaitMs = 500;

/**
 * Codes that a server of this contract can close with, as labels of unexpected_closes: a closed
 * set. "unanswered": our own close got no answer; "other": a code that the contract doesn't have.
 */
export const closeLabels = [
  '1000',
  '1001',
  '1002',
  '1003',
  '1006',
  '1007',
  '1008',
  '1009',
  '1011',
  '4000',
  '4001',
  '4002',
  '4003',
  'unanswered',
  'other',
];

/** @param {number} code */
export function closeLabel(code) {
  const label = String(code);
  return closeLabels.includes(label) ? label : 'other';
}

/**
 * The code that a stream ended with, from k6's events (1.6 to 2.2). The close event has the code of
 * the close frame that came, 1006 after a bare end of file, and else that of our own close, or
 * none. So 1000 after an error is not an answer: our own frame could not be written. (A reset while
 * our close waits for its answer brings 1000 without an error, and looks like an answer.)
 * @param {number | undefined} said
 * @param {boolean} hadError
 */
export function endCode(said, hadError) {
  return said === undefined || (hadError && said === 1000) ? 1006 : said;
}

/**
 * k6 also reports an error for a pong that it can't send any more after our close; that is no
 * error.
 * @param {string} text of the error event
 */
export function isRealError(text) {
  return !text.includes('close sent');
}

/**
 * A random wait up to min(20 s, 0.5 s * 2^attempt); attempt counts from 0.
 * @param {number} attempt
 * @param {() => number} random
 */
export function backoffMs(attempt, random) {
  return random() * Math.min(longestWaitMs, firstWaitMs * Math.pow(2, attempt));
}

/**
 * @typedef {object} Next
 * @property {'return' | 'renew' | 'stay_away'} action return = same session, renew = a new one
 * @property {number} waitMs
 */

/**
 * After a close with this code. The contract says nothing of a code that it doesn't have, nor of a
 * 1000 that the server begins: the one is answered like 1006, as nothing says that the stream must
 * stay lost; the other is an orderly end.
 * @param {number} code
 * @param {number | null} reconnectInMs of the goodbye, if it had one
 * @param {number} attempt ends without a snapshot in a row
 * @param {() => number} random
 * @returns {Next}
 */
export function afterClose(code, reconnectInMs, attempt, random) {
  const wait = reconnectInMs !== null ? reconnectInMs : backoffMs(attempt, random);
  if (renew.includes(code)) {
    return { action: 'renew', waitMs: wait };
  }
  if (comeBack.includes(code) || closeLabel(code) === 'other') {
    return { action: 'return', waitMs: wait };
  }
  return { action: 'stay_away', waitMs: 0 };
}

/**
 * After an upgrade that failed: the client can't see why, so GET /v1/sessions/ID was asked, and
 * this is its status (0 = no answer).
 * @param {number} status
 * @param {number | null} retryAfterMs
 * @param {number} attempt
 * @param {() => number} random
 * @returns {Next}
 */
export function afterFailedUpgrade(status, retryAfterMs, attempt, random) {
  const wait = retryAfterMs !== null ? retryAfterMs : backoffMs(attempt, random);
  return { action: status === 404 ? 'renew' : 'return', waitMs: wait };
}

/**
 * After a creation that was refused: 429 and 503 say when to try again, no answer is tried again,
 * and a request that the server calls wrong would be wrong again.
 * @param {number} status
 * @param {number | null} retryAfterMs
 * @param {number} attempt
 * @param {() => number} random
 * @returns {Next}
 */
export function afterFailedCreation(status, retryAfterMs, attempt, random) {
  if (status === 429 || status === 0 || status >= 500) {
    const wait = retryAfterMs !== null ? retryAfterMs : backoffMs(attempt, random);
    return { action: 'renew', waitMs: wait };
  }
  return { action: 'stay_away', waitMs: 0 };
}
