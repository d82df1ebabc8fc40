// As few sessions as a list needs: a session holds a limited number of tickers (the server says how
// many when it is asked for more). Each session is a client of its own, and one is filled before
// another is made. The pool knows the state of each ticker and of all.
import { Claims } from './claims.js';
import { Members, hasSession } from './members.js';
import { Misfits } from './misfits.js';
import { Moves } from './moves.js';
import { Parking } from './parking.js';
import { Sessions } from './sessions.js';
import { delayIn, stateIn } from './ticker_state.js';

/**
 * @typedef {import('./instrument.js').Tick} Tick
 * @typedef {import('./ticker_state.js').TickerState} TickerState
 * @typedef {import('./members.js').Member} Member
 * @typedef {import('./members.js').Problem} Problem
 * @typedef {{
 *   connect: typeof import('../client/index.js').connect, url: string, throttleMs: number,
 *   session?: string, onTicks: (ticks: readonly Tick[]) => void, onState: () => void,
 *   onTickers: (tickers: string[]) => void, onProblem: (problem: Problem) => void,
 *   onRefused: (tickers: string[], problem: Problem) => void,
 *   slots?: import('./claims.js').Slots, byEvents?: boolean, now?: () => number
 * }} Options `byEvents`: there is no WebSocket here
 */

export class Pool {
  #members = new Members();
  #moves = new Moves(this.#members, {
    fill: (tickers) => this.#fill(tickers).changes,
    drop: (member) => this.#drop(member, true),
    onState: () => this.#options.onState(),
  });
  /** @type {Options} */ #options;
  #claims;
  #parking;
  #misfits;
  #sessions;
  #throttleMs;

  /** @param {Options} options */
  constructor(options) {
    this.#options = options;
    this.#throttleMs = options.throttleMs;
    this.#claims = new Claims(options.slots, options.byEvents ?? false, {
      has: (member) => this.#members.has(member),
      onNone: (member) => this.#park(member),
      onState: () => this.#options.onState(),
    });
    this.#parking = new Parking(this.#members, this.#claims, {
      fill: (tickers) => this.#fill(tickers).rest,
      start: (tickers, slot) => this.#start(tickers, undefined, slot),
      startShared: (tickers, slot) => this.#start(tickers, options.session, slot),
      onState: () => this.#options.onState(),
    });
    this.#misfits = new Misfits(this.#members, options.session !== undefined, {
      place: (tickers) => this.#place(tickers),
      start: (tickers) => {
        this.#start(tickers);
        this.#options.onState();
      },
      drop: (member) => this.#drop(member, false),
      onProblem: (problem) => this.#options.onProblem(problem),
      onRefused: (tickers, problem) => this.#options.onRefused(tickers, problem),
    });
    this.#sessions = new Sessions(options, this.#members, this.#claims, this.#misfits);
  }

  get members() {
    return this.#members.all;
  }
  get limit() {
    return this.#members.limit;
  }
  /** Tickers without a connection, and why. */
  get unserved() {
    return this.#parking.unserved;
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
    this.#parking.remove(tickers);
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
    await this.#parking.serve();
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
    this.#parking.clear();
    for (const member of [...this.#members.all]) this.#drop(member, true);
  }

  /** @param {string} ticker @returns {TickerState} */
  stateOf(ticker) {
    const member = this.#members.ownerOf(ticker);
    if (member) return stateIn(member, ticker);
    return this.#parking.isUnserved(ticker) ? 'unserved' : 'waiting';
  }

  /** Why the server refuses it for the moment, and until when. @param {string} ticker */
  delayOf(ticker) {
    const member = this.#members.ownerOf(ticker);
    return member && delayIn(member, ticker);
  }

  /**
   * To be called once per second: which sessions are silent, and whether a connection is free by
   * now.
   */
  check() {
    for (const member of this.#members.all) this.#sessions.setQuiet(member, member.client.isQuiet);
    this.#parking.serve();
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
   * Puts tickers into the existing sessions, as far as they have room, and the rest into new ones.
   * @param {string[]} tickers
   */
  async #place(tickers) {
    const free = tickers.filter((ticker) => !this.#members.ownerOf(ticker));
    const { rest, changes } = this.#fill(free);
    if (this.#parking.isNeeded) {
      this.#parking.park(rest);
      this.#parking.serve();
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
      await this.#members.awaitAddition(member, tickers, member.client.add(...tickers));
    } catch (error) {
      if (member.state === 'closed') return; // they come back with it
      // Tickers of a session that ended meanwhile have been placed elsewhere.
      const mine = tickers.filter((ticker) => this.#members.ownerOf(ticker) === member);
      this.#members.disown(member, mine);
      const problem = /** @type {Problem} */ (error);
      if (mine.length > 0) await this.#misfits.placeAgain(mine, problem, member);
    }
  }

  /** @param {string[]} tickers @param {string} [session] @param {() => void} [slot] */
  #start(tickers, session, slot) {
    return this.#sessions.start(tickers, this.#throttleMs, session, slot);
  }

  /** There is no connection for its events: its tickers wait for one. @param {Member} member */
  #park(member) {
    const isShared = this.#options.session !== undefined;
    this.#parking.parkUnserved(member.tickers, isShared);
    this.#drop(member, !isShared); // which might belong to another window
    this.#options.onState();
  }

  /** @param {Member} member @param {boolean} deleteSession */
  #drop(member, deleteSession) {
    for (const leave of member.leave) leave();
    this.#members.remove(member);
    this.#claims.release(member);
    // whatever goes wrong: the server drops a session that no client streams
    const ending = member.client.close({ deleteSession });
    if (deleteSession && hasSession(member)) this.#parking.awaitEnding(ending);
  }
}
