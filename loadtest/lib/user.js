// A user: makes a session, streams it, and when the stream ends follows the contract's rule for
// clients.

import { setTimeout } from 'k6/timers';

import { call, createSession, names, sessionOf } from './api.js';
import { afterClose, afterFailedCreation, afterFailedUpgrade } from './close_rule.js';
import { meters } from './meters.js';
import { pick, throttleOf } from './plan.js';
import { stream } from './stream.js';

/** @typedef {import('./knobs.js').Knobs} Knobs */
/** @typedef {import('./api.js').Session} Session */
/** @typedef {import('./stream.js').StreamEnd} StreamEnd */

/**
 * @typedef {object} Stay
 * @property {Knobs} knobs
 * @property {string[]} universe tickers to choose from
 * @property {number} leaveAtMs
 * @property {number} number of the visit: counts up from user to user and from visit to visit
 */

/**
 * How a user's watching ended.
 * @typedef {object} Left
 * @property {Session | null} session as it was left; null = the user has none any more
 * @property {StreamEnd | null} end of the last stream; null = there was none
 */

/** @param {number} ms */
export function pause(ms) {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), Math.max(0, ms)));
}

/**
 * The tickers of one user.
 * @param {Knobs} knobs
 * @param {string[]} universe
 */
export function chooseTickers(knobs, universe) {
  return knobs.tickerList !== null
    ? knobs.tickerList
    : pick(universe, knobs.tickersPerUser, Math.random);
}

/**
 * Makes a session, trying again where the server or the line says so; null = this user stays away.
 * @param {Stay} stay
 * @returns {Promise<Session | null>}
 */
export async function enter(stay) {
  for (let attempt = 0; Date.now() < stay.leaveAtMs; attempt += 1) {
    const tickers = chooseTickers(stay.knobs, stay.universe);
    const answer = await createSession(
      stay.knobs.baseUrl,
      tickers,
      throttleOf(stay.knobs, stay.number),
    );
    const session = sessionOf(answer);
    if (session !== null) {
      meters.sessionsCreated.add(1);
      meters.sessionCreation.add(answer.tookMs);
      return session;
    }
    meters.sessionsFailed.add(1, { code: answer.code });
    console.warn(`creation failed: ${answer.status} ${answer.code}`);
    const next = afterFailedCreation(answer.status, answer.retryAfterMs, attempt, Math.random);
    if (next.action === 'stay_away') {
      return null;
    }
    await pause(Math.min(next.waitMs, stay.leaveAtMs - Date.now()));
  }
  return null;
}

/**
 * The next step after a stream that this user did not end.
 * @param {StreamEnd} end
 * @param {Session} session
 * @param {Knobs} knobs
 * @param {number} attempt
 */
async function nextAfter(end, session, knobs, attempt) {
  if (end.opened) {
    const goodbye = end.reader.goodbye;
    return afterClose(
      end.code,
      goodbye === null ? null : goodbye.reconnectInMs,
      attempt,
      Math.random,
    );
  }
  meters.handshakesFailed.add(1);
  const answer = await call('GET', names.read, `${knobs.baseUrl}/v1/sessions/${session.sessionId}`);
  console.warn(
    `handshake failed; the session answers ${answer.status} ${answer.status === 200 ? '' : answer.code}`,
  );
  return afterFailedUpgrade(answer.status, answer.retryAfterMs, attempt, Math.random);
}

/**
 * Streams until the user leaves: by its own close, or by staying away after the server's close.
 * @param {Session} session
 * @param {Stay} stay
 * @param {{ endsWith?: number[], onSnapshot?: (socket: import('./stream.js').Sender) => void }}
 *     [ways]
 * @returns {Promise<Left>}
 */
export async function watchUntilLeaving(session, stay, ways = {}) {
  /** @type {Session | null} */
  let current = session;
  /** @type {StreamEnd | null} */
  let end = null;
  let attempt = 0;
  while (current !== null && Date.now() < stay.leaveAtMs) {
    end = await stream(current, stay.knobs, {
      leaveAtMs: stay.leaveAtMs,
      endsWith: ways.endsWith || [],
      onSnapshot: ways.onSnapshot,
    });
    if (end.reader.hadSnapshot) {
      current = { ...current, tickers: end.reader.tickers, throttleMs: end.reader.throttleMs };
    }
    if (end.ours) {
      return { session: current, end };
    }
    attempt = end.reader.hadSnapshot ? 0 : attempt + 1;
    const next = await nextAfter(end, current, stay.knobs, attempt);
    if (next.action === 'stay_away') {
      return { session: null, end };
    }
    await pause(Math.min(next.waitMs, stay.leaveAtMs - Date.now()));
    if (next.action === 'renew') {
      current = await enter(stay);
    }
  }
  return { session: current, end };
}

/**
 * A whole visit: session, stream, and away by closing the stream as a browser does.
 * @param {Stay} stay
 */
export async function visit(stay) {
  const session = await enter(stay);
  if (session !== null) {
    await watchUntilLeaving(session, stay);
  }
}
