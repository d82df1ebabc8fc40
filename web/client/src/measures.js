// The measures of a client's streams: latency, ticks per second, and the difference of the two
// clocks.

import { DateClock } from './date_clock.js';
import { LatencyMeter, RateMeter } from './latency.js';
import { ServerClock } from './server_clock.js';

/** @typedef {import('./transport_websocket.js').Connection} Connection */

/**
 * A page that is loading answers late, so the first pings are close together; then each wait is
 * twice as long.
 */
const firstPingWaitMs = 1_000;
const longestPingWaitMs = 30_000;

export class Measures {
  #latency = new LatencyMeter();
  #rate = new RateMeter();
  #dates = new DateClock();
  #clock = new ServerClock(this.#dates);
  /** The clock of the previous stream's server, until this one's is known. */
  #clockBefore = this.#clock;
  #pingId = 0;
  #pingSentMs = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** Of the newest ping, whatever its purpose. */
  get lastPingId() {
    return this.#pingId;
  }

  /** @param {Connection} connection a new one: its server might have another clock */
  beginStream({ send }) {
    this.endStream();
    if (this.#clock.isMeasured) this.#clockBefore = this.#clock;
    this.#clock = new ServerClock(this.#dates);
    if (send !== undefined) this.#pingAndAgain(send, firstPingWaitMs);
  }

  endStream() {
    clearTimeout(this.#timer);
  }

  /** @param {(text: string) => void} send */
  ping(send) {
    this.#pingId += 1;
    this.#pingSentMs = performance.now();
    send(JSON.stringify({ op: 'ping', id: this.#pingId }));
  }

  /** @param {(text: string) => void} send @param {number} waitMs until the next */
  #pingAndAgain(send, waitMs) {
    this.ping(send);
    this.#timer = setTimeout(
      () => this.#pingAndAgain(send, Math.min(waitMs * 2, longestPingWaitMs)),
      waitMs,
    );
  }

  /** @param {{ id: number, t: number }} pong */
  addPong({ id, t }) {
    if (id === this.#pingId) this.#clock.addPong(this.#pingSentMs, t, performance.now());
  }

  /** @param {number} t when the server sent something, µs */
  addSent(t) {
    if (typeof t === 'number') this.#clock.latencyMs(t, performance.now());
  }

  /**
   * @param {number} sentMs when a request was made
   * @param {number} dateMs of its answer
   * @param {number} receivedMs
   */
  addDate(sentMs, dateMs, receivedMs) {
    this.#dates.add(sentMs, dateMs, receivedMs);
  }

  /** @returns {number | undefined} the server's clock on the wall, in ms */
  serverMs() {
    const nowMs = performance.now();
    const clock = this.#clock.isMeasured ? this.#clock : this.#clockBefore;
    return clock.serverMs(nowMs);
  }

  /** @param {readonly import('../index.js').Tick[]} ticks */
  addTicks(ticks) {
    const nowMs = performance.now();
    this.#rate.add(ticks.length, nowMs);
    for (const tick of ticks) this.#latency.add(this.#clock.latencyMs(tick.t, nowMs), nowMs);
  }

  read() {
    const nowMs = performance.now();
    return {
      latency: this.#latency.read(nowMs),
      updatesPerSecond: this.#rate.perSecond(nowMs),
    };
  }
}
