// From events back to a WebSocket, without a gap. It is tried from time to time: the cause of the
// block might have been a server that stood still, or a network that this program has left.

import { linked } from './linked.js';
import { pause } from './pause.js';

/** @typedef {import('./connection_watch.js').Ended} Ended */

const firstWaitMs = 20_000;
const longestWaitMs = 10 * 60_000;

/** @param {number} attempt from 0 @param {() => number} random */
export function climbWaitMs(attempt, random) {
  return Math.min(firstWaitMs * 2 ** attempt, longestWaitMs) * (0.5 + random() / 2);
}

/**
 * @typedef {object} Means
 * @property {(signal: AbortSignal, isHeard: (message: any) => boolean) => Promise<Ended>} events
 * streams them
 * @property {(signal: AbortSignal) => Promise<boolean>} probe whether a WebSocket brings messages,
 * of another session
 * @property {(signal: AbortSignal, onOpened: () => void) => Promise<Ended>} socket takes the
 * session over
 * @property {() => number} waitMs before the next probe
 */

/**
 * @param {Means} means
 * @param {AbortSignal} signal ends all of it
 * @returns {Promise<Ended>} of the stream that was the last one
 */
export async function streamEvents({ events, probe, socket, waitMs }, signal) {
  const trials = linked(signal);
  const old = linked(signal);
  let wasMoving = false;
  let isMoved = false;

  /** @returns {Promise<Ended | undefined>} of the WebSocket that took over */
  async function climb() {
    while (!trials.signal.aborted) {
      await pause(waitMs(), trials.signal);
      if (trials.signal.aborted || !(await probe(trials.signal))) continue;
      if (trials.signal.aborted) break;
      wasMoving = true;
      const ended = await socket(signal, () => {
        isMoved = true;
        old.abort();
      });
      if (isMoved) return ended;
    }
    return undefined;
  }

  const climbed = climb();
  // The server ends the events when the WebSocket is there: that end is expected.
  const isOurs = (/** @type {any} */ message) =>
    wasMoving && message.type === 'goodbye' && message.code === 'taken_over';
  const ended = await events(old.signal, (message) => !isMoved && !isOurs(message));
  trials.abort();
  const after = await climbed;
  trials.unlink();
  old.unlink();
  if (after !== undefined) return after;
  return wasMoving && ended.code === 4001 ? { ...ended, code: 1006, goodbye: undefined } : ended;
}
