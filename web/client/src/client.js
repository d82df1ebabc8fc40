// What connect() gives: the state of one client, its events and its methods.

import { TickcastError } from './errors.js';
import { EventHub } from './event_hub.js';
import { LatencyMeter, RateMeter } from './latency.js';
import { Life } from './life.js';
import { NewestIterator } from './newest_iterator.js';
import { pause } from './pause.js';
import { QuoteBook } from './quote_book.js';
import { afterRefusal } from './rules.js';
import { ServerClock } from './server_clock.js';
import { SessionApi } from './session_api.js';
import { Wanted } from './wanted.js';

/** @typedef {import('./transport_websocket.js').Connection} Connection */

const pingEveryMs = 10_000;

export class Client extends EventTarget {
    #random;
    #ending = new AbortController();
    #api;
    #wanted;
    #life;
    #events = new EventHub(this);
    #book = new QuoteBook();
    #latency = new LatencyMeter();
    #rate = new RateMeter();
    #clock = new ServerClock();
    /** @type {Set<NewestIterator>} */
    #iterators = new Set();
    /** @type {import('../index.js').State} */
    #state = 'connecting';
    /** @type {import('../index.js').FeedState | undefined} */
    #feed;
    /** @type {Connection | undefined} the one whose snapshot came */
    #connection;
    #streams = 0;
    #settling = false;
    /** @type {{ id: number, sentMs: number, timer: ReturnType<typeof setInterval> | undefined }} */
    #ping = { id: 0, sentMs: 0, timer: undefined };
    /** @type {Promise<void>} settled when the client is closed */
    #finished;
    /** @type {TickcastError | undefined} why the client closed by itself */
    #error;

