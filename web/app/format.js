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

const SURE_DIGITS = 15; // that a double holds of any decimal number

/**
 * The decimals a number is written with, at most 8 (the server's fixed point). A long number gets
 * the decimals that distinguish it from its neighbours: a double's further digits were never sent.
 * @param {number} value
 */
export function decimalsOf(value) {
  if (Number.isInteger(value)) return 0;
  let text = value.toFixed(8).replace(/0+$/, '');
  if (text.length > SURE_DIGITS) text = Math.abs(value) < 1 ? text : String(value);
  return Math.min(8, text.length - text.indexOf('.') - 1);
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
 * The change of `value` since `open` in percent. Undefined where there is none: an open of 0, or
 * below it, has no percentage.
 * @param {number | undefined} value @param {number | undefined} open
 */
export function percentChange(value, open) {
  return value === undefined || open === undefined || open <= 0
    ? undefined
    : ((value - open) / open) * 100;
}

const PLAIN_PERCENT = 1e6;

/**
 * A change by more than ten thousand times is a number to compare, not to read.
 * @param {number | undefined} value
 */
export function percent(value) {
  if (value === undefined) return NONE;
  if (Math.abs(value) < PLAIN_PERCENT) return `${signed(value, 2)}%`;
  return `${value > 0 ? '+' : MINUS}${Math.abs(value).toExponential(2).replace('e+', 'e')}%`;
}

/**
 * Up is 1, down -1; 0 is neither, as before a first price.
 * @param {number | undefined} before
 * @param {number | undefined} after
 */
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

/** From which age a price is shown as the older, in three steps, while others may still move. */
const FADING_MS = [10_000, 30_000, 60_000];
/** The words for a price in each step. */
export const AGES = [
  '',
  'no new price for 10 seconds',
  'no new price for half a minute',
  'no new price for a minute or more',
];

/** The step, 0 for a fresh price, or none at all. @param {number | undefined} ms */
export function fading(ms) {
  return ms === undefined ? 0 : FADING_MS.filter((from) => ms >= from).length;
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

/**
 * The sign that a text of `signed` or `percent` shows: 1, -1, or 0 for none.
 * @param {string} text
 */
export function signOf(text) {
  return text.startsWith('+') ? 1 : text.startsWith(MINUS) ? -1 : 0;
}
