// A client's life: makes a session, streams it, and comes back by the contract's rules until it must not.

import { Carrier } from './carrier.js';
import { watchConnection } from './connection_watch.js';
import { TickcastError } from './errors.js';
import { pause } from './pause.js';
import { afterClose, afterRefusal, backoffMs, nameOfCode, provedAfterMs } from './rules.js';

/** @typedef {import('./connection_watch.js').Ended} Ended */
/** @typedef {import('./session_api.js').Refusal} Refusal */
/** @typedef {import('./transport_websocket.js').Connection} Connection */

/**
 * What is next, and why.
 * @typedef {object} Verdict
 * @property {'return' | 'renew' | 'stay_away'} action
 * @property {number} waitMs
 * @property {string} reason
 * @property {number} [code] close code
 * @property {TickcastError} [error] of stay_away
 */

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

    /**
     * @param {import('./options.js').Options} options
     * @param {import('./session_api.js').SessionApi} api
     * @param {import('./wanted.js').Wanted} wanted
     * @param {AbortSignal} signal ends it
     * @param {object} hooks
     * @param {(message: any, connection: Connection) => void} hooks.onMessage
     * @param {(verdict: Verdict) => void} hooks.onLost before the wait
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

    /** @returns {Promise<TickcastError | undefined>} why it stays away; undefined after the signal */
    async run() {
        for (;;) {
            const verdict = await this.#once();
            if (this.#signal.aborted) return undefined;
            if (verdict.action === 'stay_away') return verdict.error;
            if (verdict.action === 'renew') this.#forgetSession();
            this.#hooks.onLost(verdict);
            await pause(verdict.waitMs, this.#signal);
            if (this.#signal.aborted) return undefined;
        }
    }

    /** @returns {Promise<Verdict>} */
    async #once() {
        if (!(await this.carrier.ready())) {
            const error = new TickcastError('no_websocket', 'there is no WebSocket here; install ws, or use SSE');
            return { action: 'stay_away', waitMs: 0, reason: error.code, error };
        }
        try {
            await this.#obtainSession();
        } catch (refusal) {
            return this.#afterRefusedSession(/** @type {Refusal} */ (refusal));
        }
        const url = this.#api.streamUrl(/** @type {string} */ (this.sessionId));
        const ended = await watchConnection((onText) => this.carrier.open(url, onText), {
            silenceMs: this.#options.silenceMs,
            signal: this.#signal,
            onMessage: this.#hooks.onMessage,
        });
        if (this.#signal.aborted) return { action: 'return', waitMs: 0, reason: 'closed' };
        if (ended.livedMs !== undefined) {
            this.#gone = 0;
            this.carrier.noteOpened();
            if (ended.livedMs >= provedAfterMs) this.#attempt = 0;
        }
        const opened = ended.livedMs !== undefined || ended.goodbye !== undefined || ended.code !== 1006;
        return opened ? this.#afterStream(ended) : await this.#afterFailedOpening(ended);
    }

    async #obtainSession() {
        if (this.sessionId !== undefined && this.#unread) {
            const session = await this.#api.read(this.sessionId);
            this.#wanted.agree(session.tickers, session.throttle_ms);
            this.#unread = false;
        }
        if (this.sessionId !== undefined) return;
        const { tickers, throttleMs } = this.#wanted.agreed;
        const isEmpty = tickers.length === 0;
        const made = await this.#api.create(isEmpty ? this.#wanted.lastTickers : tickers, throttleMs);
        // A session can't be made empty, but it can be made so afterwards.
        const session = isEmpty ? await this.#api.change(made.session_id, { remove: made.tickers }) : made;
        this.#wanted.agree(session.tickers, session.throttle_ms);
        this.sessionId = session.session_id;
    }

    #forgetSession() {
        this.sessionId = undefined;
        this.#unread = false;
        this.carrier.forgetConnection();
    }

    /** @param {Refusal} refusal @returns {Verdict} */
    #afterRefusedSession(refusal) {
        const next = afterRefusal(refusal.httpStatus, refusal.retryAfterMs, this.#attempt++, this.#options.random);
        // A given session that is gone: there may be tickers to make a new one of. A 404 to a creation is no Tickcast.
        const isLost = next.action === 'renew' && (!this.#unread || this.#wanted.lastTickers.length === 0);
        return { ...next, action: isLost ? 'stay_away' : next.action, reason: refusal.code, error: refusal };
    }

    /** @param {Ended} ended @returns {Verdict} */
    #afterStream({ code, goodbye, reason: ownReason }) {
        const next = afterClose(code, goodbye?.reconnect_in_ms, this.#attempt++, this.#options.random);
        const reason = ownReason ?? goodbye?.code ?? nameOfCode(code);
        const detail = goodbye?.detail ?? `the stream was closed with ${code}`;
        return { ...next, reason, code, error: new TickcastError(reason, detail, { limit: goodbye?.limit }) };
    }

    /**
     * A browser can't see why an upgrade failed: the session is asked.
     * @param {Ended} ended
     * @returns {Promise<Verdict>}
     */
    async #afterFailedOpening(ended) {
        const attempt = this.#attempt++;
        const { random } = this.#options;
        const refusal = ended.refusal ?? (await this.#refusalOfSession());
        // A server that has no SSE, after WebSocket was blocked, says 426.
        if (refusal === undefined || (refusal.httpStatus === 426 && !this.carrier.isFixed)) {
            const switched = this.carrier.noteBlocked();
            const waitMs = switched ? 0 : afterRefusal(200, undefined, attempt, random).waitMs;
            return { action: 'return', waitMs, reason: switched ? 'blocked' : (ended.reason ?? 'lost'), code: ended.code };
        }
        const next = afterRefusal(refusal.httpStatus, refusal.retryAfterMs, attempt, random);
        // At once when a session is first found gone; by turns with the server's forgetting it, never.
        if (next.action === 'renew' && this.#gone++ > 0) next.waitMs = backoffMs(attempt, random);
        return { ...next, reason: refusal.code, error: refusal };
    }

    /** @returns {Promise<Refusal | undefined>} undefined: it is there */
    async #refusalOfSession() {
        try {
            await this.#api.read(/** @type {string} */ (this.sessionId));
            return undefined;
        } catch (refusal) {
            return /** @type {Refusal} */ (refusal);
        }
    }
}
