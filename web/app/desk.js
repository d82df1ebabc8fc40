// Ties the list, the sessions and what is on screen together.
import { connect } from '../client/index.js';
import { AgeClock, Instrument } from './instrument.js';
import { Frames } from './frames.js';
import { Pool } from './pool.js';
import { delayInWords, inWords } from './refusal.js';
import { Slots } from './slots.js';
import { Table } from './table.js';
import { Chart } from './chart.js';
import { Chosen } from './chosen.js';
import { Status } from './status.js';

const ASK_TIME_MS = 60_000;
const ASK_WITHIN_MS = 5000;

/** @typedef {import('./watchlist.js').Watchlist} Watchlist */
/** @typedef {import('./announce.js').Announcer} Announcer */

export class Desk {
  /** @type {Map<string, Instrument>} */ #instruments = new Map();
  #ages = new AgeClock(() => this.pool.serverNow());
  #old = false;
  #askedTimeAt = -Infinity;
  #announcer;

  /**
   * @param {{ list: Watchlist, announcer: Announcer, url: string, throttleMs: number, session?:
   * string,
   *           refused: (tickers: string[], problem: import('./pool.js').Problem) => void }} parts
   */
  constructor({ list, announcer, url, throttleMs, session, refused }) {
    this.list = list;
    this.#announcer = announcer;
    this.frames = new Frames((changed) => this.#draw(changed));
    this.pool = new Pool({
      connect,
      url,
      throttleMs,
      session,
      slots: new Slots(),
      byEvents: typeof WebSocket === 'undefined',
      onTicks: (ticks) => this.#take(ticks),
      onState: () => this.health(),
      onTickers: (tickers) => list.add(tickers),
      onRefused: refused,
      onProblem: (problem) => announcer.note(`Refused: ${inWords(problem)}`),
    });
    this.table = new Table({
      list,
      find: (ticker) => this.find(ticker),
      stateOf: (ticker) => this.pool.stateOf(ticker),
      whyOf: (ticker) => this.#whyOf(ticker),
      ageOf: (instrument) => this.#ages.ageMs(instrument.quote),
      now: () => this.#ages.nowMs(),
    });
    this.chosen = new Chosen();
    this.chart = new Chart();
    this.status = new Status({ say: (text) => announcer.say(text), reopen: () => this.#reopen() });
    list.onChange(({ kind }) => {
      if (kind !== 'move') this.#show();
    });
    setInterval(() => this.#second(), 1000);
    // A hidden page's timers stand nearly still: when the page is seen again, its figures are right
    // at once.
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.#seen();
    });
  }

  /** @param {string} ticker */
  find(ticker) {
    let found = this.#instruments.get(ticker);
    if (!found) {
      found = new Instrument(ticker);
      this.#instruments.set(ticker, found);
    }
    return found;
  }

  /**
   * @param {string} ticker what was known of a ticker that left the list; if it comes back, "since
   * the page opened" is then
   */
  forget(ticker) {
    this.#instruments.delete(ticker);
  }

  /** @param {string} ticker */
  #whyOf(ticker) {
    const delay = this.pool.delayOf(ticker);
    return delay ? delayInWords(delay, performance.now()) : '';
  }

  health() {
    this.#noteGaps();
    this.status.health(this.pool.members, this.pool.unserved);
    this.table.states();
    this.#showChosen();
    // A hidden page's timers come once per minute, and only its title can be seen.
    this.#title();
  }

  #noteGaps() {
    const now = this.#ages.nowMs();
    for (const [ticker, instrument] of this.#instruments)
      instrument.follow(this.pool.stateOf(ticker), now);
  }

  recolour() {
    this.chart.recolour(!this.#old);
  }

  #reopen() {
    // A link's session that is gone leaves nothing to open again.
    if (this.list.size === 0) location.assign(location.pathname);
    else this.pool.reopen();
  }

  get #chosenInstrument() {
    return this.list.chosen === undefined ? undefined : this.find(this.list.chosen);
  }
  get #chosenState() {
    return this.list.chosen === undefined ? 'waiting' : this.pool.stateOf(this.list.chosen);
  }

  /** @param {readonly import('./instrument.js').Tick[]} ticks */
  #take(ticks) {
    for (const tick of ticks) this.#ages.observe(tick);
    const now = this.#ages.nowMs();
    for (const tick of ticks) {
      if (!this.pool.holds(tick.s)) continue; // its ticker was just removed
      this.find(tick.s).take(tick, now);
      this.frames.changed(tick.s);
    }
  }

  /** @param {Set<string>} changed */
  #draw(changed) {
    this.table.draw(changed);
    if (this.list.chosen !== undefined && changed.has(this.list.chosen)) {
      this.chosen.render(this.#chosenInstrument, this.#chosenState);
      this.chart.update();
    }
  }

  #show() {
    this.chart.show(this.#chosenInstrument);
    this.#showChosen();
    this.#title();
  }

  #title() {
    this.chosen.title(this.#chosenInstrument, this.#chosenState);
  }

  #showChosen() {
    const state = this.#chosenState;
    this.chosen.render(this.#chosenInstrument, state);
    this.chart.update(); // of a gap that began
    const old = state !== 'live' && state !== 'waiting';
    if (old !== this.#old) this.chart.recolour(!old);
    this.#old = old;
  }

  #seen() {
    this.#askedTimeAt = -Infinity; // the steady clock might have stood still in a sleep
    this.#second();
  }

  /**
   * Without a WebSocket no pings say what the server's clock is: an answer's Date does, to a
   * second.
   */
  async #askTime() {
    const sent = performance.now();
    const isLive = this.pool.members.some((member) => member.state === 'live');
    if (!isLive || this.pool.serverNow() !== undefined || sent - this.#askedTimeAt < ASK_TIME_MS)
      return;
    this.#askedTimeAt = sent;
    try {
      const answer = await fetch('v1/tickers', {
        method: 'HEAD',
        cache: 'no-store',
        signal: AbortSignal.timeout(ASK_WITHIN_MS),
      });
      const date = Date.parse(answer.headers.get('Date') ?? '');
      if (!Number.isNaN(date)) this.#ages.observeDate(date, sent, performance.now());
    } catch {
      /* until the next time the newest price says it */
    }
  }

  #second() {
    this.#askTime();
    for (const ticker of this.pool.takeGone()) {
      this.list.remove(ticker);
      this.forget(ticker);
      this.#announcer.note(`${ticker} was taken out of this session elsewhere`);
    }
    this.pool.check();
    this.status.health(this.pool.members, this.pool.unserved); // its countdown goes on
    this.status.figures(this.pool.members, this.frames.stats());
    this.table.second();
    this.#title();
  }
}
