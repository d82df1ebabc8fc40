// A list outside the page: in a link's fragment, which no server ever sees, and in this browser's
// storage.
import { isWellFormed, splitTickers } from './watchlist.js';

/** @typedef {{ tickers: string[], chosen?: string, throttleMs?: number }} Saved */

const KEY = 'tickcast.watchlist';
const MOST_TICKERS = 2000;
const MOST_THROTTLE_MS = 60_000;

/** @param {unknown} value */
function throttleOf(value) {
  const ms = Number(value);
  return value !== null && value !== '' && Number.isInteger(ms) && ms >= 0 && ms <= MOST_THROTTLE_MS
    ? ms
    : undefined;
}

/**
 * Well-formed tickers of a fragment such as `#tickers=AAPL,MSFT&chart=MSFT&throttle=250`;
 * ill-formed ones are in `bad`. Undefined where it holds no list.
 * @param {string} hash
 * @returns {(Saved & { bad: string[] }) | undefined}
 */
export function readLink(hash) {
  // A bare plus is a plus, as in the server's queries, and not a blank.
  const fields = new URLSearchParams(hash.replace(/^#/, '').replaceAll('+', '%2B'));
  const list = fields.get('tickers');
  if (list === null) return undefined;
  const all = splitTickers(list).slice(0, MOST_TICKERS);
  const chosen = fields.get('chart')?.toUpperCase();
  return {
    tickers: all.filter(isWellFormed),
    bad: all.filter((ticker) => !isWellFormed(ticker)),
    ...(chosen ? { chosen } : {}),
    ...(throttleOf(fields.get('throttle')) !== undefined
      ? { throttleMs: throttleOf(fields.get('throttle')) }
      : {}),
  };
}

/** @param {Saved} saved */
export function writeLink({ tickers, chosen, throttleMs }) {
  // Colons, slashes and @ can stand in a fragment as they are; escaping them would make a long list
  // three times as long.
  const plain = (/** @type {string} */ text) =>
    encodeURIComponent(text).replace(/%3A/g, ':').replace(/%2F/g, '/').replace(/%40/g, '@');
  let hash = `#tickers=${tickers.map(plain).join(',')}`;
  if (chosen) hash += `&chart=${plain(chosen)}`;
  if (throttleMs) hash += `&throttle=${throttleMs}`;
  return hash;
}

/**
 * The list that this browser kept; undefined if there is none, or none that can be read.
 * @param {Storage} storage
 * @returns {Saved | undefined}
 */
export function load(storage) {
  try {
    const kept = JSON.parse(storage.getItem(KEY) ?? 'null');
    if (!kept || !Array.isArray(kept.tickers)) return undefined;
    return {
      tickers: kept.tickers.filter(
        (/** @type {unknown} */ ticker) => typeof ticker === 'string' && isWellFormed(ticker),
      ),
      chosen: typeof kept.chosen === 'string' ? kept.chosen : undefined,
      throttleMs: throttleOf(kept.throttleMs ?? null),
    };
  } catch {
    return undefined;
  }
}

/**
 * False where the browser refuses, as in a private window that is out of quota.
 * @param {Storage} storage
 * @param {Saved} saved
 */
export function save(storage, saved) {
  try {
    storage.setItem(KEY, JSON.stringify(saved));
    return true;
  } catch {
    return false;
  }
}
