// An async iterator over ticks. Only the newest tick of each ticker waits for the reader, never a
// queue.

/** @typedef {import('../index.js').Tick} Tick */

/** @implements {AsyncIterableIterator<Tick>} */
export class NewestIterator {
  /** @type {Map<string, Tick>} a newer tick takes the place of the one that waits */
  #waiting;
  /**
   * @type {{ resolve: (result: IteratorResult<Tick>) => void, reject: (error: Error) => void }[]}
   */
  #readers = [];
  #ended = false;
  /** @type {Error | undefined} thrown once */
  #error;
  #onReturn;

  /**
   * @param {Iterable<Tick>} known
   * @param {(iterator: NewestIterator) => void} onReturn the reader is done with it
   */
  constructor(known, onReturn) {
    this.#waiting = new Map(Array.from(known, (tick) => [tick.s, tick]));
    this.#onReturn = onReturn;
  }

  /** @param {Tick} tick */
  put(tick) {
    const reader = this.#readers.shift();
    if (reader === undefined) this.#waiting.set(tick.s, tick);
    else reader.resolve({ done: false, value: tick });
  }

  /** @param {(ticker: string) => boolean} isWanted */
  keepOnly(isWanted) {
    for (const ticker of this.#waiting.keys()) {
      if (!isWanted(ticker)) this.#waiting.delete(ticker);
    }
  }

  /** Waiting ticks are read before the iterator ends. @param {Error} [error] */
  end(error) {
    this.#ended = true;
    this.#error = error;
    const readers = this.#readers;
    this.#readers = [];
    readers.forEach((reader) => void this.next().then(reader.resolve, reader.reject));
  }

  /** @returns {Promise<IteratorResult<Tick>>} */
  next() {
    for (const [ticker, tick] of this.#waiting) {
      this.#waiting.delete(ticker);
      return Promise.resolve({ done: false, value: tick });
    }
    if (!this.#ended)
      return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
    const error = this.#error;
    this.#error = undefined;
    return error === undefined
      ? Promise.resolve({ done: true, value: undefined })
      : Promise.reject(error);
  }

  /** @returns {Promise<IteratorResult<Tick>>} */
  return() {
    this.#waiting.clear();
    this.end();
    this.#onReturn(this);
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}
