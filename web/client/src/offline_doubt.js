// The browser says `offline`, and might be wrong: the client waits for a message that shows the
// contrary.

/** @typedef {import('../index.js').FeedState} FeedState */

/** A message so long after the `offline` event was not sent before it. */
const provesAfterMs = 1_000;

export class OfflineDoubt {
  /** @type {FeedState | undefined} before it */
  feedBefore;

  /** @type {number | undefined} nothing has come since then that shows the contrary */
  #since;
  #provingPingId = 0;

  get isOn() {
    return this.#since !== undefined;
  }

  /** @param {number} lastPingId a pong of a later one shows the contrary at once */
  begin(lastPingId) {
    this.#since = performance.now();
    this.#provingPingId = lastPingId + 1;
  }

  end() {
    this.#since = undefined;
  }

  /** @param {any} message */
  isDisprovedBy(message) {
    if (this.#since === undefined) return false;
    const isLate = performance.now() - this.#since > provesAfterMs;
    return isLate || (message.type === 'pong' && message.id >= this.#provingPingId);
  }
}
