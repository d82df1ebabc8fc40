// A client's life: makes a session, streams it, and comes back by the contract's rules until it
// must not.

import { Carrier } from './carrier.js';
import { watchConnection } from './connection_watch.js';
import { TickcastError } from './errors.js';
import { pause } from './pause.js';
import { blockedVerdict, lostVerdict, offlineVerdict, refusedVerdict } from './verdicts.js';
import { backoffMs, provedAfterMs } from './rules.js';
import { isOffline } from './surroundings.js';
import { openPolling, pollWaitMs } from './transport_polling.js';

/** @typedef {import('./connection_watch.js').Ended} Ended */
/** @typedef {import('./pulse.js').Pulse} Pulse */
/** @typedef {import('./session_api.js').Refusal} Refusal */
/** @typedef {import('./session_api.js').Session} Session */
/** @typedef {import('./transport_websocket.js').Connection} Connection */
/** @typedef {import('./verdicts.js').Verdict} Verdict */

/**
 * An opening, up to the snapshot, where another transport can be tried; without one it has longer.
 */
const openWithinMs = 6_000;
/**
 * Streams are tried again beside the polling: first after this, then each time after twice as long.
 */
const firstTrialMs = 10_000;
const longestTrialMs = 60_000;
/** What ends waits early does so once a second at most. */
const leastBetweenAttemptsMs = 1_000;

export class Life {
    /** @type {string | undefined} */
    sessionId;
    carrier;

