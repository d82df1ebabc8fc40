// The watchlist on screen: a row for each ticker in the list's order or a column's, only those in sight kept up to date.
import { nextSorting, sorted } from './order.js';
import { Row } from './row.js';
import { drawSparkline } from './sparkline.js';
import { colours } from './theme.js';

/** @typedef {import('./instrument.js').Instrument} Instrument */
/** @typedef {import('./watchlist.js').Watchlist} Watchlist */
/** @typedef {import('./order.js').Column} Column */

const RESORT_SECONDS = 3; // so that rows of a sorted list don't jump about

export class Table {
  /** @type {Map<string, Row>} */ #rows = new Map();
  /** @type {Set<Row>} */ #inSight = new Set();
  /** @type {Set<Row>} rows that changed out of sight */ #behind = new Set();
  /** @type {import('./order.js').Sorting | undefined} */ #sorting;
  #calm = matchMedia('(prefers-reduced-motion: reduce)');
  #colours = colours();
  #seconds = 0;
  #list;
  #find;
  #stateOf;
  #ageOf;
  #watcher;

  /**
   * @param {{ list: Watchlist, find: (ticker: string) => Instrument, stateOf: (ticker: string) => import('./pool.js').TickerState,
   *           ageOf: (instrument: Instrument) => number | undefined }} parts
   */
  constructor({ list, find, stateOf, ageOf }) {
    this.#list = list;
    this.#find = find;
    this.#stateOf = stateOf;
    this.#ageOf = ageOf;
    this.grid = /** @type {HTMLElement} */ (document.getElementById('grid'));
    this.body = /** @type {HTMLElement} */ (document.getElementById('rows'));
    this.template = /** @type {HTMLTemplateElement} */ (document.getElementById('row-template'));
    this.heads = /** @type {HTMLButtonElement[]} */ ([
      ...this.grid.querySelectorAll('[data-sort]'),
    ]);
    this.#watcher = new IntersectionObserver((entries) => this.#seen(entries), {
      root: this.grid,
      rootMargin: '120px',
    });
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
  }

  /** @param {Row} row @param {boolean} flash */
  #render(row, flash) {
    const instrument = this.#find(row.ticker);
    this.#behind.delete(row);
    row.render(instrument, flash);
    row.renderAge(this.#ageOf(instrument));
  }

  /** Once a second: how old, and the lines. */
  second() {
    this.#seconds += 1;
    if (
      this.#sorting &&
      this.#seconds % RESORT_SECONDS === 0 &&
      !this.body.querySelector('.dragged')
    )
      this.#arrange();
    const now = Math.floor(Date.now() / 1000);
    for (const row of this.#inSight) {
      const instrument = this.#find(row.ticker);
      row.renderAge(this.#ageOf(instrument));
      if (row.wantsLine(instrument, now)) {
        drawSparkline(
          row.canvas,
          instrument,
          now,
          this.#colours,
          this.#stateOf(row.ticker) === 'live',
        );
      }
    }
  }

  states() {
    for (const [ticker, row] of this.#rows) row.setState(this.#stateOf(ticker));
  }

  recolour() {
    this.#colours = colours();
    for (const row of this.#rows.values()) row.forgetLine();
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
    // A row that is put elsewhere loses the focus.
    if (focused && focused !== document.activeElement && this.body.contains(focused))
      focused.focus({ preventScroll: true });
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
  }

  /** @param {string[]} tickers */
  #make(tickers) {
    const fresh = document.createDocumentFragment();
    for (const ticker of tickers) {
      if (this.#rows.has(ticker)) continue;
      const row = new Row(this.template, ticker);
      this.#rows.set(ticker, row);
      row.setState(this.#stateOf(ticker));
      this.#behind.add(row);
      fresh.append(row.element);
      this.#watcher.observe(row.element);
    }
    this.body.append(fresh);
  }

  /** @param {string} ticker */
  #drop(ticker) {
    const row = this.#rows.get(ticker);
    if (!row) return;
    this.#watcher.unobserve(row.element);
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

  /** @param {IntersectionObserverEntry[]} entries */
  #seen(entries) {
    const now = Math.floor(Date.now() / 1000);
    for (const entry of entries) {
      const row = this.#rows.get(/** @type {HTMLElement} */ (entry.target).dataset.ticker ?? '');
      if (!row) continue;
      if (!entry.isIntersecting) {
        this.#inSight.delete(row);
        continue;
      }
      this.#inSight.add(row);
      if (this.#behind.has(row)) this.#render(row, false);
      const instrument = this.#find(row.ticker);
      if (row.wantsLine(instrument, now)) {
        drawSparkline(
          row.canvas,
          instrument,
          now,
          this.#colours,
          this.#stateOf(row.ticker) === 'live',
        );
      }
    }
  }
}
