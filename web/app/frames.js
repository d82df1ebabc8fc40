// One animation frame for all that changed since the last one, and what such frames cost. While the page is hidden no frame
// comes and nothing is drawn; what waits is a set of tickers, whatever the rate.

const KEPT = 300; // the figures are those of the last so many frames

export class Frames {
  /** @type {Set<string>} */ #changed = new Set();
  #requested = false;
  /** @type {number[]} */ #costs = [];
  #next = 0;
  #draw;
  #request;
  #now;

  /**
   * @param {(changed: Set<string>) => void} draw
   * @param {(callback: () => void) => unknown} [request]
   * @param {() => number} [now] ms
   */
  constructor(
    draw,
    request = (callback) => requestAnimationFrame(callback),
    now = () => performance.now(),
  ) {
    this.#draw = draw;
    this.#request = request;
    this.#now = now;
  }

  /** @param {string} ticker */
  changed(ticker) {
    this.#changed.add(ticker);
    if (this.#requested) return;
    this.#requested = true;
    this.#request(() => this.#frame());
  }

  #frame() {
    this.#requested = false;
    const changed = this.#changed;
    this.#changed = new Set();
    const start = this.#now();
    this.#draw(changed);
    this.#costs[this.#next] = this.#now() - start;
    this.#next = (this.#next + 1) % KEPT;
  }

  /** The time this page's own work took in a frame, ms: median, 99th percentile, longest, and of how many. */
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
