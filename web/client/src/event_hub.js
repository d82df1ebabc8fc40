// A client's events: handlers of on(), and DOM events for those that listen to them.

/** @typedef {import('../index.js').TickcastEvents} Events */

/** Node 18 has no CustomEvent. */
const DetailEvent =
  globalThis.CustomEvent ??
  class extends Event {
    /** @param {string} type @param {{ detail: unknown }} init */
    constructor(type, init) {
      super(type);
      this.detail = init.detail;
    }
  };

export class EventHub {
  #target;
  /** @type {Map<string, Set<(detail: any) => void>>} */
  #handlers = new Map();
  /**
   * Types that were ever listened to by addEventListener: an event object per tick is dear.
   * @type {Set<string>}
   */
  #listened = new Set();

  /** @param {EventTarget} target */
  constructor(target) {
    this.#target = target;
  }

  /** @param {string} type */
  noteListener(type) {
    this.#listened.add(type);
  }

  /**
   * @param {string} type
   * @param {(detail: any) => void} handler
   * @returns {() => void}
   */
  on(type, handler) {
    // In a function of its own, so that one handler given twice is called twice and taken away
    // once.
    const own = (/** @type {any} */ detail) => handler(detail);
    const handlers = this.#handlers.get(type) ?? new Set();
    this.#handlers.set(type, handlers.add(own));
    return () => void handlers.delete(own);
  }

  /** @param {keyof Events} type */
  isHeard(type) {
    return this.#listened.has(type) || (this.#handlers.get(type)?.size ?? 0) > 0;
  }

  /**
   * @template {keyof Events} Type
   * @param {Type} type
   * @param {Events[Type]} detail
   */
  emit(type, detail) {
    for (const handler of this.#handlers.get(type) ?? []) {
      try {
        handler(detail);
      } catch (error) {
        // As after a DOM event: reported as uncaught, and the stream goes on.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
    if (this.#listened.has(type)) this.#target.dispatchEvent(new DetailEvent(type, { detail }));
  }
}
