// Whether a silent event stream brings the newest quotes: the server and the network might be well
// while a proxy buffers the events.

import { pause } from './pause.js';

/** @typedef {import('../index.js').Tick} Tick */
/** @typedef {import('./session_api.js').Refusal} Refusal */

/** One question in so many asks for quotes; the others ask for less. */
const questionsPerLook = 3;
/** A tick under way takes no longer. A throttle of up to as much is waited for as well. */
const onItsWayMs = 2_000;

/**
 * @param {Promise<unknown>} request
 * @returns {Promise<import('./pulse.js').Answer>}
 */
export async function isAnswered(request) {
  try {
    return (await request) === 'held_back' ? 'held_back' : true;
  } catch (refusal) {
    // Any answer of the server's own shows that it lives; a 5xx might be a proxy's.
    const { httpStatus } = /** @type {Refusal} */ (refusal);
    return httpStatus > 0 && httpStatus < 500;
  }
}

export class StreamCheck {
  /** Messages of the stream. */
  heard = 0;

  #api;
  #wanted;
  #known;
  #questions = 0;

  /**
   * @param {import('./session_api.js').SessionApi} api
   * @param {import('./wanted.js').Wanted} wanted
   * @param {() => ReadonlyMap<string, Tick>} known the newest quotes that came
   */
  constructor(api, wanted, known) {
    this.#api = api;
    this.#wanted = wanted;
    this.#known = known;
  }

  /**
   * @param {string} sessionId
   * @param {AbortSignal} signal
   * @returns {Promise<import('./pulse.js').Answer>}
   */
  async ask(sessionId, signal) {
    this.#questions += 1;
    const { tickers, throttleMs } = this.#wanted.agreed;
    const isLook = this.#questions % questionsPerLook === 2 && throttleMs <= onItsWayMs;
    if (!isLook || tickers.length === 0) return isAnswered(this.#api.read(sessionId, signal));
    return isAnswered(this.#look(tickers, throttleMs, signal));
  }

  /**
   * @param {readonly string[]} tickers
   * @param {number} throttleMs
   * @param {AbortSignal} signal
   */
  async #look(tickers, throttleMs, signal) {
    const heard = this.heard;
    if (!this.#isBehind(await this.#api.quotes(tickers, signal))) return true;
    await pause(onItsWayMs + throttleMs, signal);
    return this.heard === heard ? 'held_back' : true;
  }

  /** @param {readonly Tick[]} quotes */
  #isBehind(quotes) {
    const known = this.#known();
    return quotes.some((quote) => quote.n > (known.get(quote.s)?.n ?? 0));
  }
}
