// Numbers and times as the page shows them. Pure: no document, no clock of its own.

const MINUS = '\u2212'; // as wide as '+', so that signed columns stay aligned
export const NONE = '\u2013';

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/** @param {number} decimals @param {boolean} grouped */
function formatOf(decimals, grouped) {
  const key = `${decimals}${grouped}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.NumberFormat('en-US', {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      useGrouping: grouped,
    });
    formats.set(key, found);
  }
  return found;
}

/** @param {string} text */
const withMinus = (text) => text.replace('-', MINUS);

/**
 * The decimals a number is written with, at most 8 (the server's fixed point).
 * @param {number} value
 */
export function decimalsOf(value) {
  const text = Number.isInteger(value) ? '' : value.toFixed(8).replace(/0+$/, '');
  return text === '' ? 0 : text.length - text.indexOf('.') - 1;
}

/** @param {number | undefined} value @param {number} decimals */
export function price(value, decimals) {
  return value === undefined ? NONE : withMinus(formatOf(decimals, true).format(value));
}

/** @param {number | undefined} value */
export function size(value) {
  return value === undefined ? NONE : formatOf(decimalsOf(value), true).format(value);
}

/** With its sign; nothing is "+0.00". @param {number | undefined} value @param {number} decimals */
export function signed(value, decimals) {
  if (value === undefined) return NONE;
  const text = formatOf(decimals, true).format(Math.abs(value));
  if (!/[1-9]/.test(text)) return text;
  return (value > 0 ? '+' : MINUS) + text;
}

/**
 * The change of `value` since `open` in percent. Undefined where there is none: an open of 0, or below it, has no percentage.
 * @param {number | undefined} value @param {number | undefined} open
 */
export function percentChange(value, open) {
  return value === undefined || open === undefined || open <= 0
    ? undefined
    : ((value - open) / open) * 100;
}

/** @param {number | undefined} value */
export function percent(value) {
  return value === undefined ? NONE : `${signed(value, 2)}%`;
}

/** Up is 1, down -1; 0 is neither, as before a first price. @param {number | undefined} before @param {number | undefined} after */
export function direction(before, after) {
  return before === undefined || after === undefined ? 0 : Math.sign(after - before);
}

/** @param {number | undefined} ms */
export function age(ms) {
  if (ms === undefined) return NONE;
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 1) return 'now';
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 86400 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86400)}d`;
}

/** A latency: one decimal below 10 ms, seconds from 1 s. @param {number | undefined} ms */
export function milliseconds(ms) {
  if (ms === undefined || !Number.isFinite(ms)) return NONE;
  if (Math.abs(ms) >= 1000) return `${withMinus((ms / 1000).toFixed(1))} s`;
  return `${withMinus(Math.abs(ms) < 10 ? ms.toFixed(1) : ms.toFixed(0))} ms`;
}

/** @param {number} value */
export function count(value) {
  return formatOf(0, true).format(Math.round(value));
}

/** @param {number} number @param {string} one @param {string} [many] */
export function plural(number, one, many = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** The sign that a text of `signed` or `percent` shows: 1, -1, or 0 for none. @param {string} text */
export function signOf(text) {
  return text.startsWith('+') ? 1 : text.startsWith(MINUS) ? -1 : 0;
}
