// Waits before the next attempt. Events outside (the network is back, the page is seen) end them
// early.

import { pause } from './pause.js';

/** Waits are ended early once per second at most. */
const leastBetweenAttemptsMs = 1_000;

export class Waits {
  /** @type {Set<() => void>} each ends a wait */
  #ends = new Set();
  #attemptAt = -Infinity;
  #retryAt = 0;

  noteAttempt() {
    this.#attemptAt = performance.now();
  }

  /** Of the last wait that was begun. */
  get leftMs() {
    return Math.max(0, this.#retryAt - performance.now());
  }

  get isWaiting() {
    return this.#ends.size > 0;
  }

  endAll() {
    for (const end of [...this.#ends]) end();
  }

  /**
   * @param {number} ms
   * @param {AbortSignal} signal ends it at once
   * @param {number} [askedMs] the part that the server asked for: nothing else ends that
   */
  async wait(ms, signal, askedMs = 0) {
    const begunAt = performance.now();
    this.#retryAt = begunAt + ms;
    const woken = new AbortController();
    const end = () => woken.abort();
    this.#ends.add(end);
    await pause(ms, signal, woken.signal);
    if (woken.signal.aborted) {
      const earliest = Math.max(begunAt + askedMs, this.#attemptAt + leastBetweenAttemptsMs);
      await pause(Math.max(0, earliest - performance.now()), signal);
    }
    this.#ends.delete(end);
  }
}
