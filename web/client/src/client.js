// What connect() gives: the state of one client, its events and its methods.

import { TickcastError } from './errors.js';
import { EventHub } from './event_hub.js';
import { Life } from './life.js';
import { Measures } from './measures.js';
import { NewestIterator } from './newest_iterator.js';
import { QuoteBook } from './quote_book.js';
import { SessionApi } from './session_api.js';
import { Settler } from './settler.js';
import { Wanted } from './wanted.js';

/** @typedef {import('./transport_websocket.js').Connection} Connection */

export class Client extends EventTarget {
    #ending = new AbortController();
    #api;
    #wanted;
    #life;
    #settler;
    #events = new EventHub(this);
    #book = new QuoteBook();
    #measures = new Measures();
    /** @type {Set<NewestIterator>} */
    #iterators = new Set();
    /** @type {import('../index.js').State} */
    #state = 'connecting';
    /** @type {import('../index.js').FeedState | undefined} */
    #feed;
    /** @type {Connection | undefined} the one whose snapshot came */
    #connection;
    #streams = 0;
    /** By the clock on the wall, which goes on while a machine sleeps. */
    #heardAt = 0;
    /** @type {Promise<void>} settled when the client is closed */
    #finished;
    /** @type {TickcastError | undefined} why the client closed by itself */
    #error;

    /** @param {import('./options.js').Options} options */
    constructor(options) {
        super();
        this.#api = new SessionApi(options.url, options.fetch, this.#ending.signal);
        this.#wanted = new Wanted(options.tickers, options.throttleMs, () => this.#forgetUnwanted());
        this.#life = new Life(options, this.#api, this.#wanted, this.#ending.signal, {
            onMessage: (message, connection) => this.#onMessage(message, connection),
            onLost: (verdict) => this.#onLost(verdict),
        });
        this.#settler = new Settler(
            this.#wanted,
            options.random,
            this.#ending.signal,
            () => this.#state === 'live',
            (body) => this.#api.change(/** @type {string} */ (this.sessionId), body),
        );
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

    get quietMs() {
        return this.#state === 'live' ? Math.max(0, Date.now() - this.#heardAt) : undefined;
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
        return {
            received: this.#book.received,
            conflated: this.#book.conflated,
            frames: this.#book.frames,
            reconnects: Math.max(0, this.#streams - 1),
            ...this.#measures.read(),
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
        void this.#settler.settle();
        return done;
    }

    /** @param {any} message @param {Connection} connection */
    #onMessage(message, connection) {
        this.#heardAt = Date.now();
        switch (message.type) {
            case 'ticks':
                this.#onTicks(message.ticks);
                break;
            case 'snapshot':
                this.#onSnapshot(message, connection);
                break;
            case 'subscribed':
                this.#wanted.agree(message.tickers, message.throttle_ms);
                break;
            case 'heartbeat':
            case 'status':
                this.#setFeed(message.feed);
                break;
            case 'pong':
                this.#measures.addPong(message);
                break;
            case 'goodbye':
                this.#events.emit('goodbye', message);
                break;
            // Types that this client does not know are for newer ones.
        }
    }

    /** @param {import('../index.js').Tick[]} ticks */
    #onTicks(ticks) {
        this.#book.applyTicks(ticks);
        this.#measures.addTicks(ticks);
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
            this.#measures.beginStream(connection);
            this.#setState({ state: 'live' });
            void this.#settler.settle();
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
        this.#measures.endStream();
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
