// Which tickers to suggest for what was typed. Pure.

/**
 * The exact one first, then those that begin with it, the shorter first, then those that contain
 * it.
 * @param {string[]} known sorted
 * @param {string} typed upper case
 * @param {number} most
 */
export function suggest(known, typed, most) {
  if (typed === '') return known.slice(0, most);
  const begins = [];
  const contains = [];
  for (const ticker of known) {
    const at = ticker.indexOf(typed);
    if (at === 0) begins.push(ticker);
    else if (at > 0) contains.push(ticker);
  }
  begins.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return [...begins, ...contains].slice(0, most);
}
