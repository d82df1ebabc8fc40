// No stream: newest quotes, asked for again and again (GET /v1/quotes). Used where a proxy lets
// nothing else through. It gives the messages that a stream would.

/** @typedef {import('./transport_websocket.js').Connection} Connection */
/** @typedef {import('./transport_websocket.js').End} End */
/** @typedef {import('../index.js').Tick} Tick */

/** Between two requests: chance spreads those of several clients. */
const leastWaitMs = 1_000;
const waitSpreadMs = 500;

/**
 * @typedef {object} Source
 * @property {(tickers: readonly string[], signal: AbortSignal) => Promise<Tick[]>} ask
 * @property {() => { tickers: readonly string[], throttleMs: number }} wanted
 * @property {() => string} sessionId
 * @property {() => number} random
 */

/** @param {{ throttleMs: number }} wanted @param {number} chance 0 to 1 */
export function pollWaitMs({ throttleMs }, chance) {
  return Math.max(throttleMs, leastWaitMs + chance * waitSpreadMs);
}

/**
 * @param {Source} source
 * @param {(message: object) => void} onMessage
 * @param {() => void} [onAsk] with each poll: its answer is the next sign of life
 * @returns {Connection}
 */
export function openPolling({ ask, wanted, sessionId, random }, onMessage, onAsk = () => {}) {
  const controller = new AbortController();
  /** @type {(end: End) => void} */
  let settle = () => {};
  /** @type {Promise<End>} */
  const ended = new Promise((resolve) => {
    settle = resolve;
  });
  /** @type {Map<string, Tick | undefined>} the quote of each ticker that was given last */
  const given = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let isBusy = true;
  let isPoked = false;
  /** The server asked not to be asked before then. */
  let askedUntil = 0;
  let isOpen = false;

  /** @param {End} end */
  function finish(end) {
    clearTimeout(timer);
    controller.abort();
    settle(end);
  }

  async function poll() {
    if (controller.signal.aborted) return;
    isBusy = true;
    isPoked = false;
    onAsk();
    let waitMs = pollWaitMs(wanted(), random());
    try {
      const { tickers } = wanted();
      const quotes = tickers.length === 0 ? [] : await ask(tickers, controller.signal);
      if (controller.signal.aborted) return;
      give(tickers, quotes);
    } catch (error) {
      const refusal = /** @type {import('./session_api.js').Refusal} */ (error);
      if (refusal.httpStatus !== 429 || !isOpen) {
        finish({ code: 1006, refusal });
        return;
      }
      waitMs += refusal.retryAfterMs ?? leastWaitMs;
      askedUntil = performance.now() + waitMs;
      isPoked = false;
      onMessage({ type: 'polled' });
    }
    isBusy = false;
    timer = setTimeout(poll, isPoked ? 0 : waitMs);
  }

  /** @param {readonly string[]} tickers @param {Tick[]} quotes */
  function give(tickers, quotes) {
    const held = new Set(tickers);
    for (const ticker of given.keys()) {
      if (!held.has(ticker)) given.delete(ticker);
    }
    const fresh = new Set(tickers.filter((ticker) => !given.has(ticker)));
    /** @type {Tick[]} */
    const ticks = [];
    for (const quote of quotes.filter(({ s }) => held.has(s))) {
      const before = given.get(quote.s);
      // A server that was started again counts from the start: then a ticker's quote is new in any
      // case.
      if (before !== undefined && isRestart(before, quote)) fresh.add(quote.s);
      else if (before !== undefined && quote.n <= before.n) continue;
      else if (!fresh.has(quote.s)) ticks.push(quote);
      given.set(quote.s, quote);
    }
    if (!isOpen || fresh.size > 0) {
      const known = [...fresh]
        .map((ticker) => given.get(ticker))
        .filter((quote) => quote !== undefined);
      for (const ticker of fresh) given.set(ticker, given.get(ticker));
      onMessage({
        type: 'snapshot',
        session_id: sessionId(),
        epoch: '',
        tickers: [...fresh],
        quotes: known,
      });
    }
    isOpen = true;
    // A sign of life, where there is nothing new.
    onMessage(ticks.length > 0 ? { type: 'ticks', ticks } : { type: 'polled' });
  }

  // Only after the caller has this connection.
  queueMicrotask(poll);
  return {
    transport: 'polling',
    ended,
    get isOpen() {
      return isOpen;
    },
    get isAsking() {
      return isBusy;
    },
    get isToRest() {
      return performance.now() < askedUntil;
    },
    close: () => finish({ code: 1000 }),
    drop: () => finish({ code: 1006 }),
    poke() {
      if (performance.now() < askedUntil) return;
      isPoked = true;
      if (isBusy || controller.signal.aborted) return;
      clearTimeout(timer);
      void poll();
    },
  };
}

/**
 * `n` goes back with a new process only; an older answer of another node has an older `t` as well.
 * @param {Tick} before
 * @param {Tick} now
 */
function isRestart(before, now) {
  return now.n <= before.n && now.t > before.t;
}
