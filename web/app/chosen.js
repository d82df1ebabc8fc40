// The chosen ticker's figures above its chart, and its price in the window's title.
import * as format from './format.js';
import { MARKS } from './words.js';

/** @typedef {import('./instrument.js').Instrument} Instrument */
/** @typedef {import('./pool.js').TickerState} TickerState */

const at = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {HTMLElement} element @param {string} text whether it changed */
function put(element, text) {
  if (element.textContent === text) return false;
  element.textContent = text;
  return true;
}

export class Chosen {
  #panel = /** @type {HTMLElement} */ (document.querySelector('.chart-panel'));
  #mark = at('chosen-mark');
  #changes = /** @type {HTMLElement[]} */ ([...at('chosen-change').children]);
  /** @type {string | undefined} */ #ticker;
  /** @type {Map<HTMLElement, number>} characters of the longest text of this ticker */ #longest =
    new Map();
  #fields = {
    ticker: at('chosen-ticker'),
    last: at('chosen-last'),
    bid: at('chosen-bid'),
    ask: at('chosen-ask'),
    spread: at('chosen-spread'),
    low: at('chosen-low'),
    high: at('chosen-high'),
    size: at('chosen-size'),
  };

  /** @param {Instrument | undefined} instrument @param {TickerState} state */
  render(instrument, state) {
    const { decimals = 2, quote } = instrument ?? {};
    const fields = this.#fields;
    const withSize = (
      /** @type {number | undefined} */ price,
      /** @type {number | undefined} */ size,
    ) =>
      price === undefined ? format.NONE : `${format.price(price, decimals)} × ${format.size(size)}`;
    if (this.#ticker !== instrument?.ticker) this.#longest.clear();
    this.#ticker = instrument?.ticker;
    put(fields.ticker, instrument?.ticker ?? '\u00a0');
    this.#figure(fields.last, format.price(quote?.p, decimals));
    this.#figure(fields.bid, withSize(quote?.b, quote?.bz));
    this.#figure(fields.ask, withSize(quote?.a, quote?.az));
    this.#figure(fields.spread, format.price(instrument?.spread, decimals));
    this.#figure(fields.low, format.price(instrument?.low, decimals));
    this.#figure(fields.high, format.price(instrument?.high, decimals));
    this.#figure(fields.size, format.size(quote?.z));
    const change = instrument?.change;
    const sign = format.signOf(format.signed(change, decimals));
    const arrow = sign === 0 ? '' : sign > 0 ? '▲ ' : '▼ ';
    const words = [
      `${arrow}${format.signed(change, decimals)} `,
      `(${format.percent(instrument?.changePercent)})`,
    ];
    this.#changes.forEach((part, i) => {
      put(part, change === undefined ? '' : words[i]);
      part.dataset.sign = String(sign);
    });
    const word = instrument ? MARKS[state] : '';
    put(this.#mark, word);
    this.#mark.hidden = word === '';
    this.#panel.classList.toggle('old', word !== '');
  }

  /**
   * The style sheet gives it room, and the largest of them a size of type, by the characters of the
   * longest text so far: so nothing moves as digits come and go. @param {HTMLElement} element
   * @param {string} text
   */
  #figure(element, text) {
    if (!put(element, text) && this.#longest.has(element)) return;
    const longest = Math.max(this.#longest.get(element) ?? 0, text.length);
    if (longest === this.#longest.get(element)) return;
    this.#longest.set(element, longest);
    element.style.setProperty('--characters', String(longest));
  }

  /** @param {Instrument | undefined} instrument @param {TickerState} state */
  title(instrument, state) {
    if (!instrument?.quote) document.title = 'Tickcast';
    else if (state !== 'live') document.title = `(${MARKS[state]}) ${instrument.ticker} · Tickcast`;
    else {
      const price = format.price(instrument.quote.p, instrument.decimals);
      const change = format.percent(instrument.changePercent);
      document.title = `${instrument.ticker} ${price} ${change} · Tickcast`;
    }
  }
}
