// Connections for event streams. A browser has six connections to a host in all (HTTP/1.1;
// WebSockets are not among them), shared by all its windows, and an event stream holds one for as
// long as it lasts. So a page takes two at most, and all windows together four: the rest is for
// requests, and for the next window.
import { Leases } from './leases.js';

const MOST_HERE = 2;
const MOST_TOGETHER = 4;

/**
 * @typedef {'page' | 'browser'} Why there is none: this page has its two, or all windows have
 * theirs
 */
/**
 * @typedef {{ request: (name: string, options: { ifAvailable: true },
 *   callback: (lock: { name: string } | null) => unknown) => Promise<unknown> }} Locks
 */

/**
 * Browsers have locks on HTTPS and on this computer's own addresses, leases where they store
 * anything at all; without both each page counts for itself.
 * @returns {Locks | undefined}
 */
function browserLocks() {
  if (globalThis.navigator?.locks) return navigator.locks;
  try {
    return globalThis.localStorage && new Leases(localStorage);
  } catch {
    return undefined; // access is denied
  }
}

export class Slots {
  #held = 0;
  #locks;
  /** @type {Why | undefined} why the last one was not given */ why;

  /**
   * @param {Locks | undefined} [locks]
   */
  constructor(locks = browserLocks()) {
    this.#locks = locks;
  }

  /** @returns {Promise<(() => void) | undefined>} gives it back */
  async take() {
    if (this.#held >= MOST_HERE) {
      this.why = 'page';
      return undefined;
    }
    this.#held += 1;
    const free = await this.#takeShared();
    if (!free) {
      this.#held -= 1;
      this.why = 'browser';
      return undefined;
    }
    this.why = undefined;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#held -= 1;
      free();
    };
  }

  async #takeShared() {
    if (!this.#locks) return () => {};
    for (let number = 1; number <= MOST_TOGETHER; number += 1) {
      const free = await this.#tryLock(`tickcast-events-${number}`);
      if (free) return free;
    }
    return undefined;
  }

  /**
   * @param {string} name
   * @returns {Promise<(() => void) | undefined>} a window that is closed gives its locks back by
   * itself
   */
  #tryLock(name) {
    return new Promise((resolve) => {
      this.#locks
        ?.request(name, { ifAvailable: true }, (lock) => {
          if (!lock) return resolve(undefined);
          return new Promise((free) => resolve(() => free(undefined)));
        })
        .catch(() => resolve(undefined));
    });
  }
}
