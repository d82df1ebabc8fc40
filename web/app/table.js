// The watchlist on screen: a row for each ticker in the list's order or a column's, only those in
// sight kept up to date.
import { Columns } from './columns.js';
import { Flashes } from './flashes.js';
import { nextSorting, sorted } from './order.js';
import { Row } from './row.js';
import { drawSparkline } from './sparkline.js';

/** @typedef {import('./instrument.js').Instrument} Instrument */
/** @typedef {import('./watchlist.js').Watchlist} Watchlist */
/** @typedef {import('./order.js').Column} Column */

const RESORT_SECONDS = 3; // so that rows of a sorted list don't jump about
// after which a column gets narrower again, where its widest figure is gone
const RECOUNT_SECONDS = 60;
const MARGIN_PX = 120; // rows so near count as in sight

export class Table {
  /** @type {Map<string, Row>} */ #rows = new Map();
  /** @type {Set<Row>} */ #inSight = new Set();
  /** @type {Set<Row>} rows that changed out of sight */ #behind = new Set();
  /** @type {import('./order.js').Sorting | undefined} */ #sorting;
  #calm = matchMedia('(prefers-reduced-motion: reduce)');
  #flashes = new Flashes();
  #rowPx = 30;
  #gridPx = 0;
  #seconds = 0;
  #list;
  #find;
  #stateOf;
  #whyOf;
  #ageOf;
  #now;
  #columns;

