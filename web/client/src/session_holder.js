// The session of a client: the given one, or one made of the wanted tickers, and made again where
// it is gone.

/** @typedef {import('./session_api.js').Refusal} Refusal */
/** @typedef {import('./session_api.js').Session} Session */

export class SessionHolder {
  /** @type {string | undefined} */
  id;
  /** A given session has to be asked what it holds. */
  isUnread;

  #api;
  #wanted;
  #onForgotten;
  /** @type {Promise<void> | undefined} the session that is being made */
  #obtaining;

  /**
   * @param {import('./session_api.js').SessionApi} api
   * @param {import('./wanted.js').Wanted} wanted
   * @param {string | undefined} given
   * @param {() => void} onForgotten
   */
  constructor(api, wanted, given, onForgotten) {
    this.#api = api;
    this.#wanted = wanted;
    this.#onForgotten = onForgotten;
    this.id = given;
    this.isUnread = given !== undefined;
  }

  /** @returns {Promise<void>} one at a time: changes and streams both may need it */
  obtain() {
    this.#obtaining ??= this.#make().finally(() => {
      this.#obtaining = undefined;
    });
    return this.#obtaining;
  }

  async #make() {
    if (this.id !== undefined && this.isUnread) {
      const session = await this.#api.read(this.id);
      this.#wanted.agree(session.tickers, session.throttle_ms);
      this.isUnread = false;
    }
    if (this.id !== undefined) return;
    const { tickers, throttleMs } = this.#wanted.agreed;
    const isEmpty = tickers.length === 0;
    const made = await this.#api.create(isEmpty ? this.#wanted.lastTickers : tickers, throttleMs);
    // A session can't be made empty, but it can be made so afterwards.
    const session = isEmpty
      ? await this.#api.change(made.session_id, { remove: made.tickers })
      : made;
    this.#wanted.agree(session.tickers, session.throttle_ms);
    this.id = session.session_id;
  }

  forget() {
    this.id = undefined;
    this.isUnread = false;
    this.#onForgotten();
  }

  /**
   * For a session that was not streamed: it might have expired.
   * @returns {Promise<boolean>} whether there is one
   */
  async refresh() {
    try {
      if (this.id !== undefined) await this.#api.read(this.id);
    } catch (refusal) {
      if (!isGone(refusal)) return false;
      this.forget();
    }
    return this.obtain().then(
      () => true,
      () => false,
    );
  }

  /** @param {object} body @returns {Promise<Session>} */
  change(body) {
    return this.#api.change(/** @type {string} */ (this.id), body);
  }

  /**
   * For a session that is not streamed: made again where it has expired.
   * @param {object} body
   * @returns {Promise<Session>}
   */
  async changeOrRenew(body) {
    await this.obtain();
    try {
      return await this.change(body);
    } catch (refusal) {
      if (!isGone(refusal)) throw refusal;
      this.forget();
      await this.obtain();
      return this.change(body);
    }
  }
}

/** @param {unknown} refusal */
function isGone(refusal) {
  return /** @type {Refusal} */ (refusal).httpStatus === 404;
}
