// The chosen ticker's figures above its chart, and its price in the window's title.
import * as format from './format.js';

/** @typedef {import('./instrument.js').Instrument} Instrument */
/** @typedef {import('./pool.js').TickerState} TickerState */

/** @type {Record<TickerState, string>} */
const MARKS = { live: '', waiting: 'waiting', stale: 'stale', offline: 'offline' };

const at = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {HTMLElement} element @param {string} text */
function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export class Chosen {
  #panel = /** @type {HTMLElement} */ (document.querySelector('.chart-panel'));
  #mark = at('chosen-mark');
  #change = at('chosen-change');
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
    put(fields.ticker, instrument?.ticker ?? '\u00a0');
    put(fields.last, format.price(quote?.p, decimals));
    put(fields.bid, withSize(quote?.b, quote?.bz));
    put(fields.ask, withSize(quote?.a, quote?.az));
    put(fields.spread, format.price(instrument?.spread, decimals));
    put(fields.low, format.price(instrument?.low, decimals));
    put(fields.high, format.price(instrument?.high, decimals));
    put(fields.size, format.size(quote?.z));
    const change = instrument?.change;
    const sign = format.signOf(format.signed(change, decimals));
    const arrow = sign === 0 ? '' : sign > 0 ? '▲ ' : '▼ ';
    put(
      this.#change,
      change === undefined
        ? ''
        : `${arrow}${format.signed(change, decimals)} (${format.percent(instrument?.changePercent)})`,
    );
    this.#change.dataset.sign = String(sign);
    const word = instrument ? MARKS[state] : '';
    put(this.#mark, word);
    this.#mark.hidden = word === '';
    this.#panel.classList.toggle('old', word !== '');
  }

  /** @param {Instrument | undefined} instrument @param {TickerState} state */
  title(instrument, state) {
    if (!instrument?.quote) document.title = 'Tickcast';
    else if (state !== 'live') document.title = `(${state}) ${instrument.ticker} · Tickcast`;
    else
      document.title = `${instrument.ticker} ${format.price(instrument.quote.p, instrument.decimals)} ${format.percent(instrument.changePercent)} · Tickcast`;
  }
}
