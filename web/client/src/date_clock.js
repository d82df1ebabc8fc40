// The server's clock by the `Date` of its answers: known to a second and a round trip, whatever a
// proxy does to a stream. In milliseconds; the client's clock is performance.now().

/** `Date` has no smaller unit. */
const resolutionMs = 1_000;
const keptSamples = 8;
/** How far two clocks can drift apart, as a part of the time since. */
const drift = 50e-6;

/** @typedef {{ leastMs: number, mostMs: number, atMs: number }} Sample bounds of the offset */

export class DateClock {
  /** @type {Sample[]} */
  #samples = [];
  /** @type {Sample | undefined} what all of them agree on */
  #bounds;

  /**
   * @param {number} sentMs when the request was made
   * @param {number} dateMs of the answer; NaN: there was none
   * @param {number} receivedMs
   */
  add(sentMs, dateMs, receivedMs) {
    if (Number.isNaN(dateMs)) return;
    const sample = {
      leastMs: sentMs - dateMs - resolutionMs,
      mostMs: receivedMs - dateMs,
      atMs: receivedMs,
    };
    this.#samples = [...this.#samples, sample].slice(-keptSamples);
    this.#bounds = common(this.#samples, receivedMs);
    if (this.#bounds.leastMs <= this.#bounds.mostMs) return;
    // A clock was set, or ours stood still: earlier samples are of no use.
    this.#samples = [sample];
    this.#bounds = sample;
  }

  /**
   * How far the client's clock is ahead of the server's, at most.
   * @param {number} nowMs
   */
  mostMs(nowMs) {
    const bounds = this.#bounds;
    return bounds === undefined ? Infinity : bounds.mostMs + (nowMs - bounds.atMs) * drift;
  }

  /** The server's time, as far as it is known. @param {number} nowMs */
  serverMs(nowMs) {
    const bounds = this.#bounds;
    return bounds === undefined ? undefined : nowMs - (bounds.leastMs + bounds.mostMs) / 2;
  }
}

/** @param {Sample[]} samples @param {number} nowMs @returns {Sample} */
function common(samples, nowMs) {
  const widened = samples.map(({ leastMs, mostMs, atMs }) => {
    const more = (nowMs - atMs) * drift;
    return { leastMs: leastMs - more, mostMs: mostMs + more };
  });
  return {
    leastMs: Math.max(...widened.map((each) => each.leastMs)),
    mostMs: Math.min(...widened.map((each) => each.mostMs)),
    atMs: nowMs,
  };
}