    #options;
    #api;
    #wanted;
    #signal;
    #hooks;
    /** Ends and refusals in a row, since a stream proved itself. */
    #attempt = 0;
    /** Sessions found gone in a row, since a stream had a snapshot. */
    #gone = 0;
    /** A given session has to be asked what it holds. */
    #unread;
    /** @type {Promise<void> | undefined} the session that is being made */
    #obtaining;
    /** @type {Set<Pulse>} of the connections that there are */
    #pulses = new Set();
    /** @type {Set<() => void>} each ends a wait */
    #waits = new Set();
    #attemptAt = -Infinity;
    #retryAt = 0;
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
        this.sessionId = options.session;
        this.#unread = options.session !== undefined;
    }

    /**
     * @returns {Promise<TickcastError | undefined>} why it stays away; undefined after the signal
     */
    async run() {
        for (;;) {
            this.#attemptAt = performance.now();
            const found = await this.#once();
            if (this.#signal.aborted) return undefined;
            if (found.action === 'stay_away') return found.error;
            if (found.action === 'renew') this.#forgetSession();
            const verdict = isOffline() && !found.isAnswer ? offlineVerdict(found) : found;
            if (verdict !== found) this.#attempt = 0;
            this.#retryAt = performance.now() + verdict.waitMs;
            this.#hooks.onLost(verdict);
            await this.#wait(verdict.waitMs, this.#signal, verdict.askedMs);
            if (this.#signal.aborted) return undefined;
        }
    }

    /** Until the next attempt; undefined while one is under way. */
    get retryInMs() {
        return this.#waits.size > 0 && this.#pulses.size === 0
            ? Math.max(0, this.#retryAt - performance.now())
            : undefined;
    }

    /**
     * Waits end, but for what the server asked for; what has been silent is asked.
     * @param {number} giveUpWithinMs
     */
    wake(giveUpWithinMs) {
        for (const end of [...this.#waits]) end();
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
    async change(body) {
        const change = () => this.#api.change(/** @type {string} */ (this.sessionId), body);
        if (this.#polling === undefined) return change();
        // Nobody streams the session of a client that polls: it may have expired.
        await this.#obtainSession();
        try {
            return await change();
        } catch (refusal) {
            if (/** @type {Refusal} */ (refusal).httpStatus !== 404) throw refusal;
            this.#forgetSession();
            await this.#obtainSession();
            return change();
        }
    }

    /**
     * @param {number} ms
     * @param {AbortSignal} signal
     * @param {number} [askedMs] by the server: not even a wake ends that
     */
    async #wait(ms, signal, askedMs = 0) {
        const begunAt = performance.now();
        const woken = new AbortController();
        const end = () => woken.abort();
        this.#waits.add(end);
        await pause(ms, signal, woken.signal);
        if (woken.signal.aborted) {
            const earliest = Math.max(begunAt + askedMs, this.#attemptAt + leastBetweenAttemptsMs);
            await pause(Math.max(0, earliest - performance.now()), signal);
        }
        this.#waits.delete(end);
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
            await this.#obtainSession();
        } catch (refusal) {
            return this.#afterRefusedSession(/** @type {Refusal} */ (refusal));
        }
        const transport = this.carrier.current ?? 'sse';
        if (transport === 'polling') return this.#poll();
        return this.#afterConnection(await this.#stream(transport, this.#signal));
    }

    /** @returns {Promise<void>} one at a time: changes and streams both may need it */
    #obtainSession() {
        this.#obtaining ??= this.#makeSession().finally(() => {
            this.#obtaining = undefined;
        });
        return this.#obtaining;
    }

    async #makeSession() {
        if (this.sessionId !== undefined && this.#unread) {
            const session = await this.#api.read(this.sessionId);
            this.#wanted.agree(session.tickers, session.throttle_ms);
            this.#unread = false;
        }
        if (this.sessionId !== undefined) return;
        const { tickers, throttleMs } = this.#wanted.agreed;
        const isEmpty = tickers.length === 0;
        const made = await this.#api.create(
            isEmpty ? this.#wanted.lastTickers : tickers,
            throttleMs,
        );
        // A session can't be made empty, but it can be made so afterwards.
        const session = isEmpty
            ? await this.#api.change(made.session_id, { remove: made.tickers })
            : made;
        this.#wanted.agree(session.tickers, session.throttle_ms);
        this.sessionId = session.session_id;
    }

    #forgetSession() {
        this.sessionId = undefined;
        this.#unread = false;
        this.carrier.forgetConnection();
    }

    /**
     * @param {'websocket' | 'sse'} transport
     * @param {AbortSignal} signal
     * @param {() => void} [onOpened] with the first snapshot, before it is told
     * @returns {Promise<Ended>}
     */
    async #stream(transport, signal, onOpened = () => {}) {
        const url = this.#api.streamUrl(/** @type {string} */ (this.sessionId));
        let isOpened = false;
        const ended = await watchConnection((onText) => this.carrier.open(transport, url, onText), {
            ...this.#watch,
            signal,
            onMessage: (message, connection) => {
                if (message.type === 'snapshot' && !isOpened) {
                    isOpened = true;
                    this.#gone = 0;
                    this.carrier.noteOpened(transport);
                    onOpened();
                }
                this.#hooks.onMessage(message, connection);
            },
            ask: (connection, question) => this.#ask(connection, question),
        });
        if ((ended.livedMs ?? 0) >= provedAfterMs) this.#attempt = 0;
        return ended;
    }

    get #watch() {
        return {
            silenceMs: this.#options.silenceMs,
            openWithinMs: this.carrier.isFixed ? undefined : openWithinMs,
            onQuiet: this.#hooks.onQuiet,
            onAnswer: this.#hooks.onAnswer,
            pulses: this.#pulses,
        };
    }

    /**
     * @param {Connection} connection
     * @param {AbortSignal} question
     * @returns {Promise<boolean> | undefined}
     */
    #ask(connection, question) {
        if (connection.send !== undefined) {
            this.#hooks.ping(connection);
            return undefined;
        }
        // Any answer of the server's own shows that it lives; 5xx may be a proxy's.
        return this.#api.read(/** @type {string} */ (this.sessionId), question).then(
            () => true,
            (refusal) => refusal.httpStatus > 0 && refusal.httpStatus < 500,
        );
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
            (onMessage) => (this.#polling = openPolling(source, onMessage)),
            {
                ...this.#watch,
                spacingMs: pollWaitMs(this.#wanted.agreed, 1),
                signal: this.#signal,
                onMessage: (message, connection) => {
                    if (!isTakenOver) this.#hooks.onMessage(message, connection);
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
        for (let number = 0; !this.carrier.isFixed; ++number) {
            await this.#wait(Math.min(firstTrialMs * 2 ** number, longestTrialMs), signal);
            for (const transport of this.carrier.streams) {
                if (signal.aborted || !(await this.#refreshSession()) || signal.aborted) break;
                const ended = await this.#stream(transport, signal, () => {
                    isOpened = true;
                    onOpened();
                });
                if (isOpened) return this.#afterConnection(ended);
            }
            if (signal.aborted) break;
        }
        return undefined;
    }

    /** @returns {Promise<boolean>} whether there is a session to stream */
    async #refreshSession() {
        try {
            if (this.sessionId !== undefined) await this.#api.read(this.sessionId);
        } catch (refusal) {
            if (/** @type {Refusal} */ (refusal).httpStatus !== 404) return false;
            this.#forgetSession();
        }
        return this.#obtainSession().then(
            () => true,
            () => false,
        );
    }

    /** @param {Refusal} refusal @returns {Verdict} */
    #afterRefusedSession(refusal) {
        const verdict = refusedVerdict(refusal, this.#attempt++, this.#options.random);
        // A given session that is gone: there may be tickers to make a new one of. A 404 to a
        // creation is no Tickcast.
        const isLost =
            verdict.action === 'renew' && (!this.#unread || this.#wanted.lastTickers.length === 0);
        return isLost ? { ...verdict, action: 'stay_away' } : verdict;
    }

    /** @param {Ended} ended @returns {Promise<Verdict>} */
    async #afterConnection(ended) {
        if (this.#signal.aborted) return lostVerdict(ended, 0, this.#options.random);
        const isOpened =
            ended.livedMs !== undefined || ended.goodbye !== undefined || ended.code !== 1006;
        if (!isOpened) return this.#afterFailedOpening(ended);
        const verdict = lostVerdict(ended, this.#attempt++, this.#options.random);
        // Only the stream is mute; its server answers beside it.
        if (ended.reason === 'silent' && ended.answers > 0 && this.carrier.noteBlocked(true)) {
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
        const session = await this.#askedSession();
        const refusal = ended.refusal ?? (session instanceof TickcastError ? session : undefined);
        // A server that has no SSE, after WebSocket was blocked, says 426.
        if (refusal === undefined || (refusal.httpStatus === 426 && !this.carrier.isFixed)) {
            const isHung = ended.reason === 'silent';
            const switched = this.carrier.noteBlocked(isHung);
            // The server's own word for it: a stream of this session was begun there.
            const { state = 'pending' } = /** @type {Session} */ (session);
            const isHeldBack = isHung && (ended.wasOpen || state !== 'pending');
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
        if (verdict.action === 'renew' && this.#gone++ > 0)
            verdict.waitMs = backoffMs(attempt, random);
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
        // No session was asked for: a 404 says that something on the way does not let this path
        // through.
        if (verdict.action !== 'renew') return verdict;
        return { ...verdict, action: 'return', waitMs: backoffMs(attempt, this.#options.random) };
    }
}
