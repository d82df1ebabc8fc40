// The one kind of error that the client gives.

export class TickcastError extends Error {
  /**
   * @param {string} code the server's, or one of the client's own
   * @param {string} detail
   * @param {{ status?: number, limit?: unknown, tickers?: readonly string[], cause?: unknown }}
   * [more]
   */
  constructor(code, detail, more = {}) {
    super(`${code}: ${detail}`, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'TickcastError';
    this.code = code;
    this.detail = detail;
    this.status = more.status;
    this.limit = more.limit;
    this.tickers = more.tickers;
  }
}
