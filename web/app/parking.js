// Tickers that wait for a connection for event streams, or for the end of a session: where an
// address can have few sessions, the next session would be refused before the old one is gone.

/**
 * @typedef {import('./slots.js').Why} Why
 * @typedef {{
 *   fill: (tickers: string[]) => string[],
 *   start: (tickers: string[], slot?: () => void) => void,
 *   startShared: (tickers: string[], slot: () => void) => void,
 *   onState: () => void
 * }} Actions `fill`: into the sessions there are; gives those that found no room
 */

export class Parking {
  /** @type {Set<string>} */ #tickers = new Set();
  /** @type {Set<Promise<unknown>>} deletions under way: their sessions still count */
  #endings = new Set();
  #hasShared = false; // the shared session waits for a connection
  #isServing = false;
  /** @type {Why | undefined} why there is no connection */ #why;
  #members;
  #claims;
  #actions;

  /**
   * @param {import('./members.js').Members} members
   * @param {import('./claims.js').Claims} claims
   * @param {Actions} actions
   */
  constructor(members, claims, actions) {
    this.#members = members;
    this.#claims = claims;
    this.#actions = actions;
  }

  /** Tickers without a connection, and why. */
  get unserved() {
    // The tickers of a shared session might not be known yet.
    const count = Math.max(this.#tickers.size, this.#hasShared ? 1 : 0);
    return { count: this.#why ? count : 0, why: this.#why };
  }

  /** Whether a new session has to wait. */
  get isNeeded() {
    return this.#claims.areNeeded || this.#endings.size > 0;
  }

  /** @param {string} ticker */
  isUnserved(ticker) {
    return this.#why !== undefined && this.#tickers.has(ticker);
  }

  /** @param {Iterable<string>} tickers */
  park(tickers) {
    for (const ticker of tickers) this.#tickers.add(ticker);
  }

  /**
   * Of a session that found no connection.
   * @param {Iterable<string>} tickers @param {boolean} isShared
   */
  parkUnserved(tickers, isShared) {
    this.park(tickers);
    this.#hasShared = isShared;
    this.#why = this.#claims.why;
  }

  /** @param {Iterable<string>} tickers */
  remove(tickers) {
    for (const ticker of tickers) this.#tickers.delete(ticker);
    if (this.#isEmpty) this.#why = undefined;
  }

  clear() {
    this.#hasShared = false;
    this.remove([...this.#tickers]);
  }

  get #isEmpty() {
    return this.#tickers.size === 0 && !this.#hasShared;
  }

  /** @param {Promise<unknown>} ending */
  async awaitEnding(ending) {
    this.#endings.add(ending);
    await ending.catch(() => {});
    this.#endings.delete(ending);
  }

  /** Streams what waits, as far as there are connections. */
  async serve() {
    if (this.#isServing || this.#isEmpty) return;
    this.#isServing = true;
    if (this.#hasShared) await this.#serveShared();
    while (this.#endings.size > 0) await Promise.allSettled(this.#endings);
    this.#fill();
    while (this.#tickers.size > 0 && !this.#hasShared && (await this.#serveOne()));
    this.#isServing = false;
    this.#actions.onState();
  }

  async #serveShared() {
    const slot = await this.#take();
    if (!slot) return;
    this.#hasShared = false;
    this.#actions.startShared(this.#leave(Infinity), slot);
  }

  /** A session more. @returns {Promise<boolean>} whether there was a connection for it */
  async #serveOne() {
    const isCounted = this.#claims.areNeeded;
    const slot = isCounted ? await this.#take() : undefined;
    if (isCounted && !slot) return false;
    const tickers = this.#leave(this.#members.limit);
    if (tickers.length > 0) this.#actions.start(tickers, slot);
    else slot?.();
    return true;
  }

  async #take() {
    const slot = await this.#claims.take();
    this.#why = slot ? undefined : this.#claims.why;
    return slot;
  }

  #fill() {
    const rest = new Set(this.#actions.fill([...this.#tickers]));
    this.remove([...this.#tickers].filter((ticker) => !rest.has(ticker)));
  }

  /** @param {number} most */
  #leave(most) {
    const tickers = [...this.#tickers].slice(0, most);
    this.remove(tickers);
    return tickers;
  }
}
