// A client's life: makes a session, streams it, and comes back by the contract's rules until it
// must not.

import { Carrier } from './carrier.js';
import { climbWaitMs, streamEvents } from './climb.js';
import { defaultOpenWithinMs, watchConnection } from './connection_watch.js';
import { TickcastError } from './errors.js';
import { blockedVerdict, lostVerdict, offlineVerdict, refusedVerdict } from './verdicts.js';
import { Waits } from './waits.js';
import { OpeningCheck } from './opening_check.js';
import { openWithinMs, probe, slotFor } from './trials.js';
import { backoffMs, isServersWord, provedAfterMs } from './rules.js';
import { SessionHolder } from './session_holder.js';
import { isOffline } from './surroundings.js';
import { isAnswered, StreamCheck } from './stream_check.js';
import { openPolling } from './transport_polling.js';

/** @typedef {import('./connection_watch.js').Ended} Ended */
/** @typedef {import('./pulse.js').Pulse} Pulse */
/** @typedef {import('./session_api.js').Refusal} Refusal */
/** @typedef {import('./session_api.js').Session} Session */
/** @typedef {import('./transport_websocket.js').Connection} Connection */
/** @typedef {import('./verdicts.js').Verdict} Verdict */

/**
 * Streams are tried again beside the polling: first after this, then each time after twice as long.
 */
const firstTrialMs = 10_000;
const longestTrialMs = 60_000;

export class Life {
  carrier;

  #options;
  #api;
  #wanted;
  #signal;
  #hooks;
  #session;
  #waits = new Waits();
  /** Ends and refusals in a row, since a stream proved itself. */
  #attempt = 0;
  /** Sessions found gone in a row, since a stream had a snapshot. */
  #gone = 0;
  /** Streams tried beside polling, since one proved itself. */
  #trials = 0;
  /** WebSockets tried beside events, since one was opened. */
  #climbs = 0;
  /** @type {Set<Pulse>} of the connections that there are */
  #pulses = new Set();
  /** @type {Connection | undefined} */
  #polling;

