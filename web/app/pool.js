// As few sessions as a list needs: a session holds so many tickers (the server says how many when
// it is asked for more), each is a client of its own, and one is filled before another is made. One
// answer to "how is it?" for each ticker and for all.
import { Members, hasSession } from './members.js';
import { Moves } from './moves.js';
import { isRefusal } from './refusal.js';

/**
 * @typedef {import('./instrument.js').Tick} Tick
 * @typedef {'live' | 'stale' | 'offline' | 'waiting' | 'refused' | 'unserved'} TickerState
 * @typedef {import('./members.js').Member} Member
 * @typedef {import('./members.js').Problem} Problem
 * @typedef {import('./slots.js').Why} Why
 * @typedef {{ take: () => Promise<(() => void) | undefined>, why?: Why }} Slots
 * @typedef {{
 *   connect: typeof import('../client/index.js').connect, url: string, throttleMs: number,
 *   session?: string, onTicks: (ticks: readonly Tick[]) => void, onState: () => void,
 *   onTickers: (tickers: string[]) => void, onProblem: (problem: Problem) => void,
 *   onRefused: (tickers: string[], problem: Problem) => void,
 *   slots?: Slots, byEvents?: boolean, now?: () => number
 * }} Options `byEvents`: there is no WebSocket here
 */
const ABOUT_TICKERS = new Set(['unknown_ticker', 'invalid_ticker', 'not_entitled']);
/** @type {Slots} */
const ENDLESS = { take: async () => () => {} };

/**
 * The request that names the tickers is longer than the server, or a proxy before it, takes.
 * @param {Problem} problem
 */
const isTooLarge = (problem) => problem.status === 413;

/** @param {Member} member */
const isClosed = (member) => member.state === 'closed';

