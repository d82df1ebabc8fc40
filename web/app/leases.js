// Locks over the windows of this browser where it has no Web Locks (on plain HTTP, but for this
// computer's own addresses): a lease in its storage. The holder renews it; after a crash it lapses.
// Storage has no test-and-set, so a lease counts once it stood for a moment.

const PREFIX = 'tickcast.lease.';
const RENEW_MS = 20_000;
/** A hidden page's timers might come once per minute. */
export const LEASE_MS = 150_000;
const STAND_MS = 50;

/** @typedef {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>} Store */

export class Leases {
  #store;
  #now;
  #pause;
  #id = Math.random().toString(36).slice(2);
  /** @type {Set<string>} */ #held = new Set();
  /** @type {ReturnType<typeof setInterval> | undefined} */ #timer;

  /**
   * @param {Store} store
   * @param {() => number} [now] ms, by a clock that all windows share
   * @param {(ms: number) => Promise<void>} [pause]
   */
  constructor(store, now = Date.now, pause = (ms) => new Promise((go) => setTimeout(go, ms))) {
    this.#store = store;
    this.#now = now;
    this.#pause = pause;
    globalThis.addEventListener?.('pagehide', () => this.#leave());
    globalThis.addEventListener?.('pageshow', () => this.renew());
  }

  /**
   * Like a LockManager's with `ifAvailable`: without a lock the callback gets null, and a lock
   * lasts as long as the promise that the callback returns.
   * @param {string} name @param {unknown} _options
   * @param {(lock: { name: string } | null) => unknown} callback
   */
  async request(name, _options, callback) {
    let isMine = false;
    try {
      isMine = await this.#take(name);
    } catch {
      return callback({ name }); // a browser that stores nothing: each window counts for itself
    }
    if (!isMine) return callback(null);
    this.#timer ??= setInterval(() => this.renew(), RENEW_MS);
    /** @type {any} */ (this.#timer).unref?.();
    await callback({ name });
    this.#give(name);
    return undefined;
  }

  /** @param {string} name */
  async #take(name) {
    if (this.#held.has(name) || !this.#isFree(name)) return false;
    this.#write(name);
    await this.#pause(STAND_MS);
    const isMine = this.#ownerOf(name) === this.#id;
    if (isMine) this.#held.add(name);
    return isMine;
  }

  /** Also after a sleep, in which a lease may have gone to another window. */
  renew() {
    for (const name of this.#held) {
      try {
        if (this.#isFree(name) || this.#ownerOf(name) === this.#id) this.#write(name);
      } catch {
        /* storage is full or was switched off: the lease lapses */
      }
    }
  }

  #leave() {
    for (const name of this.#held) this.#erase(name);
  }

  /** @param {string} name */
  #give(name) {
    this.#held.delete(name);
    this.#erase(name);
    if (this.#held.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** @param {string} name */
  #erase(name) {
    try {
      if (this.#ownerOf(name) === this.#id) this.#store.removeItem(PREFIX + name);
    } catch {
      /* it lapses */
    }
  }

  /** @param {string} name */
  #write(name) {
    this.#store.setItem(PREFIX + name, `${this.#id} ${this.#now() + LEASE_MS}`);
  }

  /** @param {string} name */
  #ownerOf(name) {
    return this.#store.getItem(PREFIX + name)?.split(' ')[0];
  }

  /** @param {string} name */
  #isFree(name) {
    const leftMs = Number(this.#store.getItem(PREFIX + name)?.split(' ')[1]) - this.#now();
    // Not a number: none, or an unreadable one. Too far off: the clock was set back.
    return !(leftMs > 0 && leftMs <= LEASE_MS);
  }
}
