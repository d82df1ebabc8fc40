// Sorting by a column. Pure. Rows without a value come last in both directions; equal rows keep the
// list's own order.

/** @typedef {'ticker' | 'last' | 'change' | 'percent' | 'bid' | 'ask' | 'spread' | 'age'} Column */
/** @typedef {{ column: Column, way: 1 | -1 }} Sorting */
/** @typedef {import('./instrument.js').Instrument} Instrument */

/** @type {Record<Column, (instrument: Instrument) => string | number | undefined>} */
const VALUES = {
  ticker: (instrument) => instrument.ticker,
  last: (instrument) => instrument.quote?.p,
  change: (instrument) => instrument.change,
  percent: (instrument) => instrument.changePercent,
  bid: (instrument) => instrument.quote?.b,
  ask: (instrument) => instrument.quote?.a,
  spread: (instrument) => instrument.spread,
  age: (instrument) => (instrument.quote === undefined ? undefined : -instrument.quote.t),
};

/**
 * @param {string[]} tickers
 * @param {(ticker: string) => Instrument | undefined} find
 * @param {Sorting} sorting
 */
export function sorted(tickers, find, { column, way }) {
  const valued = tickers.map((ticker) => {
    const instrument = find(ticker);
    return { ticker, value: instrument && VALUES[column](instrument) };
  });
  valued.sort((a, b) => {
    if (a.value === b.value) return 0;
    if (a.value === undefined) return 1;
    if (b.value === undefined) return -1;
    return a.value < b.value ? -way : way;
  });
  return valued.map((one) => one.ticker);
}

/** A column's next state: names begin at A, figures at the largest, and the third time the list's
 * own order is back.
 * @param {Sorting | undefined} now @param {Column} column @returns {Sorting | undefined} */
export function nextSorting(now, column) {
  const first = column === 'ticker' || column === 'age' ? 1 : -1;
  if (now?.column !== column) return { column, way: first };
  return now.way === first ? { column, way: /** @type {1 | -1} */ (-first) } : undefined;
}
