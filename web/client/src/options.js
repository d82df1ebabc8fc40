// Checks what connect() was given. The server judges the rest (a ticker's name, a limit).

/**
 * @typedef {object} Options
 * @property {URL} url
 * @property {readonly string[]} tickers
 * @property {number} throttleMs
 * @property {string | undefined} session
 * @property {'auto' | import('../index.js').Transport} transport
 * @property {number} silenceMs
 * @property {unknown} WebSocket
 * @property {typeof fetch} fetch
 * @property {import('../index.js').AbortSignalLike | undefined} signal
 * @property {import('../index.js').ConnectOptions['eventSlot']} eventSlot
 * @property {() => number} random
 */

/** The server sends a heartbeat every 15 s by default: this is two and a half, and a bit. */
const defaultSilenceMs = 40_000;

/**
 * @param {import('../index.js').ConnectOptions} given
 * @returns {Options}
 * @throws {TypeError}
 */
export function checked(given) {
  const {
    tickers = [],
    throttleMs = 0,
    session,
    transport = 'auto',
    silenceMs = defaultSilenceMs,
  } = given;
  if (!Array.isArray(tickers)) throw new TypeError('tickers: an array of strings is needed');
  if (tickers.length === 0 && session === undefined)
    throw new TypeError('tickers: at least one, or a session, is needed');
  if (typeof throttleMs !== 'number')
    throw new TypeError('throttleMs: a number of milliseconds is needed');
  if (typeof silenceMs !== 'number' || !(silenceMs > 0))
    throw new TypeError('silenceMs: a number over 0 is needed');
  if (!['auto', 'websocket', 'sse', 'polling'].includes(transport)) {
    throw new TypeError(`transport: auto, websocket, sse or polling is needed, not ${transport}`);
  }
  if (given.eventSlot !== undefined && typeof given.eventSlot !== 'function')
    throw new TypeError('eventSlot: a function is needed');
  return {
    url: baseUrl(given.url),
    tickers,
    throttleMs,
    session,
    transport,
    silenceMs,
    WebSocket: given.WebSocket,
    // A browser's fetch must be called as the window's own.
    fetch: given.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    signal: given.signal,
    eventSlot: given.eventSlot,
    random: given.random ?? Math.random,
  };
}

/** @param {string | { readonly href: string }} given */
function baseUrl(given) {
  const page = /** @type {{ location?: { href: string } }} */ (globalThis).location?.href;
  const text = typeof given === 'string' ? given : given?.href;
  if (text === undefined) throw new TypeError('url: the address of a server is needed');
  const url = new URL(text, page);
  if (/^wss?:$/.test(url.protocol)) url.href = url.href.replace(/^ws/, 'http');
  if (!/^https?:$/.test(url.protocol))
    throw new TypeError(`url: http or https is needed, not ${url.protocol}`);
  url.search = '';
  url.hash = '';
  return url;
}
