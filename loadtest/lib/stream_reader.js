// Reads the frames of one stream and holds them against the contract: snapshot first, ticks of
// subscribed tickers only, sequence numbers that only rise, one tick per ticker in a frame. No k6
// imports. One reader lives as long as one connection; it keeps a number for each ticker and no
// more.

/**
 * A fault that a client can find, as a label of protocol_errors: a closed set.
 *
 * @typedef {'not_json' | 'no_snapshot_first' | 'other_session' | 'other_epoch' |
 *     'snapshot_tickers' | 'tick_not_subscribed' | 'tick_before_snapshot' | 'tick_twice' |
 *     'sequence' | 'tick_members' | 'error_frame'} Fault
 */

/**
 * @typedef {object} Read
 * @property {string} type of the frame; "" where it could not be read
 * @property {number} ticks
 * @property {number} conflated ticks left out before these, from the jumps of n
 * @property {number} oldestMs age of the frame's oldest tick when it arrived, by t
 * @property {number} newestMs age of its newest one; negative = the clocks disagree
 * @property {Fault[]} faults
 */

/**
 * @typedef {object} Goodbye
 * @property {string} code
 * @property {string} detail
 * @property {number | null} reconnectInMs
 */

export class StreamReader {
  /**
   * @param {string} sessionId
   * @param {string[]} tickers the session's
   * @param {number} throttleMs the session's
   */
  constructor(sessionId, tickers, throttleMs) {
    this.sessionId = sessionId;
    this.throttleMs = throttleMs;
    /** @type {Set<string>} subscribed, and no snapshot yet */
    this.awaited = new Set(tickers);
    /** @type {Map<string, number>} the newest n of each ticker that had its snapshot */
    this.lastN = new Map();
    /** @type {string | null} */
    this.epoch = null;
    /** @type {Goodbye | null} */
    this.goodbye = null;
    /** Whether the feed was live in every frame that says so. */
    this.alwaysLive = true;
    /** Frames that answer a client's message, for the caller that waits for them. */
    this.subscribedFrames = 0;
    this.pongFrames = 0;
  }

  get hadSnapshot() {
    return this.epoch !== null;
  }

  /** The session's tickers, as far as the server has said. */
  get tickers() {
    return Array.from(this.lastN.keys()).concat(Array.from(this.awaited));
  }

  /**
   * @param {string} text
   * @param {number} atMs when it arrived, Unix epoch, with fractions
   * @returns {Read}
   */
  take(text, atMs) {
    /** @type {Read} */
    const read = { type: '', ticks: 0, conflated: 0, oldestMs: 0, newestMs: 0, faults: [] };
    /** @type {any} */
    let frame;
    try {
      frame = JSON.parse(text);
    } catch (_error) {
      frame = null;
    }
    if (frame === null || typeof frame !== 'object' || typeof frame.type !== 'string') {
      read.faults.push('not_json');
      return read;
    }
    read.type = frame.type;
    if (!this.hadSnapshot && frame.type === 'ticks') {
      read.faults.push('no_snapshot_first');
    }
    if (typeof frame.feed === 'string' && frame.feed !== 'live') {
      this.alwaysLive = false;
    }
    if (frame.type === 'ticks') {
      this.takeTicks(frame, atMs, read);
    } else if (frame.type === 'snapshot') {
      this.takeSnapshot(frame, read);
    } else if (frame.type === 'subscribed') {
      this.takeSubscribed(frame);
    } else if (frame.type === 'pong') {
      this.pongFrames += 1;
    } else if (frame.type === 'goodbye') {
      const wait = frame.reconnect_in_ms;
      this.goodbye = {
        code: String(frame.code),
        detail: String(frame.detail),
        reconnectInMs: typeof wait === 'number' ? wait : null,
      };
    } else if (frame.type === 'error') {
      read.faults.push('error_frame');
    }
    return read;
  }

  /**
   * @param {any} frame
   * @param {Read} read
   */
  takeSnapshot(frame, read) {
    if (frame.session_id !== this.sessionId) {
      read.faults.push('other_session');
    }
    if (this.epoch !== null && frame.epoch !== this.epoch) {
      read.faults.push('other_epoch');
    }
    this.epoch = String(frame.epoch);
    const covered = Array.isArray(frame.tickers) ? frame.tickers : [];
    const asAwaited =
      covered.length === this.awaited.size &&
      covered.every((/** @type {string} */ ticker) => this.awaited.has(ticker));
    if (!asAwaited) {
      read.faults.push('snapshot_tickers');
    }
    for (const ticker of covered) {
      this.lastN.set(ticker, 0); // one without a quote had no tick: its first is n = 1
      this.awaited.delete(ticker);
    }
    for (const quote of Array.isArray(frame.quotes) ? frame.quotes : []) {
      if (!isTick(quote)) {
        read.faults.push('tick_members');
      } else if (!covered.includes(quote.s)) {
        read.faults.push('snapshot_tickers');
      } else {
        this.lastN.set(quote.s, quote.n);
      }
    }
  }

  /** @param {any} frame */
  takeSubscribed(frame) {
    this.subscribedFrames += 1;
    if (typeof frame.throttle_ms === 'number') {
      this.throttleMs = frame.throttle_ms;
    }
    /** @type {Set<string>} */
    const all = new Set(Array.isArray(frame.tickers) ? frame.tickers : []);
    for (const ticker of Array.from(this.lastN.keys())) {
      if (!all.has(ticker)) {
        this.lastN.delete(ticker);
      }
    }
    this.awaited = new Set(Array.from(all).filter((ticker) => !this.lastN.has(ticker)));
  }

  /**
   * @param {any} frame
   * @param {number} atMs
   * @param {Read} read
   */
  takeTicks(frame, atMs, read) {
    const ticks = Array.isArray(frame.ticks) ? frame.ticks : [];
    /** @type {Set<string>} */
    const seen = new Set();
    let oldest = Infinity;
    let newest = -Infinity;
    for (const tick of ticks) {
      if (!isTick(tick)) {
        read.faults.push('tick_members');
        continue;
      }
      read.ticks += 1;
      oldest = Math.min(oldest, tick.t);
      newest = Math.max(newest, tick.t);
      if (seen.has(tick.s)) {
        read.faults.push('tick_twice');
      }
      seen.add(tick.s);
      this.takeNumber(tick.s, tick.n, read);
    }
    if (read.ticks > 0) {
      read.oldestMs = atMs - oldest / 1000;
      read.newestMs = atMs - newest / 1000;
    }
  }

  /**
   * @param {string} ticker
   * @param {number} n
   * @param {Read} read
   */
  takeNumber(ticker, n, read) {
    const last = this.lastN.get(ticker);
    if (last === undefined) {
      if (this.hadSnapshot) {
        read.faults.push(this.awaited.has(ticker) ? 'tick_before_snapshot' : 'tick_not_subscribed');
      }
      return;
    }
    if (n <= last) {
      read.faults.push('sequence');
      return;
    }
    read.conflated += n - last - 1;
    this.lastN.set(ticker, n);
  }
}

/** @param {any} tick */
function isTick(tick) {
  return (
    tick !== null &&
    typeof tick === 'object' &&
    typeof tick.s === 'string' &&
    Number.isSafeInteger(tick.t) &&
    Number.isSafeInteger(tick.n) &&
    tick.n >= 1
  );
}
