// The list of tickers: which, in what order, and which one the chart shows. Knows nothing of the
// document or of prices.

const MOST_CHARACTERS = 32;
const SIGNS = '.-^=/:_&+#@';
const WELL_FORMED = new RegExp(`^[A-Z0-9${SIGNS.replace(/./g, '\\$&')}]{1,${MOST_CHARACTERS}}$`);
export const TICKER_FORM = `1 to ${MOST_CHARACTERS} of A-Z 0-9 ${[...SIGNS].join(' ')}`;

/** Tickers are upper case, as the server folds them. @param {string} text */
function normalise(text) {
  return text.trim().toUpperCase();
}

/** @param {string} ticker */
export function isWellFormed(ticker) {
  return WELL_FORMED.test(ticker);
}

/**
 * The tickers of a typed or pasted text, e.g. "aapl, msft nvda": duplicates collapse, order is
 * kept.
 * @param {string} text
 */
export function splitTickers(text) {
  return [
    ...new Set(
      text
        .split(/[\s,;]+/)
        .map(normalise)
        .filter(Boolean),
    ),
  ];
}

/**
 * @typedef {{ kind: 'add' | 'remove' | 'move' | 'choose' | 'replace', tickers: string[], index?:
 * number }} Change
 */

export class Watchlist {
  /** @type {string[]} */ #tickers = [];
  /** @type {string | undefined} */ #chosen;
  /** @type {Set<(change: Change) => void>} */ #listeners = new Set();

  get tickers() {
    return this.#tickers;
  }
  get chosen() {
    return this.#chosen;
  }
  get size() {
    return this.#tickers.length;
  }

  /** @param {(change: Change) => void} listener */
  onChange(listener) {
    this.#listeners.add(listener);
  }

  /** @param {string} ticker */
  has(ticker) {
    return this.#tickers.includes(ticker);
  }

  /** @param {string[]} tickers @param {string} [chosen] */
  replace(tickers, chosen) {
    this.#tickers = [...new Set(tickers)];
    this.#chosen = chosen !== undefined && this.has(chosen) ? chosen : this.#tickers[0];
    this.#emit({ kind: 'replace', tickers: this.#tickers });
  }

  /**
   * Adds at the end, or at `index`; returns those that were not there.
   * @param {string[]} tickers
   * @param {number} [index]
   */
  add(tickers, index = this.#tickers.length) {
    const added = [...new Set(tickers)].filter((ticker) => !this.has(ticker));
    if (added.length === 0) return added;
    this.#tickers.splice(index, 0, ...added);
    this.#emit({ kind: 'add', tickers: added, index });
    if (this.#chosen === undefined) this.choose(added[0]);
    return added;
  }

  /** Where it stood, or -1. @param {string} ticker */
  remove(ticker) {
    const index = this.#tickers.indexOf(ticker);
    if (index < 0) return index;
    this.#tickers.splice(index, 1);
    this.#emit({ kind: 'remove', tickers: [ticker], index });
    if (this.#chosen === ticker)
      this.choose(this.#tickers[Math.min(index, this.#tickers.length - 1)]);
    return index;
  }

  /**
   * Puts a ticker at `index`, held within the list; returns where it went.
   * @param {string} ticker
   * @param {number} index
   */
  move(ticker, index) {
    const from = this.#tickers.indexOf(ticker);
    const to = Math.max(0, Math.min(index, this.#tickers.length - 1));
    if (from < 0 || from === to) return from;
    this.#tickers.splice(from, 1);
    this.#tickers.splice(to, 0, ticker);
    this.#emit({ kind: 'move', tickers: [ticker], index: to });
    return to;
  }

  /**
   * Takes over an order of the same tickers, e.g. that of a sorted column.
   * @param {string[]} order
   */
  arrange(order) {
    if (order.length === this.size && order.every((ticker) => this.has(ticker)))
      this.#tickers = [...order];
  }

  /** @param {string | undefined} ticker */
  choose(ticker) {
    if (ticker === this.#chosen || (ticker !== undefined && !this.has(ticker))) return;
    this.#chosen = ticker;
    this.#emit({ kind: 'choose', tickers: ticker === undefined ? [] : [ticker] });
  }

  /** @param {Change} change */
  #emit(change) {
    for (const listener of this.#listeners) listener(change);
  }
}
