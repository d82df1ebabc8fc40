// The REST calls about a session. Each has a deadline, and throws a TickcastError that says what was refused.

import { TickcastError } from './errors.js';
import { parseRetryAfter } from './rules.js';

const deadlineMs = 10_000;

/** @typedef {{ session_id: string, tickers: string[], throttle_ms: number }} Session */

/** A refused request: a TickcastError that also knows when to try again. */
export class Refusal extends TickcastError {
    /**
     * @param {string} code
     * @param {string} detail
     * @param {{ status: number, limit?: unknown, tickers?: string[], retryAfterMs?: number }} more
     */
    constructor(code, detail, more) {
        super(code, detail, { ...more, status: more.status || undefined });
        /** 0 = no answer came. */
        this.httpStatus = more.status;
        this.retryAfterMs = more.retryAfterMs;
    }
}

/**
 * @param {Response} response that is no success
 * @returns {Promise<Refusal>}
 */
export async function refusalOf(response) {
    /** @type {any} */
    let problem = null;
    try {
        problem = await response.json();
    } catch {
        // Something between answered in a language of its own.
    }
    const code = typeof problem?.code === 'string' ? problem.code : `http_${response.status}`;
    const detail = typeof problem?.detail === 'string' ? problem.detail : `the server answered ${response.status}`;
    return new Refusal(code, detail, {
        status: response.status,
        limit: problem?.limit,
        tickers: problem?.tickers,
        retryAfterMs: parseRetryAfter(response.headers.get('Retry-After'), Date.now()),
    });
}

export class SessionApi {
    #base;
    #fetch;
    #signal;

    /**
     * @param {URL} base
     * @param {typeof fetch} fetch
     * @param {AbortSignal} signal ends requests under way
     */
    constructor(base, fetch, signal) {
        this.#base = base;
        this.#fetch = fetch;
        this.#signal = signal;
    }

    /** @param {readonly string[]} tickers @param {number} throttleMs @returns {Promise<Session>} */
    async create(tickers, throttleMs) {
        return asSession(await this.#call('POST', '/v1/sessions', { tickers, throttle_ms: throttleMs }, this.#signal));
    }

    /** @param {string} id @returns {Promise<Session>} */
    async read(id) {
        return asSession(await this.#call('GET', `/v1/sessions/${encodeURIComponent(id)}`, undefined, this.#signal));
    }

    /** @param {string} id @param {object} change @returns {Promise<Session>} */
    async change(id, change) {
        return asSession(await this.#call('PATCH', `/v1/sessions/${encodeURIComponent(id)}`, change, this.#signal));
    }

    /** Also after the client ended, and (keepalive) while a page is being left. @param {string} id */
    async remove(id) {
        await this.#call('DELETE', `/v1/sessions/${encodeURIComponent(id)}`, undefined, undefined);
    }

    /** @param {string} id */
    streamUrl(id) {
        return this.#url(`/v1/stream/${encodeURIComponent(id)}`);
    }

    /** @param {string} path */
    #url(path) {
        return new URL(this.#base.pathname.replace(/\/+$/, '') + path, this.#base);
    }

    /**
     * @param {string} method
     * @param {string} path
     * @param {object | undefined} body
     * @param {AbortSignal | undefined} signal
     * @returns {Promise<any>}
     */
    async #call(method, path, body, signal) {
        const controller = new AbortController();
        const abort = () => controller.abort();
        const timer = setTimeout(abort, deadlineMs);
        signal?.addEventListener('abort', abort);
        try {
            if (signal?.aborted) throw new Error('the client is closed');
            const response = await this.#fetch(this.#url(path), {
                method,
                headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
                body: body === undefined ? undefined : JSON.stringify(body),
                cache: 'no-store',
                keepalive: method === 'DELETE',
                signal: controller.signal,
            });
            if (!response.ok) throw await refusalOf(response);
            return response.status === 204 ? undefined : await response.json();
        } catch (error) {
            if (error instanceof Refusal) throw error;
            throw new Refusal('network', `no answer to ${method} ${path}: ${reason(error)}`, { status: 0 });
        } finally {
            clearTimeout(timer);
            signal?.removeEventListener('abort', abort);
        }
    }
}

/** @param {any} answer what something between may have answered in place of the server @returns {Session} */
function asSession(answer) {
    if (typeof answer?.session_id === 'string' && isStrings(answer.tickers) && typeof answer.throttle_ms === 'number') {
        return answer;
    }
    throw new Refusal('network', 'the answer is not a session', { status: 0 });
}

/** @param {unknown} value */
function isStrings(value) {
    return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

/** @param {any} error Node's fetch says "fetch failed" and why in `cause` */
function reason(error) {
    return String(error?.cause?.message || error?.message || error);
}
