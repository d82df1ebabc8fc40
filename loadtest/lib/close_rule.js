// What a client does when its stream has ended, as the contract has it. No k6 imports.

const comeBack = [1001, 1006, 1011, 4003];
const renew = [4002];
const longestWaitMs = 20000;
const firstWaitMs = 500;

/**
 * Codes that a server of this contract may close with, as labels of unexpected_closes: a closed set.
 * "unanswered": our own close got no answer; "other": a code that the contract doesn't have.
 */
export const closeLabels = [
    '1000', '1001', '1002', '1003', '1006', '1007', '1008', '1009', '1011',
    '4000', '4001', '4002', '4003', 'unanswered', 'other',
];

/** @param {number} code */
export function closeLabel(code) {
    const label = String(code);
    return closeLabels.includes(label) ? label : 'other';
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
 * After a close with this code. An unknown code is answered like 1006: the stream is lost and nothing
 * says that it must stay so.
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
 * After an upgrade that failed: the client can't see why, so GET /v1/sessions/ID was asked, and this
 * is its status (0 = no answer).
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
 * After a creation that was refused: 429 and 503 say when to try again, no answer is tried again, and
 * what the server calls wrong would be wrong again.
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
