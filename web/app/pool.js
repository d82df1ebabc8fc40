// As many sessions as a list needs: a session holds so many tickers (the server says how many when it is asked for more), each
// is a client of its own. One answer to "how is it?" for each ticker and for all.

/**
 * @typedef {import('./instrument.js').Tick} Tick
 * @typedef {import('../client/index.js').TickcastClient} Client
 * @typedef {'live' | 'stale' | 'offline' | 'waiting'} TickerState
 * @typedef {{ client: Client, tickers: Set<string>, state: Client['state'], feed: 'live' | 'stale' | undefined, sessionId?: string,
 *             retryAt?: number, reason?: string, quiet: boolean, leave: (() => void)[] }} Member
 * @typedef {Pick<import('../client/index.js').TickcastError, 'code' | 'detail' | 'limit' | 'tickers'>} Problem
 * @typedef {{ connect: typeof import('../client/index.js').connect, url: string, throttleMs: number, session?: string,
 *             onTicks: (ticks: readonly Tick[]) => void, onState: () => void, onTickers: (tickers: string[]) => void,
 *             onRefused: (tickers: string[], problem: Problem) => void, onProblem: (problem: Problem) => void,
 *             now?: () => number }} Options
 */

/** The server's heartbeat comes every 15 s by default. One later than this leaves it open whether prices still hold. */
export const QUIET_MS = 20_000;
const ABOUT_TICKERS = new Set(['unknown_ticker', 'invalid_ticker']);

export class Pool {
  /** @type {Member[]} */ #members = [];
  /** @type {Map<string, Member>} */ #owner = new Map();
  #limit = Infinity; // tickers a session may have, once the server has said so
  /** @type {Options} */ #options;
  #throttleMs;
  #now;

  /** @param {Options} options */
  constructor(options) {
    this.#options = options;
    this.#throttleMs = options.throttleMs;
    this.#now = options.now ?? Date.now;
  }

  get members() {
    return this.#members;
  }
  get limit() {
    return this.#limit;
  }

  /** @param {string[]} tickers */
  open(tickers) {
    const { session } = this.#options;
    if (session !== undefined) this.#start([], session);
    else this.#place(tickers);
  }

  /** @param {string[]} tickers */
  async add(tickers) {
    const fresh = tickers.filter((ticker) => !this.#owner.has(ticker));
    const member = this.#members.find(
      (one) => one.state !== 'closed' && one.tickers.size + fresh.length <= this.#limit,
    );
    if (!member) {
      this.#place(fresh);
      return;
    }
    this.#own(member, fresh);
    try {
      await member.client.add(...fresh);
    } catch (error) {
      this.#disown(member, fresh);
      this.#misfit(fresh, /** @type {Problem} */ (error));
    }
  }

