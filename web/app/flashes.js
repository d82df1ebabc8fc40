// A changed price stands on a colour for a moment. The colour is an attribute that one rule of the
// style sheet knows: set in the frame that writes the price anyway, and removed in one frame for
// all that are due. An animation would make the browser compute styles for each of them in each
// frame.

const SHOWN_MS = 300;
const TOGETHER_MS = 100; // flashes that are due within this time end together

export class Flashes {
  /** @type {Map<HTMLElement, number>} until when; the first to go off comes first */ #lit =
    new Map();
  #isTimed = false;
  #now;
  #wait;

  /**
   * @param {() => number} [now] ms
   * @param {(callback: () => void, ms: number) => unknown} [wait]
   */
  constructor(now = () => performance.now(), wait = (callback, ms) => setTimeout(callback, ms)) {
    this.#now = now;
    this.#wait = wait;
  }

  /** @param {HTMLElement} element @param {number} way up is 1, down -1 */
  light(element, way) {
    if (element.dataset.flash !== String(way)) element.dataset.flash = String(way);
    this.#lit.delete(element);
    this.#lit.set(element, this.#now() + SHOWN_MS);
    this.#expect();
  }

  #expect() {
    if (this.#isTimed || this.#lit.size === 0) return;
    this.#isTimed = true;
    const [until] = this.#lit.values();
    this.#wait(
      () => {
        this.#isTimed = false;
        this.#dim();
      },
      Math.max(0, until - this.#now()) + TOGETHER_MS,
    );
  }

  #dim() {
    const now = this.#now();
    for (const [element, until] of this.#lit) {
      if (until > now) break;
      this.#lit.delete(element);
      delete element.dataset.flash;
    }
    this.#expect();
  }
}
