// A row of the watchlist: writes a cell only where its text has changed, and lets a changed price
// flash.
import * as format from './format.js';
import { KINDS, PLACES, ROW_MARKS } from './ruler.js';
import { MARKS } from './words.js';

/** @typedef {import('./instrument.js').Instrument} Instrument */
/** @typedef {import('./pool.js').TickerState} TickerState */
/** @typedef {import('./fit.js').Kind} Kind */
/** @typedef {import('./columns.js').Columns} Columns */
/** @typedef {import('./flashes.js').Flashes} Flashes */

/** @type {Record<TickerState, string>} */
const SAID = {
  live: '',
  waiting: 'waiting for a price',
  stale: 'stale: this price is old',
  offline: 'offline: this price is old',
  refused: 'refused by the server',
  unserved: 'no line: no connection is left for this ticker',
};

/** One text that can change, whole or visibly not. */
class Slot {
  #node = document.createTextNode('');
  #isClipped = false;
  #columns;
  #kind;

  /** @param {Element} element @param {Kind} kind @param {Columns} columns */
  constructor(element, kind, columns) {
    this.element = /** @type {HTMLElement} */ (element);
    this.#kind = kind;
    this.#columns = columns;
    element.replaceChildren(this.#node);
  }

  /** @param {string} text */
  put(text) {
    if (this.#node.data === text) return;
    this.#node.data = text;
    this.fit();
  }

  /** With an ellipsis and the whole text in its title where it has too little room. */
  fit() {
    const isClipped = !this.#columns.takes(this.#kind, this.#node.data);
    if (!isClipped && !this.#isClipped) return;
    this.#isClipped = isClipped;
    this.element.classList.toggle('clipped', isClipped);
    if (isClipped) this.element.title = this.#node.data;
    else this.element.removeAttribute('title');
  }
}

/** @param {HTMLElement} element @param {string} name @param {string} value */
function mark(element, name, value) {
  if (element.dataset[name] !== value) element.dataset[name] = value;
}

export class Row {
  /** @type {TickerState | undefined} */ #state;
  #why = '';
  /** @type {number | undefined} */ #last;
  /** @type {number | undefined} */ #bid;
  /** @type {number | undefined} */ #ask;
  #drawn = -1;
  #faded = 0;
  #mark;
  #ageCell;
  #flashes;

  /**
   * @param {HTMLTemplateElement} template
   * @param {string} ticker
   * @param {Columns} columns
   * @param {Flashes} flashes
   */
  constructor(template, ticker, columns, flashes) {
    const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    this.ticker = ticker;
    this.element = /** @type {HTMLElement} */ (copy.firstElementChild);
    this.element.dataset.ticker = ticker;
    this.#flashes = flashes;
    const find = (/** @type {string} */ query) =>
      /** @type {HTMLElement} */ (this.element.querySelector(query));
    this.slots = /** @type {Record<Kind, Slot>} */ (
      Object.fromEntries(KINDS.map((kind) => [kind, new Slot(find(PLACES[kind]), kind, columns)]))
    );
    for (const [kind, slot] of Object.entries(this.slots))
      slot.put(kind === 'ticker' ? ticker : format.NONE);
    this.lastCell = find('.c-last');
    this.line = /** @type {SVGElement} */ (this.element.querySelector('.line'));
    this.#mark = find('.row-mark');
    this.#ageCell = find('.c-age');
    const remove = find('.remove');
    remove.setAttribute('aria-label', `Remove ${ticker}`);
    remove.title = `Remove ${ticker}`;
  }

  /** After the columns got other widths. */
  fit() {
    for (const slot of Object.values(this.slots)) slot.fit();
  }

  /** @param {TickerState} state @param {string} [why] and until when, where it has to wait */
  setState(state, why = '') {
    if (state === this.#state && why === this.#why) return;
    this.#state = state;
    this.#why = why;
    mark(this.element, 'state', state);
    const word = why ? MARKS[state] : ROW_MARKS[state];
    if (this.#mark.textContent !== word) this.#mark.textContent = word;
    this.#mark.title = this.#said;
    this.#describe();
  }

  get #said() {
    const said = SAID[this.#state ?? 'live'];
    return this.#why ? `${said}: ${this.#why}` : said;
  }

  #describe() {
    const words = this.#said || format.AGES[this.#faded];
    if (words) this.element.setAttribute('aria-description', words);
    else this.element.removeAttribute('aria-description');
  }

  /**
   * @param {Instrument} instrument
   * @param {boolean} flash whether changes may be shown by motion
   */
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

  /**
   * The colour follows the sign that is shown: a value that is rounded to 0 has no colour.
   * @param {Slot} slot
   * @param {string} text
   */
  #signed(slot, text) {
    slot.put(text);
    mark(slot.element, 'sign', String(format.signOf(text)));
  }

  /**
   * @param {Slot} slot @param {number | undefined} before @param {number | undefined} now @param
   * {number} decimals
   * @param {boolean} flash @param {boolean} arrow
   */
  #price(slot, before, now, decimals, flash, arrow) {
    slot.put(format.price(now, decimals));
    const way = format.direction(before, now);
    if (way === 0) return now;
    if (arrow) mark(this.lastCell, 'way', String(way));
    if (flash) this.#flashes.light(slot.element, way);
    return now;
  }

  /**
   * How old the price is: in figures, by a colour in steps, and in words.
   * @param {number | undefined} ageMs
   */
  renderAge(ageMs) {
    this.slots.age.put(format.age(ageMs));
    const faded = format.fading(ageMs);
    if (faded === this.#faded) return;
    this.#faded = faded;
    mark(this.element, 'faded', String(faded));
    this.#ageCell.title = format.AGES[faded];
    this.#describe();
  }

  /**
   * Whether the line needs drawing; it also moves on, slowly, while the price does not change.
   * @param {Instrument} instrument
   * @param {number} second
   */
  wantsLine(instrument, second) {
    const version = instrument.version * 1e6 + (Math.floor(second / 5) % 1e6);
    if (instrument.times.length === 0 || version === this.#drawn) return false;
    this.#drawn = version;
    return true;
  }
}