  /**
   * @param {import('./options.js').Options} options
   * @param {import('./session_api.js').SessionApi} api
   * @param {import('./wanted.js').Wanted} wanted
   * @param {AbortSignal} signal ends it
   * @param {object} hooks
   * @param {(message: any, connection: Connection) => void} hooks.onMessage
   * @param {(verdict: Verdict) => void} hooks.onLost before the wait
   * @param {() => ReadonlyMap<string, import('../index.js').Tick>} hooks.known newest quotes
   * @param {(connection: Connection) => void} hooks.ping asks by a message
   * @param {(isQuiet: boolean, connection: Connection) => void} hooks.onQuiet
   * @param {(connection: Connection) => void} hooks.onAnswer a question beside the connection was
   * answered
   */
  constructor(options, api, wanted, signal, hooks) {
    this.#options = options;
    this.#api = api;
    this.#wanted = wanted;
    this.#signal = signal;
    this.#hooks = hooks;
    this.carrier = new Carrier(options);
    this.#session = new SessionHolder(api, wanted, options.session, () => {
      this.carrier.forgetConnection();
    });
  }

  /**
   * @returns {Promise<TickcastError | undefined>} why it stays away; undefined after the signal
   */
  async run() {
    for (;;) {
      this.#waits.noteAttempt();
      const found = await this.#once();
      if (this.#signal.aborted) return undefined;
      if (found.action === 'stay_away') return found.error;
      if (found.action === 'renew') this.#session.forget();
      const verdict = isOffline() && !found.isAnswer ? offlineVerdict(found) : found;
      if (verdict !== found) this.#attempt = 0;
      this.#hooks.onLost(verdict);
      await this.#waits.wait(verdict.waitMs, this.#signal, verdict.askedMs);
      if (this.#signal.aborted) return undefined;
    }
  }

  /** @returns {string | undefined} */
  get sessionId() {
    return this.#session.id;
  }

  /** Until the next attempt; undefined while one is under way. */
  get retryInMs() {
    return this.#waits.isWaiting && this.#pulses.size === 0 ? this.#waits.leftMs : undefined;
  }

  /**
   * Waits end, except for those that the server asked for; silent connections are asked.
   * @param {number} giveUpWithinMs
   */
  wake(giveUpWithinMs) {
    this.#waits.endAll();
    this.#polling?.poke?.();
    for (const pulse of this.#pulses) pulse.wake(giveUpWithinMs);
  }

  forgetAttempts() {
    this.#attempt = 0;
  }

  /** Asks each connection whether it lives. */
  doubt() {
    for (const pulse of this.#pulses) pulse.doubt();
  }

  /** The tickers have changed. */
  noteAgreed() {
    this.#polling?.poke?.();
  }

  /** Brings a change to the session. @param {object} body @returns {Promise<Session>} */
  change(body) {
    const session = this.#session;
    return this.#polling === undefined ? session.change(body) : session.changeOrRenew(body);
  }

  /** @returns {Promise<Verdict>} */
  async #once() {
    if (!(await this.carrier.ready())) {
      const error = new TickcastError(
        'no_websocket',
        'there is no WebSocket here; install ws, or use SSE',
      );
      return { action: 'stay_away', waitMs: 0, reason: error.code, error };
    }
    try {
      await this.#session.obtain();
    } catch (refusal) {
      return this.#afterRefusedSession(/** @type {Refusal} */ (refusal));
    }
    const transport = this.carrier.current ?? 'sse';
    if (transport === 'polling') return this.#poll();
    return this.#afterConnection(await this.#stream(transport, this.#signal));
  }

  /**
   * @param {'websocket' | 'sse'} transport
   * @param {AbortSignal} signal
   * @param {object} [how]
   * @param {() => void} [how.onOpened] with the first snapshot, before it is passed on
   * @param {() => void} [how.onEnd] it has ended, though another may have taken over
   * @returns {Promise<Ended>}
   */
  #stream(transport, signal, { onOpened, onEnd = () => {} } = {}) {
    if (transport === 'websocket' || !this.carrier.canClimb)
      return this.#streamBy(transport, signal, { onOpened }).finally(onEnd);
    return streamEvents(
      {
        events: (until, isHeard) =>
          this.#streamBy('sse', until, { onOpened, isHeard }).finally(onEnd),
        probe: (until) => probe(this.#api, this.#wanted, this.carrier, until),
        socket: (until, onMoved) => {
          this.carrier.forgetConnection();
          return this.#streamBy('websocket', until, { onOpened: onMoved });
        },
        waitMs: () => climbWaitMs(this.#climbs++, this.#options.random),
      },
      signal,
    );
  }

  /**
   * @param {'websocket' | 'sse'} transport
   * @param {AbortSignal} signal
   * @param {object} how
   * @param {() => void} [how.onOpened]
   * @param {(message: any) => boolean} [how.isHeard] what else is not passed on
   * @returns {Promise<Ended>}
   */
  async #streamBy(transport, signal, { onOpened = () => {}, isHeard = () => true }) {
    const id = /** @type {string} */ (this.sessionId);
    const url = this.#api.streamUrl(id);
    let isOpened = false;
    const check = new StreamCheck(this.#api, this.#wanted, this.#hooks.known);
    const opening = new OpeningCheck((until) => this.#api.read(id, until), this.#openWithinMs);
    const ended = await watchConnection((onText) => this.carrier.open(transport, url, onText), {
      ...this.#watch,
      signal,
      onMessage: (message, connection) => {
        check.heard += 1;
        if (message.type === 'snapshot' && !isOpened) {
          isOpened = true;
          opening.end();
          this.#gone = 0;
          if (transport === 'websocket') this.#climbs = 0;
          this.carrier.noteOpened(transport);
          onOpened();
        }
        if (isHeard(message)) this.#hooks.onMessage(message, connection);
      },
      ask: (connection, question) => {
        if (connection.send === undefined) return check.ask(this.sessionId ?? '', question);
        this.#hooks.ping(connection);
        return undefined;
      },
    });
    opening.end();
    if (!isOpened) ended.sessionMeanwhile = opening.answer;
    if ((ended.livedMs ?? 0) >= provedAfterMs) this.#attempt = 0;
    if ((ended.livedMs ?? 0) >= longestTrialMs) this.#trials = 0;
    return ended;
  }

  get #openWithinMs() {
    const mostMs = this.carrier.isFixed ? defaultOpenWithinMs : openWithinMs;
    return Math.min(mostMs, this.#options.silenceMs);
  }

  get #watch() {
    return {
      silenceMs: this.#options.silenceMs,
      openWithinMs: this.#openWithinMs,
      onQuiet: this.#hooks.onQuiet,
      onAnswer: this.#hooks.onAnswer,
      pulses: this.#pulses,
    };
  }

  /**
   * Asks for quotes, and beside it tries from time to time to stream.
   * @returns {Promise<Verdict>}
   */
  async #poll() {
    const over = new AbortController();
    const end = () => over.abort();
    this.#signal.addEventListener('abort', end);
    let isTakenOver = false;
    const source = {
      ask: this.#api.quotes.bind(this.#api),
      wanted: () => this.#wanted.agreed,
      sessionId: () => this.sessionId ?? '',
      random: this.#options.random,
    };
    const polled = watchConnection(
      (onMessage, onAsk) => (this.#polling = openPolling(source, onMessage, onAsk)),
      {
        ...this.#watch,
        signal: this.#signal,
        onMessage: (message, connection) => {
          if (isTakenOver) return;
          if (message.type === 'snapshot') this.carrier.noteOpened('polling');
          this.#hooks.onMessage(message, connection);
        },
        ask: (connection, question) => {
          if (connection.isAsking) return undefined;
          if (connection.isToRest) return Promise.resolve('later');
          return isAnswered(this.#api.read(this.sessionId ?? '', question));
        },
      },
    );
    const trials = this.#tryStreams(over.signal, () => {
      isTakenOver = true;
      this.#polling?.close();
      this.#polling = undefined;
    });
    const ended = await polled;
    this.#polling = undefined;
    if (!isTakenOver) over.abort();
    const verdict = isTakenOver ? await trials : undefined;
    this.#signal.removeEventListener('abort', end);
    return verdict ?? this.#afterPolling(ended);
  }

  /**
   * @param {AbortSignal} signal
   * @param {() => void} onOpened
   * @returns {Promise<Verdict | undefined>} of the stream that was opened, once it is over
   */
  async #tryStreams(signal, onOpened) {
    let isOpened = false;
    while (!this.carrier.isFixed) {
      const waitMs = Math.min(firstTrialMs * 2 ** this.#trials++, longestTrialMs);
      // So that not all clients come in the same moment.
      await this.#waits.wait(waitMs * (0.75 + this.#options.random() / 2), signal);
      for (const transport of this.carrier.streams) {
        if (signal.aborted || !(await this.#session.refresh()) || signal.aborted) break;
        const onEnd = await slotFor(transport, this.#options.eventSlot);
        if (onEnd === undefined) continue;
        const opened = () => {
          isOpened = true;
          onOpened();
        };
        const ended = await this.#stream(transport, signal, { onOpened: opened, onEnd });
        if (isOpened) return this.#afterConnection(ended);
      }
      if (signal.aborted) break;
    }
    return undefined;
  }

  /** @param {Refusal} refusal @returns {Verdict} */
  #afterRefusedSession(refusal) {
    const verdict = refusedVerdict(refusal, this.#attempt++, this.#options.random);
    // The given session is gone: a new one is made where there are tickers. A 404 to a
    // creation is no Tickcast.
    const isLost =
      verdict.action === 'renew' &&
      (!this.#session.isUnread || this.#wanted.lastTickers.length === 0);
    return isLost ? { ...verdict, action: 'stay_away' } : verdict;
  }

  /** @param {Ended} ended @returns {Promise<Verdict>} */
  async #afterConnection(ended) {
    if (this.#signal.aborted) return lostVerdict(ended, 0, this.#options.random);
    // A proxy might let a WebSocket be opened, and close it in good order.
    const isServers =
      ended.livedMs !== undefined || ended.goodbye !== undefined || isServersWord(ended.code);
    if (!isServers) return this.#afterFailedOpening(ended);
    const verdict = lostVerdict(ended, this.#attempt++, this.#options.random);
    // Only the stream is silent; its server answers other requests.
    const isHeldBack =
      ended.reason === 'held_back' || (ended.reason === 'silent' && ended.answers > 0);
    if (isHeldBack && this.carrier.noteBlocked(true)) {
      return { ...verdict, waitMs: 0 };
    }
    return verdict;
  }

  /**
   * A browser can't see why an upgrade failed: the session is asked.
   * @param {Ended} ended
   * @returns {Promise<Verdict>}
   */
  async #afterFailedOpening(ended) {
    const attempt = this.#attempt++;
    const { random } = this.#options;
    const tried = this.carrier.current ?? 'sse';
    // A server that answered while the opening hung, or one that stood still itself?
    const isCertain = ended.reason === 'silent' && ended.sessionMeanwhile !== undefined;
    const session = ended.sessionMeanwhile ?? (await this.#askedSession());
    const refusal = ended.refusal ?? (session instanceof TickcastError ? session : undefined);
    // A server without SSE answers 426, after WebSocket was blocked.
    if (refusal === undefined || (refusal.httpStatus === 426 && !this.carrier.isFixed)) {
      const switched = this.carrier.noteBlocked(isCertain);
      // The server's own word for it: it streams this session.
      const isStreamed = ended.sessionMeanwhile?.state === 'streaming';
      const isHeldBack = isCertain && (ended.wasOpen || isStreamed);
      return blockedVerdict(
        ended,
        { tried, isHeldBack, switched, next: this.carrier.current },
        attempt,
        random,
      );
    }
    const verdict = refusedVerdict(refusal, attempt, random);
    // At once when a session is first found gone; by turns with the server's forgetting it,
    // never.
    if (verdict.action === 'renew' && this.#gone++ > 0) verdict.waitMs = backoffMs(attempt, random);
    return verdict;
  }

  /** @returns {Promise<Session | Refusal>} */
  async #askedSession() {
    try {
      return await this.#api.read(/** @type {string} */ (this.sessionId));
    } catch (refusal) {
      return /** @type {Refusal} */ (refusal);
    }
  }

  /** @param {Ended} ended @returns {Verdict} */
  #afterPolling(ended) {
    if ((ended.livedMs ?? 0) >= provedAfterMs) this.#attempt = 0;
    const attempt = this.#attempt++;
    if (ended.livedMs === undefined) this.carrier.noteBlocked(true);
    if (ended.refusal === undefined) return lostVerdict(ended, attempt, this.#options.random);
    const verdict = refusedVerdict(ended.refusal, attempt, this.#options.random);
    // No session was asked for: a 404 says that a proxy does not let this path through.
    if (verdict.action !== 'renew') return verdict;
    return { ...verdict, action: 'return', waitMs: backoffMs(attempt, this.#options.random) };
  }
}
