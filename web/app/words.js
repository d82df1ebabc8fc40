// Words that stand in more than one place.

/** @typedef {import('./pool.js').TickerState} TickerState */

/** Beside a ticker, and in the window's title. @type {Record<TickerState, string>} */
export const MARKS = {
  live: '',
  waiting: 'waiting',
  stale: 'stale',
  offline: 'offline',
  refused: 'refused',
  unserved: 'no line',
};

/**
 * The widest of them. Pure. @param {string[]} texts @param {(text: string) => number} widthOf
 */
export function widest(texts, widthOf) {
  const widths = texts.map(widthOf);
  return texts[widths.indexOf(Math.max(...widths))];
}
