// The object that connect() returns: the state of one client, its events and its methods.

import { TickcastError } from './errors.js';
import { EventHub } from './event_hub.js';
import { describe } from './failure.js';
import { Life } from './life.js';
import { Measures } from './measures.js';
import { NewestIterator } from './newest_iterator.js';
import { OfflineDoubt } from './offline_doubt.js';
import { QuoteBook } from './quote_book.js';
import { SessionApi } from './session_api.js';
import { Settler } from './settler.js';
import { watchSurroundings } from './surroundings.js';
import { offlineReason } from './verdicts.js';
import { Wanted } from './wanted.js';

/** @typedef {import('./transport_websocket.js').Connection} Connection */

/** The network was away: a question without an answer in this time is lost with it. */
const giveUpAfterOnlineMs = 2_000;
/** The page was away: its connection might be lost as well. */
const giveUpAfterSeenMs = 5_000;

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
  /**
   * By the clock that is never set: a wall clock that is set forward is no silence. This clock
   * might stand still while a machine sleeps; after that the client asks at once (pulse.js).
   */
  #heardAt = 0;
  #isQuiet = false;
  #doubt = new OfflineDoubt();
  #isWarned = false;
  #leaveSurroundings;
  /** @type {Promise<void>} settled when the client is closed; never rejected */
  #finished;
  /** @type {TickcastError | undefined} why the client closed by itself */
  #error;

  /** @param {import('./options.js').Options} options */
  constructor(options) {
    super();
    this.#api = new SessionApi(
      options.url,
      options.fetch,
      this.#ending.signal,
      (sentMs, dateMs, receivedMs) => this.#measures.addDate(sentMs, dateMs, receivedMs),
    );
    this.#wanted = new Wanted(options.tickers, options.throttleMs, () => this.#onAgreed());
    this.#life = new Life(options, this.#api, this.#wanted, this.#ending.signal, {
      onMessage: (message, connection) => this.#onMessage(message, connection),
      onLost: (verdict) => this.#onLost(verdict),
      known: () => this.#book.quotes,
      ping: ({ send }) => {
        if (send !== undefined) this.#measures.ping(send);
      },
      onQuiet: (isQuiet, connection) => this.#onQuiet(isQuiet, connection),
      onAnswer: () => this.#backFromOffline(),
    });
    this.#settler = new Settler(
      this.#wanted,
      options.random,
      this.#ending.signal,
      () => this.#state === 'live',
      (body) => this.#life.change(body),
      (refused) => this.#events.emit('refused', refused),
    );
    const close = () => void this.close();
    options.signal?.addEventListener('abort', close, { once: true });
    if (options.signal?.aborted) this.#ending.abort();
    this.#leaveSurroundings = watchSurroundings({
      onOffline: () => this.#onOffline(),
      onOnline: () => {
        this.#life.forgetAttempts();
        this.#life.wake(giveUpAfterOnlineMs);
      },
      onSeen: () => this.#life.wake(giveUpAfterSeenMs),
    });
    // Only after the caller could add handlers.
    this.#finished = Promise.resolve()
      .then(() => this.#life.run())
      .catch((error) => new TickcastError('internal', String(error), { cause: error }))
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
    return this.#state === 'live' ? performance.now() - this.#heardAt : undefined;
  }

  get isQuiet() {
    return this.#isQuiet;
  }

  serverNow() {
    const ms = this.#measures.serverMs();
    return ms === undefined ? undefined : Math.round(ms);
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

  /**
   * @param {{ deleteSession?: boolean }} [options]
   * @returns {Promise<import('../index.js').Closing>}
   */
  async close({ deleteSession = false } = {}) {
    this.#ending.abort();
    await this.#finished;
    if (!deleteSession || this.sessionId === undefined) return { deleted: false };
    try {
      await this.#api.remove(this.sessionId);
      return { deleted: true };
    } catch (refusal) {
      const error = /** @type {TickcastError} */ (refusal);
      return error.status === 404 ? { deleted: true } : { deleted: false, error };
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
   * @param {boolean | import('../index.js').ListenerOptions} [options]
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
    if (this.#state === 'closed') {
      const error = new TickcastError('closed', 'the client is closed');
      return handled(Promise.reject(error));
    }
    const done = handled(this.#wanted.change(change));
    void this.#settler.settle();
    return done;
  }

  /** @param {any} message @param {Connection} connection */
  #onMessage(message, connection) {
    this.#heardAt = performance.now();
    if (this.#doubt.isDisprovedBy(message)) this.#backFromOffline();
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
        this.#measures.addSent(message.t);
        this.#setFeed(message.feed);
        break;
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
      this.#doubt.end();
      this.#setState(connection.transport === 'polling' ? polling : { state: 'live' });
      void this.#settler.settle();
    }
    if (snapshot.feed !== undefined) this.#setFeed(snapshot.feed);
    this.#events.emit('snapshot', snapshot);
    this.#emitQuotes(snapshot.quotes);
  }

  /** @param {readonly import('../index.js').Tick[]} quotes */
  #emitQuotes(quotes) {
    for (const iterator of this.#iterators) quotes.forEach((quote) => iterator.put(quote));
    if (this.#events.isHeard('quote')) quotes.forEach((quote) => this.#events.emit('quote', quote));
  }

  /** @param {import('./verdicts.js').Verdict} verdict */
  #onLost({ reason, code, waitMs, error }) {
    this.#disconnected();
    this.#doubt.end();
    const detail = describe(error);
    const changed = {
      state: this.#awayState,
      reason,
      ...(code === undefined ? {} : { code }),
      retryInMs: waitMs,
    };
    this.#setState({ ...changed, detail, error });
    if (this.#streams === 0) this.#warnOnce(`${detail}; it is tried again`);
  }

  /** @returns {import('../index.js').State} */
  get #awayState() {
    return this.#streams === 0 ? 'connecting' : 'reconnecting';
  }

  /**
   * A program that only waits for prices would wait forever, and nothing would say why.
   * @param {string} text
   */
  #warnOnce(text) {
    if (this.#isWarned || this.#events.isHeard('state') || this.#events.isHeard('error')) return;
    this.#isWarned = true;
    console.warn(
      `tickcast: ${text} (the events "state" and "error" say this, and keep it from being written here)`,
    );
  }

  /**
   * At once, but not forever: an answer on the connection shows that the browser is wrong.
   */
  #onOffline() {
    if (this.#state === 'closed') return;
    if (this.#state === 'live') {
      this.#doubt.feedBefore = this.#feed;
      this.#feed = undefined;
    }
    this.#doubt.begin(this.#measures.lastPingId);
    const { reason, error } = offlineReason();
    const retryInMs = this.#life.retryInMs;
    const more = retryInMs === undefined ? {} : { retryInMs };
    this.#setState({ state: this.#awayState, reason, ...more, detail: error.detail, error });
    this.#life.doubt();
  }

  #backFromOffline() {
    if (!this.#doubt.isOn || this.#connection === undefined) return;
    this.#doubt.end();
    this.#setState({ state: 'live' });
    const { feedBefore } = this.#doubt;
    if (this.#feed === undefined && feedBefore !== undefined) this.#setFeed(feedBefore);
    void this.#settler.settle();
  }

  /** @param {boolean} isQuiet @param {Connection} connection */
  #onQuiet(isQuiet, connection) {
    if (connection === this.#connection && (this.#state === 'live' || !isQuiet))
      this.#setQuiet(isQuiet);
  }

  /** @param {boolean} isQuiet */
  #setQuiet(isQuiet) {
    if (isQuiet === this.#isQuiet) return;
    this.#isQuiet = isQuiet;
    this.#events.emit('quiet', isQuiet);
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
    this.#leaveSurroundings();
    const why =
      error === undefined
        ? { reason: 'closed' }
        : { reason: error.code, detail: describe(error), error };
    if (error !== undefined && this.#iterators.size === 0)
      this.#warnOnce(`closed: ${describe(error)}`);
    this.#setState({ state: 'closed', ...why });
    this.#wanted.rejectAll(error ?? new TickcastError('closed', 'the client is closed'));
    if (error !== undefined) this.#events.emit('error', error);
    for (const iterator of this.#iterators) iterator.end(error);
    this.#iterators.clear();
  }

  #onAgreed() {
    this.#forgetUnwanted();
    this.#life.noteAgreed();
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
    if (change.state !== 'live') this.#setQuiet(false);
  }
}

/**
 * A call that no code awaits must not end a Node process. A caller that awaits it gets the error.
 * @template {Promise<unknown>} Kind
 * @param {Kind} promise
 */
function handled(promise) {
  promise.catch(() => {});
  return promise;
}

/** @type {import('../index.js').StateChange} */
const polling = {
  state: 'live',
  reason: 'polling',
  detail: 'no stream comes through (a proxy on the way?): prices are asked for each second or two',
};
