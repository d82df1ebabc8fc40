// The page's knowledge of one ticker: the newest quote, the first last price (the page's "open"),
// one price per second for lines. Bounded: the history keeps an hour.
import { decimalsOf, percentChange } from './format.js';

/**
 * @typedef {{ s: string, p?: number, b?: number, a?: number, z?: number, bz?: number, az?: number,
 * x?: number, t: number, n: number }} Tick
 */

const MOST_POINTS = 3600;
const FAR_BACK_SECONDS = 60;
// cut this many at once, so that a full history is not shifted every second
const SPARE_POINTS = 600;

export class Instrument {
  #isStale = false;
  #isHeld = false; // the newest point is the price before a gap, not confirmed yet

  /** @param {string} ticker */
  constructor(ticker) {
    this.ticker = ticker;
    /** @type {Tick | undefined} */ this.quote = undefined;
    /** @type {number | undefined} */ this.open = undefined;
    /** @type {number | undefined} */ this.high = undefined;
    /** @type {number | undefined} */ this.low = undefined;
    this.decimals = 2;
    this.updates = 0;
    /** @type {number[]} seconds since the epoch by the server's clock, ascending */ this.times =
      [];
    /** @type {number[]} NaN where a gap begins */ this.values = [];
    this.version = 0; // counts the history's changes, so that a line is drawn only when it has one
  }

  /** @param {Tick} tick @param {number} nowMs by the server's clock, as its own times are */
  take(tick, nowMs) {
    this.quote = tick;
    this.updates += 1;
    for (const value of [tick.p, tick.b, tick.a]) {
      if (value !== undefined) this.decimals = Math.max(this.decimals, decimalsOf(value));
    }
    if (tick.p === undefined) return;
    this.open ??= tick.p;
    this.high = Math.max(this.high ?? tick.p, tick.p);
    this.low = Math.min(this.low ?? tick.p, tick.p);
    this.#record(Math.floor(tick.t / 1e6), tick.p, Math.floor(nowMs / 1000));
  }

  /**
   * While a ticker is not live nothing is known of its price, and its lines show a gap. Once its
   * session is heard again, or its feed is back, the price holds from then on; after a lost
   * connection a snapshot has the price.
   * @param {string} state @param {number} nowMs by the server's clock
   */
  follow(state, nowMs) {
    if (!this.quote) return;
    if (state !== 'live') this.gap(nowMs);
    else if (this.#isStale) this.#endGap(nowMs);
    this.#isStale = state === 'stale';
  }

  /** @param {number} nowMs */
  #endGap(nowMs) {
    const at = this.times.length - 1;
    if (this.quote?.p === undefined || at < 0 || !Number.isNaN(this.values[at])) return;
    this.#push(Math.max(Math.floor(nowMs / 1000), this.times[at] + 1), this.quote.p);
    this.#isHeld = true;
  }

  /**
   * From now on nothing is known, until the next price.
   * @param {number} nowMs by the server's clock
   */
  gap(nowMs) {
    const at = this.times.length - 1;
    if (at < 0 || Number.isNaN(this.values[at])) return;
    const second = Math.max(Math.floor(nowMs / 1000), this.times[at]);
    this.#isHeld = false;
    if (second > this.times[at]) this.#push(second, this.values[at]); // it held until then
    this.#push(second + 1, NaN);
  }

  /** @param {number} second @param {number} value @param {number} now second */
  #record(second, value, now) {
    // Prices from within the gap can come late: they fill it.
    if (this.#isHeld && second <= this.times[this.times.length - 1]) {
      this.times.pop();
      this.values.pop();
      this.version += 1;
    }
    this.#isHeld = false;
    const at = this.times.length - 1;
    if (at >= 0 && second <= this.times[at]) {
      if (Number.isNaN(this.values[at])) {
        // The price is the same as before the gap: it is known again from now on, but was not in
        // between.
        this.#push(Math.max(now, this.times[at] + 1), value);
        return;
      }
      // A server's clock that was set back must not make a line run backwards: such a price belongs
      // to the newest second, and where it goes back far, the line begins again.
      if (second > this.times[at] - FAR_BACK_SECONDS) {
        if (this.values[at] === value) return;
        this.values[at] = value;
        this.version += 1;
        return;
      }
      this.times.length = 0;
      this.values.length = 0;
    }
    this.#push(second, value);
  }

  /** @param {number} second @param {number} value */
  #push(second, value) {
    this.times.push(second);
    this.values.push(value);
    this.version += 1;
    if (this.times.length > MOST_POINTS + SPARE_POINTS) {
      this.times.splice(0, this.times.length - MOST_POINTS);
      this.values.splice(0, this.values.length - MOST_POINTS);
    }
  }

  get spread() {
    const quote = this.quote;
    return quote?.b === undefined || quote.a === undefined ? undefined : quote.a - quote.b;
  }

  get change() {
    return this.quote?.p === undefined || this.open === undefined
      ? undefined
      : this.quote.p - this.open;
  }

  get changePercent() {
    return percentChange(this.quote?.p, this.open);
  }
}

