// What the page knows of one ticker: the newest quote, the first last price (the page's "open"), a price a second for lines.
// Bounded: the history keeps an hour.
import { decimalsOf, percentChange } from './format.js';

/** @typedef {{ s: string, p?: number, b?: number, a?: number, z?: number, bz?: number, az?: number, x?: number, t: number, n: number }} Tick */

const MOST_POINTS = 3600;
const SPARE_POINTS = 600; // cut this many at once, so that a full history is not shifted every second

export class Instrument {
  /** @param {string} ticker */
  constructor(ticker) {
    this.ticker = ticker;
    /** @type {Tick | undefined} */ this.quote = undefined;
    /** @type {number | undefined} */ this.open = undefined;
    /** @type {number | undefined} */ this.high = undefined;
    /** @type {number | undefined} */ this.low = undefined;
    this.decimals = 2;
    this.updates = 0;
    /** @type {number[]} seconds since the epoch, ascending */ this.times = [];
    /** @type {number[]} */ this.values = [];
    this.version = 0; // counts the history's changes, so that a line is drawn only when it has one
  }

  /** @param {Tick} tick @param {number} nowMs the browser's clock, ms since the epoch */
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
    this.#record(Math.floor(nowMs / 1000), tick.p);
  }

  /** @param {number} second @param {number} value */
  #record(second, value) {
    const at = this.times.length - 1;
    // A clock that was set back must not make a line run backwards: such a price belongs to the newest second.
    if (at >= 0 && second <= this.times[at]) {
      if (this.values[at] === value) return;
      this.values[at] = value;
    } else {
      this.times.push(second);
      this.values.push(value);
    }
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
 * Whether a line that holds the seconds from `first` to `newest` needs more than the history's newest point: a page that was hidden
 * missed some, and a line must not keep for ever what the history has let go. Pure.
 * @param {number[]} times @param {number} first @param {number} newest
 */
export function needsRefill(times, first, newest) {
  return times[0] !== first || (times.length > 1 && times[times.length - 2] > newest);
}

/**
 * How long ago a price was taken in, by the browser's clock. A server whose clock is ahead would make prices look new that are
 * not, so what it is ahead by, at least, is taken off; one that is behind makes them look older, which does no harm.
 */
export class AgeClock {
  #aheadMs = 0;

  /** @param {Tick} tick @param {number} nowMs */
  observe(tick, nowMs) {
    this.#aheadMs = Math.max(this.#aheadMs, tick.t / 1000 - nowMs);
  }

  /** @param {Tick | undefined} tick @param {number} nowMs */
  ageMs(tick, nowMs) {
    return tick === undefined ? undefined : nowMs - tick.t / 1000 + this.#aheadMs;
  }
}
