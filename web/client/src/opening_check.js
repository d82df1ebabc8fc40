// Whether an opening that hangs is blocked on the way. The session is asked while the opening is
// still under way: a server that answers then, and does not open the stream, lives. A server that
// answers only afterwards might have stood still all the time.

/** @typedef {import('./session_api.js').Session} Session */

/** The session is asked after this part of the time that an opening has. */
const askAfterPart = 2 / 3;
/** After the answer the opening has at least this part: both might have come late together. */
const leadPart = 1 / 6;

export class OpeningCheck {
  #withinMs;
  /** @type {Session | undefined} */
  #session;
  #answeredAt = Infinity;
  #over = new AbortController();
  #timer;

  /**
   * @param {(signal: AbortSignal) => Promise<Session>} ask
   * @param {number} withinMs what the opening has
   */
  constructor(ask, withinMs) {
    this.#withinMs = withinMs;
    this.#timer = setTimeout(() => void this.#ask(ask), withinMs * askAfterPart);
  }

  /** The opening is over. */
  end() {
    clearTimeout(this.#timer);
    this.#over.abort();
  }

  /** @returns {Session | undefined} as the server described it well before now */
  get answer() {
    const isInTime = performance.now() - this.#answeredAt >= this.#withinMs * leadPart;
    return isInTime ? this.#session : undefined;
  }

  /** @param {(signal: AbortSignal) => Promise<Session>} ask */
  async #ask(ask) {
    try {
      this.#session = await ask(this.#over.signal);
      this.#answeredAt = performance.now();
    } catch {
      // A refusal is looked at when the opening has failed.
    }
  }
}
