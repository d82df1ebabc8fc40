// Makes the sessions of a pool, and keeps the states that their clients report.

/**
 * @typedef {import('./members.js').Member} Member
 * @typedef {import('./members.js').Problem} Problem
 */

export class Sessions {
  #options;
  #members;
  #claims;
  #misfits;
  #now;

  /**
   * @param {import('./pool.js').Options} options
   * @param {import('./members.js').Members} members
   * @param {import('./claims.js').Claims} claims
   * @param {import('./misfits.js').Misfits} misfits
   */
  constructor(options, members, claims, misfits) {
    this.#options = options;
    this.#members = members;
    this.#claims = claims;
    this.#misfits = misfits;
    this.#now = options.now ?? (() => performance.now());
  }

  /**
   * @param {string[]} tickers @param {number} throttleMs
   * @param {string} [session] one that there is
   * @param {() => void} [slot] its connection for events
   */
  start(tickers, throttleMs, session, slot) {
    const client = this.#options.connect({
      url: this.#options.url,
      tickers,
      throttleMs,
      ...(session === undefined ? {} : { session }),
      eventSlot: () => this.#claims.takeForTrial(member),
    });
    /** @type {Member} */
    const member = {
      client,
      slot,
      tickers: new Set(),
      state: client.state,
      feed: client.feed,
      quiet: false,
      isFull: false,
      waiting: new Map(),
      isClaiming: false,
      isTrying: false,
      leave: [],
    };
    this.#members.add(member, tickers);
    member.leave = this.#follow(member);
    return member;
  }

  /** @param {Member} member @param {boolean} quiet */
  setQuiet(member, quiet) {
    if (member.quiet === quiet) return;
    member.quiet = quiet;
    this.#options.onState();
  }

  /** @param {Member} member @returns {(() => void)[]} */
  #follow(member) {
    const { client } = member;
    return [
      client.on('state', (change) => this.#stateChanged(member, change)),
      client.on('feed', (feed) => {
        member.feed = feed;
        this.#options.onState();
      }),
      client.on('quiet', (isQuiet) => this.setQuiet(member, isQuiet)),
      client.on('snapshot', (snapshot) => this.#snapshot(member, snapshot)),
      client.on('ticks', (ticks) => this.#options.onTicks(ticks)),
      client.on('refused', (refused) => this.#changeRefused(member, refused)),
      client.on('error', (error) => this.#misfits.failed(member, /** @type {Problem} */ (error))),
    ];
  }

  /** @param {Member} member @param {import('../client/index.js').StateChange} change */
  #stateChanged(member, change) {
    member.state = change.state;
    member.reason = change.reason;
    member.error = change.error;
    member.sessionId = member.client.sessionId ?? member.sessionId;
    member.retryAt = change.retryInMs !== undefined ? this.#now() + change.retryInMs : undefined;
    member.feed = member.client.feed;
    member.quiet = false;
    this.#claims.follow(member);
    this.#options.onState();
  }

  /**
   * A change waits: the client tries it again by itself.
   * @param {Member} member @param {import('../client/index.js').Refused | null} refused
   */
  #changeRefused(member, refused) {
    member.refused = refused
      ? { error: refused.error, retryAt: this.#now() + refused.retryInMs }
      : undefined;
    this.#options.onState();
  }

  /** @param {Member} member @param {import('../client/index.js').Snapshot} snapshot */
  #snapshot(member, snapshot) {
    member.sessionId = snapshot.session_id;
    member.feed = snapshot.feed;
    // A session that is shared with another window has tickers that this window did not ask for.
    const fresh = snapshot.tickers.filter((ticker) => !this.#members.ownerOf(ticker));
    if (fresh.length > 0 && this.#options.session !== undefined) {
      this.#members.own(member, fresh);
      this.#options.onTickers(fresh);
    }
    this.#options.onTicks(snapshot.quotes);
    this.#options.onState();
  }
}
