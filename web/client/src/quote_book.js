// The newest quote of each ticker, and how many ticks were left out on the way to it.

/** @typedef {import('../index.js').Tick} Tick */
/** @typedef {import('../index.js').Snapshot} Snapshot */

export class QuoteBook {
  /** @type {Map<string, Tick>} */
  quotes = new Map();
  received = 0;
  conflated = 0;
  frames = 0;

  /**
   * `n` is counted from a snapshot on: for a ticker that had no quote yet, from 0. Each
   * connection begins with one of all tickers, so that gaps are never counted across two
   * connections or two epochs.
   * @param {Snapshot} snapshot
   */
  applySnapshot(snapshot) {
    for (const ticker of snapshot.tickers) this.quotes.delete(ticker);
    for (const quote of snapshot.quotes) this.quotes.set(quote.s, quote);
  }

  /** @param {readonly Tick[]} ticks of one frame */
  applyTicks(ticks) {
    this.frames += 1;
    this.received += ticks.length;
    for (const tick of ticks) {
      const gap = tick.n - (this.quotes.get(tick.s)?.n ?? 0) - 1;
      if (gap > 0) this.conflated += gap;
      this.quotes.set(tick.s, tick);
    }
  }

  /**
   * Forgets all tickers but `tickers`.
   * @param {Iterable<string>} tickers
   */
  keepOnly(tickers) {
    const kept = new Set(tickers);
    for (const ticker of this.quotes.keys()) {
      if (!kept.has(ticker)) this.quotes.delete(ticker);
    }
  }
}
