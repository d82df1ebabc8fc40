// One animation frame for all changes since the last one, and the cost of such frames. While the
// page is hidden no frame comes and nothing is drawn; only a set of tickers waits, whatever the
// rate.

/**
 * Between two draws: a figure that changes more often can't be read, and each draw costs a layout.
 */
const LEAST_MS = 33;
const EARLY_MS = 5; // that a timer is asked for before, as the frame itself comes later still
const KEPT = 300; // the figures are those of the last so many frames

export class Frames {
  /** @type {Set<string>} */ #changed = new Set();
  #requested = false;
  /** @type {number[]} */ #costs = [];
  #next = 0;
  #drawnAt = -Infinity;
  #draw;
  #request;
  #now;
  #wait;

  /**
   * @param {(changed: Set<string>) => void} draw
   * @param {(callback: () => void) => unknown} [request]
   * @param {() => number} [now] ms
   * @param {(callback: () => void, ms: number) => unknown} [wait]
   */
  constructor(
    draw,
    request = (callback) => requestAnimationFrame(callback),
    now = () => performance.now(),
    wait = (callback, ms) => setTimeout(callback, ms),
  ) {
    this.#draw = draw;
    this.#request = request;
    this.#now = now;
    this.#wait = wait;
  }

  /** @param {string} ticker */
  changed(ticker) {
    this.#changed.add(ticker);
    if (this.#requested) return;
    this.#requested = true;
    const draw = () => this.#request(() => this.#frame());
    const early = this.#drawnAt + LEAST_MS - EARLY_MS - this.#now();
    if (early > 0) this.#wait(draw, early);
    else draw();
  }

  #frame() {
    this.#requested = false;
    const changed = this.#changed;
    this.#changed = new Set();
    const start = this.#now();
    this.#drawnAt = start;
    this.#draw(changed);
    this.#costs[this.#next] = this.#now() - start;
    this.#next = (this.#next + 1) % KEPT;
  }

  /**
   * The time this page's own work took in a frame, ms: median, 99th percentile, longest, and of how
   * many.
   */
  stats() {
    const sorted = [...this.#costs].sort((a, b) => a - b);
    const at = (/** @type {number} */ part) =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
    return {
      count: sorted.length,
      p50: at(0.5),
      p99: at(0.99),
      longest: sorted[sorted.length - 1],
    };
  }
}
