// The wanted state of the client's session: the state that the server agreed to, and the changes
// that the server has not seen yet.

/**
 * @typedef {object} Change
 * @property {readonly string[]} add
 * @property {readonly string[]} remove
 * @property {number} [throttleMs]
 * @property {Promise<void>} [done]
 * @property {() => void} resolve
 * @property {(error: Error) => void} reject
 */

/** @typedef {{ tickers: readonly string[], throttleMs: number }} Wish */

/** The server folds case as well. @param {string} ticker */
function fold(ticker) {
  return typeof ticker === 'string' ? ticker.toUpperCase() : ticker;
}

export class Wanted {
  /** @type {Wish} */
  agreed;
  /**
   * A session can't be made empty: an emptied one is made again of these.
   * @type {readonly string[]}
   */
  lastTickers;
  /** @type {Change[]} */
  #waiting = [];

  #onAgreed;

  /**
   * @param {readonly string[]} tickers
   * @param {number} throttleMs
   * @param {() => void} onAgreed
   */
  constructor(tickers, throttleMs, onAgreed = () => {}) {
    this.#onAgreed = onAgreed;
    this.agreed = { tickers: [...new Set(tickers.map(fold))], throttleMs };
    this.lastTickers = this.agreed.tickers;
  }

  /** @param {readonly string[]} tickers @param {number} throttleMs as the server says they are */
  agree(tickers, throttleMs) {
    this.agreed = { tickers, throttleMs };
    if (tickers.length > 0) this.lastTickers = tickers;
    this.#onAgreed();
  }

  /** With the changes under way. */
  get wish() {
    return this.#waiting.reduce(applied, this.agreed);
  }

  /**
   * @param {{ add?: readonly string[], remove?: readonly string[], throttleMs?: number }} change
   * @returns {Promise<void>} settled once the server has answered
   */
  change({ add = [], remove = [], throttleMs }) {
    /** @type {Change} */
    const change = {
      add: add.map(fold),
      remove: remove.map(fold),
      throttleMs,
      resolve() {},
      reject() {},
    };
    const done = new Promise((resolve, reject) => Object.assign(change, { resolve, reject }));
    change.done = done;
    this.#waiting.push(change);
    return done;
  }

  get hasWaiting() {
    return this.#waiting.length > 0;
  }

  /**
   * Sends all waiting changes by one request: a hundred calls in a row cost no more than one. Where
   * the server refuses their content, each call is sent by itself, so that only the wrong one
   * fails.
   * @param {(body: object) => Promise<{ tickers: string[], throttle_ms: number }>} send
   * @param {(error: any) => boolean} isFinal whether that call can never pass
   * @throws what `send` threw where a later try might pass; the changes go on waiting
   */
  async settle(send, isFinal) {
    let singly = 0;
    while (this.#waiting.length > 0) {
      const batch = singly > 0 ? this.#waiting.slice(0, 1) : [...this.#waiting];
      try {
        const answer = await send(this.#bodyFor(batch));
        this.#waiting.splice(0, batch.length);
        this.agree(answer.tickers, answer.throttle_ms);
        batch.forEach((change) => change.resolve());
      } catch (error) {
        if (!isFinal(error)) throw error;
        if (batch.length > 1) {
          singly = batch.length;
          continue;
        }
        this.#waiting.shift()?.reject(/** @type {Error} */ (error));
      }
      singly = Math.max(0, singly - 1);
    }
  }

  /**
   * At the client's end, which is reported elsewhere too: a call that no code awaits must not end a
   * Node process.
   * @param {Error} error
   */
  rejectAll(error) {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const change of waiting) {
      change.done?.catch(() => {});
      change.reject(error);
    }
  }

  /** @param {Change[]} batch */
  #bodyFor(batch) {
    /** @type {Map<string, boolean>} ticker: whether it is wanted after all changes */
    const fate = new Map();
    /** @type {number | undefined} */
    let throttleMs;
    for (const change of batch) {
      change.remove.forEach((ticker) => fate.set(ticker, false));
      change.add.forEach((ticker) => fate.set(ticker, true));
      throttleMs = change.throttleMs ?? throttleMs;
    }
    const named = (/** @type {boolean} */ wanted) =>
      Array.from(fate).flatMap(([ticker, isWanted]) => (isWanted === wanted ? [ticker] : []));
    return {
      add: named(true),
      remove: named(false),
      ...(throttleMs === undefined ? {} : { throttle_ms: throttleMs }),
    };
  }
}

/** @param {Wish} wish @param {Change} change @returns {Wish} */
function applied(wish, change) {
  const tickers = new Set(wish.tickers);
  change.remove.forEach((ticker) => tickers.delete(ticker));
  change.add.forEach((ticker) => tickers.add(ticker));
  return { tickers: [...tickers], throttleMs: change.throttleMs ?? wish.throttleMs };
}
