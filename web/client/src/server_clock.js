// How far the client's clock is ahead of the server's. Without it a latency is nonsense where the
// clocks differ. The client's clock is performance.now(): it begins anywhere, but is never set.
//
// By pings (WebSocket): the server's time came between sending and answer, so the offset is known
// to half the round trip. Without an answer yet, or at all (SSE): the fastest tick of the last
// minutes counts as 0, and latency is the time beyond that; where every message is delayed alike,
// the answers to requests show it.

/** @typedef {{ roundTripMs: number, offsetMs: number }} Sample */

const keptSamples = 8;
const windowMs = 60_000;
/** Browsers round their clock, to a millisecond at worst, at both ends of a round trip. */
const roundingMs = 2;

export class ServerClock {
  /** @type {Sample[]} */
  #samples = [];
  #offsetMs = 0;
  /** Least difference of the minute before and of this one. */
  #leastBefore = Infinity;
  #least = Infinity;
  #windowEndsMs = 0;
  #dates;

  /** @param {import('./date_clock.js').DateClock} dates of answers */
  constructor(dates) {
    this.#dates = dates;
  }

  get isMeasured() {
    return this.#samples.length > 0 || Math.min(this.#least, this.#leastBefore) < Infinity;
  }

  /**
   * @param {number} sentMs
   * @param {number} serverUs
   * @param {number} receivedMs
   */
  addPong(sentMs, serverUs, receivedMs) {
    const sample = {
      roundTripMs: receivedMs - sentMs,
      offsetMs: (sentMs + receivedMs) / 2 - serverUs / 1000,
    };
    const agree = this.#samples.every((each) => agrees(each, sample));
    // The server's clock was set, or ours stood still in a sleep: earlier samples are of no use.
    this.#samples = [...(agree ? this.#samples : []), sample].slice(-keptSamples);
    this.#offsetMs = this.#samples.reduce((a, b) =>
      b.roundTripMs <= a.roundTripMs ? b : a,
    ).offsetMs;
  }

  /**
   * @param {number} serverUs time taken in
   * @param {number} nowMs
   * @returns {number} never negative
   */
  latencyMs(serverUs, nowMs) {
    const difference = nowMs - serverUs / 1000;
    if (this.#samples.length > 0) return Math.max(0, difference - this.#offsetMs);
    const offsetMs = Math.min(this.#leastWith(difference, nowMs), this.#dates.mostMs(nowMs));
    return Math.max(0, difference - offsetMs);
  }

  /**
   * The server's time. Without a pong it is late by the delay of the fastest message.
   * @param {number} nowMs
   */
  serverMs(nowMs) {
    if (this.#samples.length > 0) return nowMs - this.#offsetMs;
    if (!this.isMeasured) return this.#dates.serverMs(nowMs);
    return nowMs - Math.min(this.#least, this.#leastBefore, this.#dates.mostMs(nowMs));
  }

  /** @param {number} difference @param {number} nowMs */
  #leastWith(difference, nowMs) {
    if (nowMs >= this.#windowEndsMs) {
      this.#leastBefore = this.#least;
      this.#least = Infinity;
      this.#windowEndsMs = nowMs + windowMs;
    }
    this.#least = Math.min(this.#least, difference);
    return Math.min(this.#least, this.#leastBefore);
  }
}

/**
 * Whether one offset can explain both: it lies within half a round trip of each.
 * @param {Sample} a
 * @param {Sample} b
 */
function agrees(a, b) {
  return Math.abs(a.offsetMs - b.offsetMs) <= (a.roundTripMs + b.roundTripMs) / 2 + roundingMs;
}