    /** @param {import('./options.js').Options} options */
    constructor(options) {
        super();
        this.#random = options.random;
        this.#api = new SessionApi(options.url, options.fetch, this.#ending.signal);
        this.#wanted = new Wanted(options.tickers, options.throttleMs);
        this.#life = new Life(options, this.#api, this.#wanted, this.#ending.signal, {
            onMessage: (message, connection) => this.#onMessage(message, connection),
            onLost: (verdict) => this.#onLost(verdict),
        });
        const close = () => void this.close();
        options.signal?.addEventListener('abort', close, { once: true });
        if (options.signal?.aborted) this.#ending.abort();
        // Not before the caller could add handlers.
        this.#finished = Promise.resolve()
            .then(() => this.#life.run())
            .then((error) => {
                options.signal?.removeEventListener('abort', close);
                this.#finish(error);
            });
    }

    get state() {
        return this.#state;
    }

    get feed() {
        return this.#feed;
    }

    get sessionId() {
        return this.#life.sessionId;
    }

    get transport() {
        return this.#life.carrier.current;
    }

    get tickers() {
        return [...this.#wanted.wish.tickers];
    }

    get throttleMs() {
        return this.#wanted.wish.throttleMs;
    }

    get quotes() {
        return this.#book.quotes;
    }

    get stats() {
        const nowMs = performance.now();
        return {
            received: this.#book.received,
            conflated: this.#book.conflated,
            frames: this.#book.frames,
            reconnects: Math.max(0, this.#streams - 1),
            latency: this.#latency.read(nowMs),
            updatesPerSecond: this.#rate.perSecond(nowMs),
        };
    }

    /** @param {string[]} tickers */
    add(...tickers) {
        return this.#change({ add: tickers });
    }

    /** @param {string[]} tickers */
    remove(...tickers) {
        return this.#change({ remove: tickers });
    }

    /** @param {number} ms */
    throttle(ms) {
        return this.#change({ throttleMs: ms });
    }

    async close({ deleteSession = false } = {}) {
        this.#ending.abort();
        await this.#finished;
        if (!deleteSession || this.sessionId === undefined) return;
        try {
            await this.#api.remove(this.sessionId);
        } catch (error) {
            if (/** @type {TickcastError} */ (error).status !== 404) throw error;
        }
    }

    /**
     * @param {string} type
     * @param {(detail: any) => void} handler
     */
    on(type, handler) {
        return this.#events.on(type, handler);
    }

    /**
     * @override
     * @param {string} type
     * @param {any} listener
     * @param {boolean | AddEventListenerOptions} [options]
     */
    addEventListener(type, listener, options) {
        this.#events.noteListener(type);
        super.addEventListener(type, listener, options);
    }

    [Symbol.asyncIterator]() {
        const isClosed = this.#state === 'closed';
        const known = isClosed ? [] : this.quotes.values();
        const iterator = new NewestIterator(known, (done) => this.#iterators.delete(done));
        if (isClosed) iterator.end(this.#error);
        else this.#iterators.add(iterator);
        return iterator;
    }

    /** @param {{ add?: string[], remove?: string[], throttleMs?: number }} change */
    #change(change) {
        if (this.#state === 'closed') return Promise.reject(new TickcastError('closed', 'the client is closed'));
        const done = this.#wanted.change(change);
        void this.#settle();
        return done;
    }

    /** Brings what is wanted to the server while a stream is live; if it is not, its snapshot calls this again. */
    async #settle() {
        if (this.#settling) return;
        this.#settling = true;
        for (let attempt = 0; this.#state === 'live' && this.#wanted.hasWaiting; ++attempt) {
            try {
                await this.#wanted.settle(
                    (body) => this.#api.change(/** @type {string} */ (this.sessionId), body),
                    (refusal) => afterRefusal(refusal.httpStatus, undefined, 0, this.#random).action === 'stay_away',
                );
            } catch (error) {
                const refusal = /** @type {import('./session_api.js').Refusal} */ (error);
                // A session that is gone has lost its stream, or is about to: the next one is asked.
                const status = refusal.httpStatus === 404 ? 0 : refusal.httpStatus;
                const { waitMs } = afterRefusal(status, refusal.retryAfterMs, attempt, this.#random);
                await pause(waitMs, this.#ending.signal);
            }
            this.#forgetUnwanted();
        }
        this.#settling = false;
    }

    /** @param {any} message @param {Connection} connection */
    #onMessage(message, connection) {
        switch (message.type) {
            case 'ticks':
                this.#onTicks(message.ticks);
                break;
            case 'snapshot':
                this.#onSnapshot(message, connection);
                break;
            case 'subscribed':
                this.#wanted.agree(message.tickers, message.throttle_ms);
                this.#forgetUnwanted();
                break;
            case 'heartbeat':
            case 'status':
                this.#setFeed(message.feed);
                break;
            case 'pong':
                if (message.id === this.#ping.id) this.#clock.addPong(this.#ping.sentMs, message.t, performance.now());
                break;
            case 'goodbye':
                this.#events.emit('goodbye', message);
                break;
            // Types that this client does not know are for newer ones.
        }
    }

    /** @param {import('../index.js').Tick[]} ticks */
    #onTicks(ticks) {
        const nowMs = performance.now();
        this.#book.applyTicks(ticks);
        this.#rate.add(ticks.length, nowMs);
        for (const tick of ticks) this.#latency.add(this.#clock.latencyMs(tick.t, nowMs), nowMs);
        this.#events.emit('ticks', ticks);
        this.#emitQuotes(ticks);
    }

    /** @param {import('../index.js').Snapshot} snapshot @param {Connection} connection */
    #onSnapshot(snapshot, connection) {
        this.#book.applySnapshot(snapshot);
        if (this.#connection !== connection) {
            this.#connection = connection;
            this.#streams += 1;
            this.#wanted.agree(snapshot.tickers, this.#wanted.agreed.throttleMs);
            this.#forgetUnwanted();
            this.#clock = new ServerClock();
            this.#startPings(connection);
            this.#setState({ state: 'live' });
            void this.#settle();
        }
        this.#setFeed(snapshot.feed);
        this.#events.emit('snapshot', snapshot);
        this.#emitQuotes(snapshot.quotes);
    }

    /** @param {readonly import('../index.js').Tick[]} quotes */
    #emitQuotes(quotes) {
        for (const iterator of this.#iterators) quotes.forEach((quote) => iterator.put(quote));
        if (this.#events.isHeard('quote')) quotes.forEach((quote) => this.#events.emit('quote', quote));
    }

    /** @param {import('./life.js').Verdict} verdict */
    #onLost({ reason, code, waitMs }) {
        this.#disconnected();
        const state = this.#streams === 0 ? 'connecting' : 'reconnecting';
        this.#setState({ state, reason, ...(code === undefined ? {} : { code }), retryInMs: waitMs });
    }

    #disconnected() {
        this.#connection = undefined;
        this.#feed = undefined;
        clearInterval(this.#ping.timer);
    }

    /** @param {TickcastError | undefined} error */
    #finish(error) {
        this.#disconnected();
        this.#error = error;
        this.#ending.abort();
        this.#setState({ state: 'closed', reason: error?.code ?? 'closed' });
        this.#wanted.rejectAll(error ?? new TickcastError('closed', 'the client is closed'));
        if (error !== undefined) this.#events.emit('error', error);
        for (const iterator of this.#iterators) iterator.end(error);
        this.#iterators.clear();
    }

    #forgetUnwanted() {
        const wanted = new Set(this.#wanted.wish.tickers);
        this.#book.keepOnly(wanted);
        for (const iterator of this.#iterators) iterator.keepOnly((ticker) => wanted.has(ticker));
    }

    /** @param {Connection} connection */
    #startPings(connection) {
        const { send } = connection;
        if (send === undefined) return;
        const ping = () => {
            this.#ping.id += 1;
            this.#ping.sentMs = performance.now();
            send(JSON.stringify({ op: 'ping', id: this.#ping.id }));
        };
        clearInterval(this.#ping.timer);
        this.#ping.timer = setInterval(ping, pingEveryMs);
        ping();
    }

    /** @param {import('../index.js').FeedState} feed */
    #setFeed(feed) {
        if (feed === this.#feed) return;
        this.#feed = feed;
        this.#events.emit('feed', feed);
    }

    /** @param {import('../index.js').StateChange} change */
    #setState(change) {
        this.#state = change.state;
        this.#events.emit('state', change);
    }
}