  /** @param {string[]} tickers */
  async remove(tickers) {
    for (const member of [...this.#members]) {
      const gone = tickers.filter((ticker) => this.#owner.get(ticker) === member);
      if (gone.length === 0) continue;
      this.#disown(member, gone);
      if (member.tickers.size === 0) this.#drop(member, true);
      else
        await member.client
          .remove(...gone)
          .catch((/** @type {Problem} */ error) => this.#options.onProblem(error));
    }
    this.#options.onState();
  }

  /** Other tickers instead of these. @param {string[]} tickers */
  replace(tickers) {
    for (const member of [...this.#members]) this.#drop(member, true);
    this.#place(tickers);
  }

  /** @param {number} ms */
  async throttle(ms) {
    this.#throttleMs = ms;
    const open = this.#members.filter((member) => member.state !== 'closed');
    await Promise.all(
      open.map((member) =>
        member.client
          .throttle(ms)
          .catch((/** @type {Problem} */ error) => this.#options.onProblem(error)),
      ),
    );
  }

  /** Opens again what is closed: the same session where another window has it, else a new one. */
  reopen() {
    for (const member of this.#members.filter((one) => one.state === 'closed')) {
      const tickers = [...member.tickers];
      const session = member.reason === 'taken_over' ? member.sessionId : undefined;
      this.#drop(member, false);
      this.#start(tickers, session);
    }
  }

  close() {
    for (const member of [...this.#members]) this.#drop(member, true);
  }

  /** @param {string} ticker @returns {TickerState} */
  stateOf(ticker) {
    const member = this.#owner.get(ticker);
    if (!member || member.state === 'connecting') return 'waiting';
    if (member.state !== 'live') return 'offline';
    return member.feed === 'stale' || member.quiet ? 'stale' : 'live';
  }

  /** To be called once a second: who has been quiet for too long, as after a sleep, no longer passes for live. */
  checkQuiet() {
    for (const member of this.#members)
      this.#setQuiet(member, (member.client.quietMs ?? 0) > QUIET_MS);
  }

  /** @param {Member} member @param {boolean} quiet */
  #setQuiet(member, quiet) {
    if (member.quiet === quiet) return;
    member.quiet = quiet;
    this.#options.onState();
  }

  /** @param {string} ticker */
  holds(ticker) {
    return this.#owner.has(ticker);
  }

  /** Tickers that somebody else took out of a session, which would stand still and look live. */
  takeGone() {
    const gone = [];
    for (const member of this.#members.filter((one) => one.state === 'live')) {
      const held = new Set(member.client.tickers);
      const missing = [...member.tickers].filter((ticker) => !held.has(ticker));
      this.#disown(member, missing);
      gone.push(...missing);
    }
    return gone;
  }

  /** @param {string[]} tickers */
  #place(tickers) {
    const waiting = tickers.filter((ticker) => !this.#owner.has(ticker));
    for (let at = 0; at < waiting.length; at += this.#limit)
      this.#start(waiting.slice(at, at + this.#limit));
    this.#options.onState();
  }

  /** @param {string[]} tickers @param {string} [session] */
  #start(tickers, session) {
    const client = this.#options.connect({
      url: this.#options.url,
      tickers,
      throttleMs: this.#throttleMs,
      ...(session === undefined ? {} : { session }),
    });
    /** @type {Member} */
    const member = {
      client,
      tickers: new Set(),
      state: client.state,
      feed: client.feed,
      quiet: false,
      leave: [],
    };
    this.#members.push(member);
    this.#own(member, tickers);
    member.leave = [
      client.on('state', (change) => this.#stateChanged(member, change)),
      client.on('feed', (feed) => {
        member.feed = feed;
        this.#options.onState();
      }),
      client.on('snapshot', (snapshot) => this.#snapshot(member, snapshot)),
      client.on('ticks', (ticks) => {
        this.#setQuiet(member, false);
        this.#options.onTicks(ticks);
      }),
      client.on('error', (error) => this.#failed(member, /** @type {Problem} */ (error))),
    ];
  }

  /** @param {Member} member @param {import('../client/index.js').StateChange} change */
  #stateChanged(member, change) {
    member.state = change.state;
    member.reason = change.reason;
    member.sessionId = member.client.sessionId ?? member.sessionId;
    member.retryAt = change.retryInMs !== undefined ? this.#now() + change.retryInMs : undefined;
    member.feed = member.client.feed;
    member.quiet = false;
    this.#options.onState();
  }

  /** @param {Member} member @param {import('../client/index.js').Snapshot} snapshot */
  #snapshot(member, snapshot) {
    member.sessionId = snapshot.session_id;
    member.feed = snapshot.feed;
    // A session that another window shares has tickers that this one did not ask for.
    const fresh = snapshot.tickers.filter((ticker) => !this.#owner.has(ticker));
    if (fresh.length > 0 && this.#options.session !== undefined) {
      this.#own(member, fresh);
      this.#options.onTickers(fresh);
    }
    this.#options.onTicks(snapshot.quotes);
    this.#options.onState();
  }

  /** A client's own error: where its tickers are at fault it can't be made at all, and they are placed anew without the bad ones.
   * @param {Member} member @param {Problem} problem */
  #failed(member, problem) {
    const aboutList = problem.code === 'too_many_tickers' || ABOUT_TICKERS.has(problem.code);
    if (!aboutList || member.sessionId !== undefined || !this.#members.includes(member)) {
      if (this.#members.includes(member)) this.#options.onProblem(problem);
      return;
    }
    const tickers = [...member.tickers];
    this.#drop(member, false);
    this.#misfit(tickers, problem);
  }

  /** @param {string[]} tickers @param {Problem} problem */
  #misfit(tickers, problem) {
    const { limit } = problem;
    if (
      problem.code === 'too_many_tickers' &&
      typeof limit === 'number' &&
      limit >= 1 &&
      limit < this.#limit
    ) {
      this.#limit = limit;
      this.#place(tickers);
      return;
    }
    const bad = ABOUT_TICKERS.has(problem.code)
      ? (problem.tickers ?? []).filter((ticker) => tickers.includes(ticker))
      : [];
    const refused = bad.length > 0 ? bad : tickers;
    this.#options.onRefused(refused, problem);
    this.#place(tickers.filter((ticker) => !refused.includes(ticker)));
  }

  /** @param {Member} member @param {string[]} tickers */
  #own(member, tickers) {
    for (const ticker of tickers) {
      member.tickers.add(ticker);
      this.#owner.set(ticker, member);
    }
  }

  /** @param {Member} member @param {string[]} tickers */
  #disown(member, tickers) {
    for (const ticker of tickers) {
      member.tickers.delete(ticker);
      if (this.#owner.get(ticker) === member) this.#owner.delete(ticker);
    }
  }

  /** @param {Member} member @param {boolean} deleteSession */
  #drop(member, deleteSession) {
    for (const leave of member.leave) leave();
    this.#members = this.#members.filter((one) => one !== member);
    this.#disown(member, [...member.tickers]);
    // Whatever goes wrong here: the server forgets a session that nobody streams.
    Promise.resolve(member.client.close({ deleteSession })).catch(() => {});
  }
}