  /**
   * @param {{ list: Watchlist, find: (ticker: string) => Instrument,
   *   stateOf: (ticker: string) => import('./pool.js').TickerState,
   *   whyOf: (ticker: string) => string,
   *   ageOf: (instrument: Instrument) => number | undefined, now: () => number }} parts
   * `whyOf`: why it has to wait and until when, or nothing; `now`: the server's clock, ms
   */
  constructor({ list, find, stateOf, whyOf, ageOf, now }) {
    this.#list = list;
    this.#find = find;
    this.#stateOf = stateOf;
    this.#whyOf = whyOf;
    this.#ageOf = ageOf;
    this.#now = now;
    this.grid = /** @type {HTMLElement} */ (document.getElementById('grid'));
    this.body = /** @type {HTMLElement} */ (document.getElementById('rows'));
    this.template = /** @type {HTMLTemplateElement} */ (document.getElementById('row-template'));
    this.heads = /** @type {HTMLButtonElement[]} */ ([
      ...this.grid.querySelectorAll('[data-sort]'),
    ]);
    this.#columns = new Columns(this.template, this.heads, () => {
      for (const row of this.#rows.values()) row.fit();
    });
    this.grid.addEventListener('scroll', () => this.#look(), { passive: true });
    new ResizeObserver(() => this.#measure()).observe(this.grid);
    new ResizeObserver(() => this.#measure()).observe(this.body);
    for (const head of this.heads) {
      head.addEventListener('click', () =>
        this.sortBy(nextSorting(this.#sorting, /** @type {Column} */ (head.dataset.sort))),
      );
    }
    list.onChange((change) => this.#listChanged(change));
  }

  /** @returns {HTMLElement[]} */
  get elements() {
    return /** @type {HTMLElement[]} */ ([...this.body.children]);
  }
  get isSorted() {
    return this.#sorting !== undefined;
  }

  /** @param {string} ticker */
  elementOf(ticker) {
    return this.#rows.get(ticker)?.element;
  }

  /** The order on screen, which a column may have made. */
  get order() {
    return this.elements.map((element) => /** @type {string} */ (element.dataset.ticker));
  }

  /** @param {Set<string>} changed tickers with a new price since the last frame */
  draw(changed) {
    const flash = !this.#calm.matches && !document.hidden;
    for (const ticker of changed) {
      const row = this.#rows.get(ticker);
      if (!row) continue;
      if (this.#inSight.has(row)) this.#render(row, flash);
      else this.#behind.add(row);
    }
    this.#columns.settle();
  }

  /** @param {Row} row @param {boolean} flash */
  #render(row, flash) {
    const instrument = this.#find(row.ticker);
    this.#behind.delete(row);
    row.render(instrument, flash);
    row.renderAge(this.#ageOf(instrument));
  }

  /** Once per second: ages and lines. */
  second() {
    this.#seconds += 1;
    if (
      this.#sorting &&
      this.#seconds % RESORT_SECONDS === 0 &&
      !this.body.querySelector('.dragged')
    )
      this.#arrange();
    if (this.#seconds % RECOUNT_SECONDS === 0) this.#recount();
    const now = Math.floor(this.#now() / 1000);
    for (const row of this.#inSight) {
      const instrument = this.#find(row.ticker);
      row.renderAge(this.#ageOf(instrument));
      this.#setState(row); // its countdown goes on
      if (row.wantsLine(instrument, now)) drawSparkline(row.line, instrument, now);
    }
    this.#columns.settle();
  }

  states() {
    for (const row of this.#rows.values()) this.#setState(row);
  }

  /** @param {Row} row */
  #setState(row) {
    row.setState(this.#stateOf(row.ticker), this.#whyOf(row.ticker));
  }

  /** Columns get as wide as their present texts. */
  #recount() {
    this.#columns.forget();
    for (const row of this.#rows.values()) row.fit();
    this.#columns.settle();
  }

  /** @param {import('./order.js').Sorting | undefined} sorting */
  sortBy(sorting) {
    this.#sorting = sorting;
    for (const head of this.heads) {
      const mine = sorting?.column === head.dataset.sort;
      head.parentElement?.setAttribute(
        'aria-sort',
        !mine ? 'none' : sorting?.way === 1 ? 'ascending' : 'descending',
      );
    }
    this.#arrange();
  }

  /** The order on screen becomes the list's own, so that a row can be moved in it. */
  keepOrder() {
    if (!this.#sorting) return;
    this.#list.arrange(this.order);
    this.sortBy(undefined);
  }

  #arrange() {
    const wanted = this.#sorting
      ? sorted(this.#list.tickers, this.#find, this.#sorting)
      : this.#list.tickers;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    let at = this.body.firstElementChild;
    for (const ticker of wanted) {
      const element = this.elementOf(ticker);
      if (!element) continue;
      if (element === at) at = at.nextElementSibling;
      else this.body.insertBefore(element, at);
    }
    // A row that is moved loses the focus.
    if (focused && focused !== document.activeElement && this.body.contains(focused))
      focused.focus({ preventScroll: true });
    this.#look();
  }

  /** @param {import('./watchlist.js').Change} change */
  #listChanged({ kind, tickers }) {
    if (kind === 'choose') {
      this.#choose();
      return;
    }
    if (kind === 'remove') for (const ticker of tickers) this.#drop(ticker);
    if (kind === 'replace') {
      for (const ticker of [...this.#rows.keys()]) if (!this.#list.has(ticker)) this.#drop(ticker);
      this.#make(this.#list.tickers);
    }
    if (kind === 'add') this.#make(tickers);
    this.#arrange();
    this.#choose();
    const rows = this.#list.size;
    this.grid.setAttribute('aria-rowcount', String(rows + 1));
    /** @type {HTMLElement} */ (document.getElementById('empty')).hidden = rows > 0;
    this.grid.hidden = rows === 0;
    if (kind === 'add') this.#columns.settle();
    else this.#recount();
    this.#measure();
  }

  /** @param {string[]} tickers */
  #make(tickers) {
    const fresh = document.createDocumentFragment();
    for (const ticker of tickers) {
      if (this.#rows.has(ticker)) continue;
      const row = new Row(this.template, ticker, this.#columns, this.#flashes);
      this.#rows.set(ticker, row);
      this.#setState(row);
      this.#behind.add(row);
      fresh.append(row.element);
    }
    this.body.append(fresh);
  }

  /** @param {string} ticker */
  #drop(ticker) {
    const row = this.#rows.get(ticker);
    if (!row) return;
    this.#inSight.delete(row);
    this.#behind.delete(row);
    this.#rows.delete(ticker);
    row.element.remove();
  }

  #choose() {
    const { chosen } = this.#list;
    for (const [ticker, row] of this.#rows) {
      const now = String(ticker === chosen);
      if (row.element.getAttribute('aria-selected') !== now)
        row.element.setAttribute('aria-selected', now);
    }
    if (!this.body.querySelector('[tabindex="0"]')) {
      const first = (chosen !== undefined && this.elementOf(chosen)) || this.body.firstElementChild;
      first?.setAttribute('tabindex', '0');
    }
  }

  #measure() {
    this.#gridPx = this.grid.clientHeight;
    this.#rowPx = this.elements[0]?.offsetHeight || this.#rowPx;
    this.#look();
  }

  /**
   * Which rows are in sight. All have one height, so that this takes a division and not an
   * observer, which would look at all of them in each frame.
   */
  #look() {
    const top = this.grid.scrollTop;
    const rows = this.body.children;
    const first = Math.max(0, Math.floor((top - MARGIN_PX) / this.#rowPx));
    const last = Math.min(rows.length, Math.ceil((top + this.#gridPx + MARGIN_PX) / this.#rowPx));
    const now = Math.floor(this.#now() / 1000);
    const before = this.#inSight;
    this.#inSight = new Set();
    for (let i = first; i < last; i += 1) {
      const row = this.#rows.get(/** @type {HTMLElement} */ (rows[i]).dataset.ticker ?? '');
      if (!row) continue;
      this.#inSight.add(row);
      if (before.has(row)) continue;
      const instrument = this.#find(row.ticker);
      if (this.#behind.has(row)) this.#render(row, false);
      else row.renderAge(this.#ageOf(instrument));
      if (row.wantsLine(instrument, now)) drawSparkline(row.line, instrument, now);
    }
    this.#columns.settle();
  }
}
