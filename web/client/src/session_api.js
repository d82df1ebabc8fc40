// The REST calls about a session. Each has a deadline, and throws a TickcastError with the reason
// of a refusal.

import { TickcastError } from './errors.js';
import { inWords, rootOf, timeout } from './failure.js';
import { parseRetryAfter } from './rules.js';

const deadlineMs = 10_000;
/** Of a deletion: somebody may wait for it to end. */
const removeWithinMs = 3_000;

/** Tickers of one request for quotes (CONTRACT API-6). Proxies take a line of 8 KiB, some of 4. */
const mostTickers = 400;
const mostChars = 3_000;

/**
 * @typedef {{ session_id: string, tickers: string[], throttle_ms: number, state?: string }} Session
 */
/** @typedef {import('../index.js').Tick} Tick */

/** A refused request: a TickcastError that also knows when to try again. */
export class Refusal extends TickcastError {
  /**
   * @param {string} code
   * @param {string} detail
   * @param {{ status: number, limit?: unknown, tickers?: string[], retryAfterMs?: number, cause?:
   * unknown }} more
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
    // A proxy answered in a format of its own.
  }
  const code = typeof problem?.code === 'string' ? problem.code : `http_${response.status}`;
  const detail =
    typeof problem?.detail === 'string' ? problem.detail : `the server answered ${response.status}`;
  return new Refusal(code, detail, {
    status: response.status,
    limit: problem?.limit,
    tickers: problem?.tickers,
    retryAfterMs: parseRetryAfter(
      response.headers.get('Retry-After'),
      response.headers.get('Date'),
      Date.now(),
    ),
  });
}

export class SessionApi {
  #base;
  #fetch;
  #signal;
  #onDate;

  /**
   * @param {URL} base
   * @param {typeof fetch} fetch
   * @param {AbortSignal} signal ends requests under way
   * @param {(sentMs: number, dateMs: number, receivedMs: number) => void} [onDate] with each
   * answer: the server's time (NaN: not said), between these two of the client's clock
   */
  constructor(base, fetch, signal, onDate = () => {}) {
    this.#onDate = onDate;
    this.#base = base;
    this.#fetch = fetch;
    this.#signal = signal;
  }

  /** @param {readonly string[]} tickers @param {number} throttleMs @returns {Promise<Session>} */
  async create(tickers, throttleMs) {
    return this.#session('POST', '/v1/sessions', { tickers, throttle_ms: throttleMs });
  }

  /** @param {string} id @param {AbortSignal} [signal] @returns {Promise<Session>} */
  async read(id, signal) {
    return this.#session('GET', `/v1/sessions/${encodeURIComponent(id)}`, undefined, signal);
  }

  /** @param {string} id @param {object} change @returns {Promise<Session>} */
  async change(id, change) {
    return this.#session('PATCH', `/v1/sessions/${encodeURIComponent(id)}`, change);
  }

  /**
   * Also after the client ended, and (keepalive) while a page is being left.
   * @param {string} id
   */
  async remove(id) {
    const path = `/v1/sessions/${encodeURIComponent(id)}`;
    await this.#call('DELETE', path, undefined, undefined, removeWithinMs);
  }

  /**
   * @param {readonly string[]} tickers as many as there are
   * @param {AbortSignal} signal
   * @returns {Promise<Tick[]>} those that have a quote
   */
  async quotes(tickers, signal) {
    const quotes = [];
    for (const names of portions(tickers)) {
      const path = `/v1/quotes?tickers=${names.join(',')}`;
      const answer = await this.#call('GET', path, undefined, signal);
      if (!isQuotes(answer?.quotes)) throw this.#misfit('GET', '/v1/quotes', 'a list of quotes');
      quotes.push(...answer.quotes);
    }
    return quotes;
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
   * @param {object} [body]
   * @param {AbortSignal} [signal]
   * @returns {Promise<Session>}
   */
  async #session(method, path, body, signal = this.#signal) {
    const answer = await this.#call(method, path, body, signal);
    // A proxy might have answered in place of the server.
    const isSession = typeof answer?.session_id === 'string' && isStrings(answer.tickers);
    if (isSession && typeof answer.throttle_ms === 'number') return answer;
    throw this.#misfit(method, path, 'a session');
  }

  /** @param {string} method @param {string} path @param {string} what */
  #misfit(method, path, what) {
    const detail = `the answer to ${method} ${this.#url(path).href} is not ${what}: is this a Tickcast server?`;
    return new Refusal('network', detail, { status: 0 });
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object | undefined} body
   * @param {AbortSignal | undefined} signal
   * @param {number} [withinMs]
   * @returns {Promise<any>}
   */
  async #call(method, path, body, signal, withinMs = deadlineMs) {
    const url = this.#url(path);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const controller = new AbortController();
    /** @type {(error: Error) => void} */
    let fail = () => {};
    // A fetch that was given need not know of signals: its promise is not waited for after the
    // deadline.
    const failed = new Promise((_resolve, reject) => {
      fail = (error) => {
        reject(error);
        controller.abort();
      };
    });
    const timer = setTimeout(() => fail(timeout(withinMs)), withinMs);
    const abort = () => fail(new Error('the client is closed'));
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    try {
      return await Promise.race([failed, this.#exchange(method, url, text, controller.signal)]);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      const detail = `no answer to ${method} ${url.origin}${url.pathname}: ${inWords(error)}`;
      throw new Refusal('network', detail, { status: 0, cause: rootOf(error) });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  /**
   * @param {string} method
   * @param {URL} url
   * @param {string | undefined} text
   * @param {AbortSignal} signal
   */
  async #exchange(method, url, text, signal) {
    signal.throwIfAborted();
    const sentMs = performance.now();
    const response = await this.#fetch(url, {
      method,
      headers: text === undefined ? {} : { 'Content-Type': 'application/json' },
      body: text,
      cache: 'no-store',
      keepalive: method === 'DELETE',
      signal,
    });
    this.#onDate(sentMs, Date.parse(response.headers?.get('Date') ?? ''), performance.now());
    if (!response.ok) throw await refusalOf(response);
    return response.status === 204 ? undefined : await response.json();
  }
}

/** Names for one request each, percent-encoded. @param {readonly string[]} tickers */
function portions(tickers) {
  /** @type {string[][]} */
  const all = [];
  let chars = Infinity;
  for (const ticker of tickers) {
    const name = encodeURIComponent(ticker);
    chars += name.length + 1;
    if (chars > mostChars || (all.at(-1)?.length ?? mostTickers) >= mostTickers) {
      all.push([]);
      chars = name.length + 1;
    }
    all.at(-1)?.push(name);
  }
  return all;
}

/** @param {any} value */
function isQuotes(value) {
  return (
    Array.isArray(value) &&
    value.every((each) => typeof each?.s === 'string' && typeof each.n === 'number')
  );
}

/** @param {unknown} value */
function isStrings(value) {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
