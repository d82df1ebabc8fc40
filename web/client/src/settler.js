// Brings what is wanted to the server, while a stream is live. By PATCH over both transports: an answer belongs to its
// call, says all that is wrong, and calls in a row can't pass the limit of messages that would end the stream.

import { pause } from './pause.js';
import { afterRefusal } from './rules.js';

/** @typedef {import('./session_api.js').Refusal} Refusal */

export class Settler {
    #wanted;
    #random;
    #signal;
    #isLive;
    #send;
    #isBusy = false;

    /**
     * @param {import('./wanted.js').Wanted} wanted
     * @param {() => number} random
     * @param {AbortSignal} signal
     * @param {() => boolean} isLive
     * @param {(body: object) => Promise<{ tickers: string[], throttle_ms: number }>} send
     */
    constructor(wanted, random, signal, isLive, send) {
        this.#wanted = wanted;
        this.#random = random;
        this.#signal = signal;
        this.#isLive = isLive;
        this.#send = send;
    }

    /** To be called with each change, and with each stream that became live. */
    async settle() {
        if (this.#isBusy) return;
        this.#isBusy = true;
        for (let attempt = 0; this.#isLive() && this.#wanted.hasWaiting; ++attempt) {
            try {
                await this.#wanted.settle(this.#send, (refusal) => this.#next(refusal, 0).action === 'stay_away');
            } catch (refusal) {
                await pause(this.#next(/** @type {Refusal} */ (refusal), attempt).waitMs, this.#signal);
            }
        }
        this.#isBusy = false;
    }

    /** @param {Refusal} refusal @param {number} attempt */
    #next({ httpStatus, retryAfterMs }, attempt) {
        // A session that is gone has lost its stream, or is about to: the next one is asked.
        return afterRefusal(httpStatus === 404 ? 0 : httpStatus, retryAfterMs, attempt, this.#random);
    }
}