export class Pool {
  #members = new Members();
  #moves = new Moves(this.#members, {
    fill: (tickers) => this.#fill(tickers).changes,
    drop: (member) => this.#drop(member, true),
    onState: () => this.#options.onState(),
  });
  /** @type {Set<string>} tickers that wait for a connection, or for the end of a session */
  #parked = new Set();
  /** @type {Set<Promise<unknown>>} deletions under way: their sessions still count */
  #endings = new Set();
  #byEvents;
  #isSessionParked = false; // the shared session waits for a connection
  #isServing = false;
  /** @type {Options} */ #options;
  /** @type {Slots} */ #slots;
  #throttleMs;
  #now;

  /** @param {Options} options */
  constructor(options) {
    this.#options = options;
    this.#slots = options.slots ?? ENDLESS;
    this.#byEvents = options.byEvents ?? false;
    this.#throttleMs = options.throttleMs;
    this.#now = options.now ?? (() => performance.now());
  }

  get members() {
    return this.#members.all;
  }
  get limit() {
    return this.#members.limit;
  }
  /** Tickers without a connection, and why. */
  get unserved() {
    // Of a shared session it may not be known yet which tickers it has.
    const count = Math.max(this.#parked.size, this.#isSessionParked ? 1 : 0);
    return { count: this.#slots.why ? count : 0, why: this.#slots.why };
  }

  /** @param {string[]} tickers */
  open(tickers) {
    const { session } = this.#options;
    if (session !== undefined) this.#start([], session);
    else this.#place(tickers);
  }

  /** @param {string[]} tickers */
  async add(tickers) {
    await this.#place(tickers);
  }

  /** @param {string[]} tickers */
  async remove(tickers) {
    for (const ticker of tickers) this.#parked.delete(ticker);
    for (const member of [...this.#members.all]) {
      const gone = tickers.filter((ticker) => this.#members.ownerOf(ticker) === member);
      if (gone.length === 0) continue;
      this.#members.disown(member, gone);
      member.isFull = false;
      if (member.tickers.size === 0) this.#drop(member, true);
      else if (member.state !== 'closed')
        await member.client
          .remove(...gone)
          .catch((/** @type {Problem} */ error) => this.#options.onProblem(error));
    }
    this.#options.onState();
    await this.#serve();
    await this.#moves.rehome();
    await this.#moves.merge();
  }

  /** Other tickers instead of these. @param {string[]} tickers */
  replace(tickers) {
    this.close();
    this.#place(tickers);
  }

  /** @param {number} ms */
  async throttle(ms) {
    this.#throttleMs = ms;
    const open = this.#members.all.filter((member) => member.state !== 'closed');
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
    for (const member of this.#members.all.filter((one) => one.state === 'closed')) {
      const tickers = [...member.tickers];
      const session = member.reason === 'taken_over' ? member.sessionId : undefined;
      const isSpent = member.reason === 'deleted' || this.#options.session !== undefined;
      this.#drop(member, session === undefined && !isSpent);
      if (session !== undefined) this.#resume(tickers, session, member.client.tickers);
      else this.#place(tickers);
    }
  }

  /**
   * @param {string[]} tickers @param {string} session
   * @param {readonly string[]} held those that it has: of changes since then it does not know
   */
  #resume(tickers, session, held) {
    const [kept, more] = [true, false].map((is) =>
      tickers.filter((ticker) => held.includes(ticker) === is),
    );
    const member = this.#start(kept, session);
    if (more.length > 0) this.#grow(member, more);
    const removed = held.filter((ticker) => !tickers.includes(ticker));
    if (removed.length > 0 && this.#options.session === undefined)
      member.client.remove(...removed).catch(() => {});
  }

  close() {
    this.#parked.clear();
    this.#isSessionParked = false;
    for (const member of [...this.#members.all]) this.#drop(member, true);
  }

  /** @param {string} ticker @returns {TickerState} */
  stateOf(ticker) {
    const member = this.#members.ownerOf(ticker);
    if (!member) return this.#parked.has(ticker) && this.#slots.why ? 'unserved' : 'waiting';
    if (member.state === 'connecting')
      return isRefusal(member.error)
        ? 'refused'
        : member.reason === 'offline'
          ? 'offline'
          : 'waiting';
    if (member.state === 'closed' && isRefusal(member.error)) return 'refused';
    if (member.state !== 'live') return 'offline';
    return member.feed === 'stale' || member.quiet ? 'stale' : 'live';
  }

  /**
   * To be called once a second: which sessions are silent, and whether a connection is free by now.
   */
  check() {
    for (const member of this.#members.all) this.#setQuiet(member, member.client.isQuiet);
    this.#serve();
  }

  /** @param {Member} member @param {boolean} quiet */
  #setQuiet(member, quiet) {
    if (member.quiet === quiet) return;
    member.quiet = quiet;
    this.#options.onState();
  }

  /** The server's clock, ms since the epoch, where a session's client knows it. */
  serverNow() {
    for (const { client } of this.#members.all) {
      const now = client.serverNow();
      if (now !== undefined) return now;
    }
    return undefined;
  }

  /** @param {string} ticker */
  holds(ticker) {
    return this.#members.ownerOf(ticker) !== undefined;
  }

  /** Tickers that somebody else took out of a session, which would stand still and look live. */
  takeGone() {
    const gone = [];
    for (const member of this.#members.all.filter((one) => one.state === 'live')) {
      const held = new Set(member.client.tickers);
      const missing = [...member.tickers].filter((ticker) => !held.has(ticker));
      this.#members.disown(member, missing);
      gone.push(...missing);
    }
    if (gone.length > 0) this.#moves.rehome();
    return gone;
  }

  /**
   * Into the sessions there are, as far as they have room, and the rest into new ones.
   * @param {string[]} tickers
   */
  async #place(tickers) {
    const free = tickers.filter((ticker) => !this.#members.ownerOf(ticker));
    const { rest, changes } = this.#fill(free);
    if (this.#byEvents || this.#endings.size > 0) {
      for (const ticker of rest) this.#parked.add(ticker);
      this.#serve();
    } else
      for (let at = 0; at < rest.length; at += this.#members.limit)
        this.#start(rest.slice(at, at + this.#members.limit));
    this.#options.onState();
    await Promise.all(changes);
  }

  /** @param {string[]} tickers that nobody owns */
  #fill(tickers) {
    const rest = [...tickers];
    const changes = [];
    for (const member of this.#members.byUse()) {
      const part = rest.splice(0, this.#members.roomOf(member));
      if (part.length > 0) changes.push(this.#grow(member, part));
    }
    return { rest, changes };
  }

  /** @param {Member} member @param {string[]} tickers */
  async #grow(member, tickers) {
    this.#members.own(member, tickers);
    try {
      await member.client.add(...tickers);
    } catch (error) {
      if (member.state === 'closed') return; // they come back with it
      // Those of a session that ended meanwhile have been placed elsewhere.
      const mine = tickers.filter((ticker) => this.#members.ownerOf(ticker) === member);
      this.#members.disown(member, mine);
      if (mine.length > 0) await this.#misfit(mine, /** @type {Problem} */ (error), member);
    }
  }

  /** Streams what waits for a connection, as far as there are any. */
  async #serve() {
    if (this.#isServing || (this.#parked.size === 0 && !this.#isSessionParked)) return;
    this.#isServing = true;
    if (this.#isSessionParked) await this.#serveSession();
    while (this.#endings.size > 0) await Promise.allSettled(this.#endings);
    for (const ticker of this.#fillParked()) this.#parked.delete(ticker);
    while (this.#parked.size > 0 && !this.#isSessionParked) {
      const isCounted = this.#byEvents;
      const slot = isCounted ? await this.#slots.take() : undefined;
      if (isCounted && !slot) break;
      const tickers = [...this.#parked].slice(0, this.#members.limit);
      for (const ticker of tickers) this.#parked.delete(ticker);
      if (tickers.length > 0) this.#start(tickers, undefined, slot);
      else slot?.();
    }
    this.#isServing = false;
    this.#options.onState();
  }

  async #serveSession() {
    const slot = await this.#slots.take();
    if (!slot) return;
    this.#isSessionParked = false;
    const tickers = [...this.#parked];
    this.#parked.clear();
    this.#start(tickers, this.#options.session, slot);
  }

  #fillParked() {
    const { rest } = this.#fill([...this.#parked]);
    return [...this.#parked].filter((ticker) => !rest.includes(ticker));
  }

  /** @param {string[]} tickers @param {string} [session] @param {() => void} [slot] */
  #start(tickers, session, slot) {
    const client = this.#options.connect({
      url: this.#options.url,
      tickers,
      throttleMs: this.#throttleMs,
      ...(session === undefined ? {} : { session }),
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
      isClaiming: false,
      leave: [],
    };
    this.#members.add(member, tickers);
    member.leave = [
      client.on('state', (change) => this.#stateChanged(member, change)),
      client.on('feed', (feed) => {
        member.feed = feed;
        this.#options.onState();
      }),
      client.on('quiet', (isQuiet) => this.#setQuiet(member, isQuiet)),
      client.on('snapshot', (snapshot) => this.#snapshot(member, snapshot)),
      client.on('ticks', (ticks) => this.#options.onTicks(ticks)),
      client.on('error', (error) => this.#failed(member, /** @type {Problem} */ (error))),
    ];
    return member;
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
    this.#claim(member);
    this.#options.onState();
  }

  /**
   * A session that came to event streams needs one of their connections; else its tickers wait for
   * one.
   * @param {Member} member
   */
  async #claim(member) {
    const { transport } = member.client;
    if (transport !== 'sse' || member.state === 'closed') {
      if (transport === 'websocket' && member.state === 'live') this.#byEvents = false;
      if (transport !== undefined) this.#release(member);
      return;
    }
    this.#byEvents = true;
    if (member.slot || member.isClaiming) return;
    member.isClaiming = true;
    const slot = await this.#slots.take();
    member.isClaiming = false;
    if (slot && this.#members.has(member) && member.client.transport === 'sse') {
      member.slot = slot;
      return;
    }
    slot?.();
    const isStill = member.client.transport === 'sse' && !isClosed(member);
    if (slot || !isStill || !this.#members.has(member)) return;
    for (const ticker of member.tickers) this.#parked.add(ticker);
    this.#isSessionParked = this.#options.session !== undefined;
    this.#drop(member, !this.#isSessionParked); // which may be somebody else's
    this.#options.onState();
  }

  /** @param {Member} member */
  #release(member) {
    const { slot } = member;
    member.slot = undefined;
    slot?.();
  }

  /** @param {Member} member @param {import('../client/index.js').Snapshot} snapshot */
  #snapshot(member, snapshot) {
    member.sessionId = snapshot.session_id;
    member.feed = snapshot.feed;
    // A session that another window shares has tickers that this one did not ask for.
    const fresh = snapshot.tickers.filter((ticker) => !this.#members.ownerOf(ticker));
    if (fresh.length > 0 && this.#options.session !== undefined) {
      this.#members.own(member, fresh);
      this.#options.onTickers(fresh);
    }
    this.#options.onTicks(snapshot.quotes);
    this.#options.onState();
  }

  /**
   * A client's own error: where its tickers are at fault it can't be made at all, and they are
   * placed again without the bad ones.
   * @param {Member} member @param {Problem} problem
   */
  #failed(member, problem) {
    const aboutList =
      problem.code === 'too_many_tickers' ||
      ABOUT_TICKERS.has(problem.code) ||
      (isTooLarge(problem) && member.tickers.size > 1);
    if (!aboutList || this.#options.session !== undefined || !this.#members.has(member)) {
      if (this.#members.has(member)) this.#options.onProblem(problem);
      return;
    }
    const tickers = [...member.tickers];
    this.#drop(member, false);
    this.#misfit(tickers, problem);
  }

  /**
   * @param {string[]} tickers
   * @param {Problem} problem
   * @param {Member} [member] that should have taken them
   */
  async #misfit(tickers, problem, member) {
    const { limit } = problem;
    if (isTooLarge(problem) && tickers.length > 1) {
      this.#members.limit = Math.min(this.#members.limit, Math.ceil(tickers.length / 2));
      await this.#place(tickers);
      return;
    }
    if (problem.code === 'too_many_tickers') {
      // The limit of tickers that the server knows in all has the same code, and any size.
      const asked = tickers.length + (member?.tickers.size ?? 0);
      const isNews = typeof limit === 'number' && limit >= 1 && limit < this.#members.limit;
      if (isNews && asked > limit) this.#members.limit = limit;
      else if (member && !member.isFull)
        member.isFull = true; // another window may have filled it
      else {
        for (const one of this.#members.all) one.isFull = false; // the server was
        this.#options.onRefused(tickers, problem);
        return;
      }
      await this.#place(tickers);
      return;
    }
    if (!ABOUT_TICKERS.has(problem.code) && this.#options.session === undefined) {
      this.#start(tickers); // a session of their own shows what is the matter, and comes back
      this.#options.onState();
      return;
    }
    const bad = (problem.tickers ?? []).filter((ticker) => tickers.includes(ticker));
    const refused = bad.length > 0 ? bad : tickers;
    this.#options.onRefused(refused, problem);
    await this.#place(tickers.filter((ticker) => !refused.includes(ticker)));
  }

  /** @param {Member} member @param {boolean} deleteSession */
  #drop(member, deleteSession) {
    for (const leave of member.leave) leave();
    this.#members.remove(member);
    this.#release(member);
    // whatever goes wrong: the server forgets a session that nobody streams
    const ending = member.client.close({ deleteSession });
    if (deleteSession && hasSession(member)) this.#await(ending);
  }

  /**
   * With few sessions per address the next one would be refused before this one is gone.
   * @param {Promise<unknown>} ending
   */
  async #await(ending) {
    this.#endings.add(ending);
    await ending.catch(() => {});
    this.#endings.delete(ending);
  }
}