/**
 * Whether a line that holds the seconds from `first` to `newest` needs more than the history's
 * newest point: a page that was hidden missed some, a price might have come late, and a line must
 * not keep points forever that the history has dropped. Pure.
 * @param {number[]} times @param {number} first @param {number} newest
 */
export function needsRefill(times, first, newest) {
  const [before, last] = [times[times.length - 2], times[times.length - 1]];
  return times[0] !== first || before > newest || last < newest;
}

const GAP_PLACES = 30; // that a gap takes at most on a time axis which has a place per point

/**
 * The history as places of a chart: from a place with `ends` no line leads to the next one, and
 * between the two stand some without a value, so that the gap has a width. Pure.
 * @param {number[]} times @param {number[]} values
 * @returns {{ time: number, value?: number, ends?: boolean }[]}
 */
export function pointsWithGaps(times, values) {
  /** @type {{ time: number, value?: number, ends?: boolean }[]} */
  const points = [];
  for (let i = 0; i < times.length; i += 1) {
    if (!Number.isNaN(values[i])) {
      const ends = i + 1 < times.length && Number.isNaN(values[i + 1]);
      points.push({ time: times[i], value: values[i], ...(ends ? { ends } : {}) });
      continue;
    }
    const seconds = (times[i + 1] ?? times[i] + 1) - times[i];
    const places = Math.min(seconds, GAP_PLACES);
    for (let place = 0; place < places; place += 1)
      points.push({ time: times[i] + Math.floor((seconds * place) / places) });
  }
  return points;
}

/**
 * Decimals for a price scale: no more than a double holds of numbers this large, as steps between
 * them are sums. Pure. @param {number} decimals @param {number} largest
 */
export function scaleDecimals(decimals, largest) {
  const whole = Math.max(1, Math.ceil(Math.log10(Math.max(1, Math.abs(largest)))));
  return Math.max(0, Math.min(decimals, 14 - whole));
}

/**
 * How long ago the server took a price in, by the server's clock. The wall clock of this computer
 * does not count: it might be fast or slow, and might be set while the page is open. The server's
 * clock is known from its answers where the client has had some; else it is at least the time of
 * the newest price.
 */
export class AgeClock {
  #aheadMs = -Infinity; // of the server's clock before the page's own steady one
  #steady;
  #server;

  /**
   * @param {() => number | undefined} server the server's clock, ms since the epoch
   * @param {() => number} [steady] ms, never set
   */
  constructor(server, steady = () => performance.now()) {
    this.#server = server;
    this.#steady = steady;
  }

  /** @param {Tick} tick that just came */
  observe(tick) {
    this.#aheadMs = Math.max(this.#aheadMs, tick.t / 1000 - this.#steady());
  }

  /**
   * An answer's Date, which has whole seconds: the server's clock was within the one that it names.
   * @param {number} dateMs @param {number} sentMs @param {number} receivedMs by the steady clock
   */
  observeDate(dateMs, sentMs, receivedMs) {
    this.#aheadMs = Math.min(Math.max(this.#aheadMs, dateMs - receivedMs), dateMs + 1000 - sentMs);
  }

  /** The server's clock, ms since the epoch; of no use before anything came. */
  nowMs() {
    const known = this.#server();
    if (known !== undefined) return known;
    return Number.isFinite(this.#aheadMs)
      ? this.#steady() + this.#aheadMs
      : performance.timeOrigin + this.#steady();
  }

  /** @param {Tick | undefined} tick */
  ageMs(tick) {
    return tick === undefined ? undefined : Math.max(0, this.nowMs() - tick.t / 1000);
  }
}
