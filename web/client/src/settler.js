// Brings the wanted changes to the server, while a stream is live. By PATCH over both transports:
// an answer belongs to its call, says all that is wrong, and calls in a row can't pass the limit of
// messages that would end the stream.

import { pause } from './pause.js';
import { afterRefusal } from './rules.js';

/** @typedef {import('./session_api.js').Refusal} Refusal */

export class Settler {
  #wanted;
  #random;
  #signal;
  #isLive;
  #send;
  #onRefused;
  #isRefused = false;
  #isBusy = false;
  /** Ends the wait after a request that nothing answered. */
  #hurry = () => {};

  /**
   * @param {import('./wanted.js').Wanted} wanted
   * @param {() => number} random
   * @param {AbortSignal} signal
   * @param {() => boolean} isLive
   * @param {(body: object) => Promise<{ tickers: string[], throttle_ms: number }>} send
   * @param {(refused: import('../index.js').Refused | null) => void} onRefused
   */
  constructor(wanted, random, signal, isLive, send, onRefused) {
    this.#onRefused = onRefused;
    this.#wanted = wanted;
    this.#random = random;
    this.#signal = signal;
    this.#isLive = isLive;
    this.#send = send;
  }

  /** To be called with each change, and with each stream that became live: both end a wait. */
  async settle() {
    if (this.#isBusy) {
      this.#hurry();
      return;
    }
    this.#isBusy = true;
    for (let attempt = 0; this.#isLive() && this.#wanted.hasWaiting; ++attempt) {
      try {
        await this.#wanted.settle(
          (body) => this.#sendOne(body),
          (refusal) => this.#next(refusal, 0).action === 'stay_away',
        );
      } catch (refusal) {
        await this.#wait(/** @type {Refusal} */ (refusal), attempt);
      }
    }
    this.#isBusy = false;
    this.#notRefused();
  }

  /** @param {object} body */
  async #sendOne(body) {
    const answer = await this.#send(body);
    this.#notRefused();
    return answer;
  }

  #notRefused() {
    if (!this.#isRefused) return;
    this.#isRefused = false;
    this.#onRefused(null);
  }

  /** @param {Refusal} refusal @param {number} attempt */
  async #wait(refusal, attempt) {
    const hurried = new AbortController();
    // A stream that became live since shows that it is time; the server's own wait is kept all the
    // same.
    if (refusal.httpStatus === 0) this.#hurry = () => hurried.abort();
    const { waitMs } = this.#next(refusal, attempt);
    // Where the session is gone, the state says all.
    if (refusal.httpStatus !== 404 && !this.#signal.aborted) {
      this.#isRefused = true;
      this.#onRefused({ error: refusal, retryInMs: waitMs });
    }
    await pause(waitMs, this.#signal, hurried.signal);
    this.#hurry = () => {};
  }

  /** @param {Refusal} refusal @param {number} attempt */
  #next({ httpStatus, retryAfterMs }, attempt) {
    // A session that is gone has lost its stream, or is about to: the next one is asked.
    return afterRefusal(httpStatus === 404 ? 0 : httpStatus, retryAfterMs, attempt, this.#random);
  }
}
