// A row of the watchlist: writes a cell only where its text differs from what stands there, and lets a changed price flash.
import * as format from './format.js';

/** @typedef {import('./instrument.js').Instrument} Instrument */
/** @typedef {import('./pool.js').TickerState} TickerState */

const FLASH_MS = 700;
const MARKS = { live: '', waiting: '', stale: 'stale', offline: 'offline' };
/** @type {Record<TickerState, string>} */
const SAID = { live: '', waiting: ', waiting for a price', stale: ', stale', offline: ', offline' };

/** One text that can change. */
class Slot {
  #node = document.createTextNode('');
  /** @type {Animation | undefined} */ #flash;
  /** @param {Element} element */
  constructor(element) {
    this.element = /** @type {HTMLElement} */ (element);
    element.replaceChildren(this.#node);
  }

  /** @param {string} text */
  put(text) {
    if (this.#node.data !== text) this.#node.data = text;
  }

  /** Up or down, briefly. Web Animations, as these touch no attribute. @param {number} way */
  flash(way) {
    // Kept here, as getAnimations() would make the browser work out styles in the middle of the frame's writes.
    this.#flash?.cancel();
    const colour = way > 0 ? 'var(--flash-up)' : 'var(--flash-down)';
    this.#flash = this.element.animate(
      [
        { backgroundColor: colour },
        { backgroundColor: colour, offset: 0.2 },
        { backgroundColor: 'transparent' },
      ],
      { duration: FLASH_MS, easing: 'ease-out', id: way > 0 ? 'up' : 'down' },
    );
  }
}

/** @param {HTMLElement} element @param {string} name @param {string} value */
function mark(element, name, value) {
  if (element.dataset[name] !== value) element.dataset[name] = value;
}

export class Row {
  /** @type {TickerState | undefined} */ #state;
  /** @type {number | undefined} */ #last;
  /** @type {number | undefined} */ #bid;
  /** @type {number | undefined} */ #ask;
  #drawn = -1;

  /** @param {HTMLTemplateElement} template @param {string} ticker */
  constructor(template, ticker) {
    const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    this.ticker = ticker;
    this.element = /** @type {HTMLElement} */ (copy.firstElementChild);
    this.element.dataset.ticker = ticker;
    const cell = (/** @type {string} */ query) =>
      new Slot(/** @type {Element} */ (this.element.querySelector(query)));
    cell('.ticker').put(ticker);
    this.slots = {
      mark: cell('.row-mark'),
      last: cell('.c-last .price'),
      change: cell('.c-change'),
      percent: cell('.c-percent'),
      bid: cell('.c-bid .price'),
      bidSize: cell('.c-bid .size'),
      ask: cell('.c-ask .price'),
      askSize: cell('.c-ask .size'),
      spread: cell('.c-spread'),
      age: cell('.c-age'),
    };
    for (const [name, slot] of Object.entries(this.slots))
      if (name !== 'mark') slot.put(format.NONE);
    this.lastCell = /** @type {HTMLElement} */ (this.element.querySelector('.c-last'));
    this.canvas = /** @type {HTMLCanvasElement} */ (this.element.querySelector('canvas'));
    const remove = /** @type {HTMLElement} */ (this.element.querySelector('.remove'));
    remove.setAttribute('aria-label', `Remove ${ticker}`);
    remove.title = `Remove ${ticker}`;
  }

  /** @param {TickerState} state */
  setState(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.element.dataset.state = state;
    this.slots.mark.put(MARKS[state]);
    if (SAID[state]) this.element.setAttribute('aria-description', SAID[state].slice(2));
    else this.element.removeAttribute('aria-description');
    this.#drawn = -1; // the line's colour goes with the state
  }

  /** @param {Instrument} instrument @param {boolean} flash whether changes may be shown by motion */
  render(instrument, flash) {
    const quote = instrument.quote;
    if (!quote) return;
    const { slots } = this;
    const { decimals } = instrument;
    const moving = flash && this.#state === 'live';
    this.#last = this.#price(slots.last, this.#last, quote.p, decimals, moving, true);
    this.#bid = this.#price(slots.bid, this.#bid, quote.b, decimals, moving, false);
    this.#ask = this.#price(slots.ask, this.#ask, quote.a, decimals, moving, false);
    slots.bidSize.put(format.size(quote.bz));
    slots.askSize.put(format.size(quote.az));
    slots.spread.put(format.price(instrument.spread, decimals));
    this.#signed(slots.change, format.signed(instrument.change, decimals));
    this.#signed(slots.percent, format.percent(instrument.changePercent));
  }

  /** Its colour is that of the sign which is shown: what is rounded to nothing has none. @param {Slot} slot @param {string} text */
  #signed(slot, text) {
    slot.put(text);
    mark(slot.element, 'sign', String(format.signOf(text)));
  }

  /**
   * @param {Slot} slot @param {number | undefined} before @param {number | undefined} now @param {number} decimals
   * @param {boolean} flash @param {boolean} arrow
   */
  #price(slot, before, now, decimals, flash, arrow) {
    slot.put(format.price(now, decimals));
    const way = format.direction(before, now);
    if (way === 0) return now;
    if (arrow) mark(this.lastCell, 'way', String(way));
    if (flash) slot.flash(way);
    return now;
  }

  /** @param {number | undefined} ageMs */
  renderAge(ageMs) {
    this.slots.age.put(format.age(ageMs));
  }

  /** Whether the line needs drawing; it also moves on while the price stands, but slowly. @param {Instrument} instrument @param {number} second */
  wantsLine(instrument, second) {
    const version = instrument.version * 1e6 + (Math.floor(second / 5) % 1e6);
    if (instrument.times.length === 0 || version === this.#drawn) return false;
    this.#drawn = version;
    return true;
  }

  forgetLine() {
    this.#drawn = -1;
  }
}
