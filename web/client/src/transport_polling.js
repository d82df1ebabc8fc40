// No stream: newest quotes, asked for again and again (GET /v1/quotes). For where a proxy lets
// nothing else through.
// It gives the messages that a stream would.

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
 * @returns {Connection}
 */
export function openPolling({ ask, wanted, sessionId, random }, onMessage) {
    const controller = new AbortController();
    /** @type {(end: End) => void} */
    let settle = () => {};
    /** @type {Promise<End>} */
    const ended = new Promise((resolve) => {
        settle = resolve;
    });
    /** @type {Map<string, Tick | undefined>} what was told of each ticker */
    const told = new Map();
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
        let waitMs = pollWaitMs(wanted(), random());
        try {
            const { tickers } = wanted();
            const quotes = tickers.length === 0 ? [] : await ask(tickers, controller.signal);
            if (controller.signal.aborted) return;
            tell(tickers, quotes);
        } catch (error) {
            const refusal = /** @type {import('./session_api.js').Refusal} */ (error);
            if (refusal.httpStatus !== 429 || !isOpen) {
                finish({ code: 1006, refusal });
                return;
            }
            waitMs += refusal.retryAfterMs ?? leastWaitMs;
            askedUntil = performance.now() + waitMs;
            isPoked = false;
        }
        isBusy = false;
        timer = setTimeout(poll, isPoked ? 0 : waitMs);
    }

    /** @param {readonly string[]} tickers @param {Tick[]} quotes */
    function tell(tickers, quotes) {
        const held = new Set(tickers);
        for (const ticker of told.keys()) {
            if (!held.has(ticker)) told.delete(ticker);
        }
        const fresh = new Set(tickers.filter((ticker) => !told.has(ticker)));
        /** @type {Tick[]} */
        const ticks = [];
        for (const quote of quotes.filter(({ s }) => held.has(s))) {
            const before = told.get(quote.s);
            // A server that was started again counts from the start: of such a ticker all is new.
            if (before !== undefined && isRestart(before, quote)) fresh.add(quote.s);
            else if (before !== undefined && quote.n <= before.n) continue;
            else if (!fresh.has(quote.s)) ticks.push(quote);
            told.set(quote.s, quote);
        }
        if (!isOpen || fresh.size > 0) {
            const known = [...fresh]
                .map((ticker) => told.get(ticker))
                .filter((quote) => quote !== undefined);
            for (const ticker of fresh) told.set(ticker, told.get(ticker));
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

    // Not before the caller has this connection.
    queueMicrotask(poll);
    return {
        transport: 'polling',
        ended,
        get isOpen() {
            return isOpen;
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
