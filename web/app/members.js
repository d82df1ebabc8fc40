// The sessions of a pool, and which of them has which ticker.

/**
 * @typedef {import('../client/index.js').TickcastClient} Client
 * @typedef {import('../client/index.js').TickcastError} TickcastError
 * @typedef {Pick<TickcastError, 'code' | 'detail' | 'limit' | 'tickers' | 'status'>} Problem
 * @typedef {{
 *   client: Client, tickers: Set<string>, state: Client['state'], sessionId?: string,
 *   feed: 'live' | 'stale' | undefined, retryAt?: number, reason?: string, error?: Problem,
 *   quiet: boolean, isFull: boolean, leave: (() => void)[],
 *   waiting: Map<string, Promise<void>>, refused?: import('./refusal.js').Delay,
 *   slot?: () => void, isClaiming: boolean, isTrying: boolean,
 *   shortage?: import('./slots.js').Why
 * }} Member `waiting`: its tickers that the server has not accepted yet, each with its addition;
 * `refused`: a change that the server did not take for the moment; `slot` to `shortage` are of
 * claims.js: its connection for events, which is being asked for, or used for a trial, or was not
 * given
 */

/** @param {Member} member */
export const hasSession = (member) => member.client.sessionId !== undefined;

export class Members {
  /** @type {Member[]} */ #all = [];
  /** @type {Map<string, Member>} */ #owner = new Map();
  limit = Infinity; // tickers a session may have, once the server has said so

  get all() {
    return this.#all;
  }

  /** @param {Member} member @param {string[]} tickers */
  add(member, tickers) {
    this.#all.push(member);
    this.own(member, tickers);
  }

  /** @param {Member} member */
  remove(member) {
    this.#all = this.#all.filter((one) => one !== member);
    this.disown(member, [...member.tickers]);
  }

  /** @param {Member} member */
  has(member) {
    return this.#all.includes(member);
  }

  /** @param {string} ticker */
  ownerOf(ticker) {
    return this.#owner.get(ticker);
  }

  /** Those first that have a session: a new one may be refused for long. */
  byUse() {
    const [made, unmade] = [true, false].map((is) =>
      this.#all.filter((member) => hasSession(member) === is),
    );
    return [...made, ...unmade];
  }

  /** @param {Member} member */
  roomOf(member) {
    return member.state === 'closed' || member.isFull
      ? 0
      : Math.max(0, this.limit - member.tickers.size);
  }

  /** Of all of them together. @param {Member[]} members */
  roomIn(members) {
    return members.reduce((room, member) => room + this.roomOf(member), 0);
  }

  /** @param {Member} member @param {string[]} tickers */
  own(member, tickers) {
    for (const ticker of tickers) {
      member.tickers.add(ticker);
      this.#owner.set(ticker, member);
    }
  }

  /**
   * They wait until the server has answered.
   * @param {Member} member @param {string[]} tickers @param {Promise<void>} addition
   */
  async awaitAddition(member, tickers, addition) {
    for (const ticker of tickers) member.waiting.set(ticker, addition);
    try {
      await addition;
    } finally {
      for (const ticker of tickers)
        if (member.waiting.get(ticker) === addition) member.waiting.delete(ticker);
    }
  }

  /** @param {Member} member @param {string[]} tickers */
  disown(member, tickers) {
    for (const ticker of tickers) {
      member.tickers.delete(ticker);
      member.waiting.delete(ticker);
      if (this.#owner.get(ticker) === member) this.#owner.delete(ticker);
    }
  }
}
