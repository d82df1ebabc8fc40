// Ties the list, the sessions and what is on screen together.
import { connect } from '../client/index.js';
import { AgeClock, Instrument } from './instrument.js';
import { Frames } from './frames.js';
import { Pool } from './pool.js';
import { Table } from './table.js';
import { Chart } from './chart.js';
import { Chosen } from './chosen.js';
import { Status } from './status.js';

/** @typedef {import('./watchlist.js').Watchlist} Watchlist */
/** @typedef {import('./announce.js').Announcer} Announcer */

export class Desk {
  /** @type {Map<string, Instrument>} */ #instruments = new Map();
  #ages = new AgeClock();
  #old = false;
  #announcer;

  /**
   * @param {{ list: Watchlist, announcer: Announcer, url: string, throttleMs: number, session?: string,
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
      onTicks: (ticks) => this.#take(ticks),
      onState: () => this.health(),
      onTickers: (tickers) => list.add(tickers),
      onRefused: refused,
      onProblem: (problem) => announcer.note(problem.detail ?? 'The server refused that.'),
    });
    this.table = new Table({
      list,
      find: (ticker) => this.find(ticker),
      stateOf: (ticker) => this.pool.stateOf(ticker),
      ageOf: (instrument) => this.#ages.ageMs(instrument.quote, Date.now()),
    });
    this.chosen = new Chosen();
    this.chart = new Chart();
    this.status = new Status({ say: (text) => announcer.say(text), reopen: () => this.#reopen() });
    list.onChange(({ kind }) => {
      if (kind !== 'move') this.#show();
    });
    setInterval(() => this.#second(), 1000);
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

  /** @param {string} ticker what was known of a ticker that left the list; if it comes back, "since the page opened" is then */
  forget(ticker) {
    this.#instruments.delete(ticker);
  }

  health() {
    this.status.health(this.pool.members);
    this.table.states();
    this.#showChosen();
    this.#title(); // a hidden page's timers come once a minute, and its title is all that is seen of it
  }

  recolour() {
    this.table.recolour();
    this.chart.recolour(!this.#old);
    this.table.second();
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
    const now = Date.now();
    for (const tick of ticks) {
      if (!this.pool.holds(tick.s)) continue; // one that was under way as its ticker was removed
      this.#ages.observe(tick, now);
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
    const old = state === 'stale' || state === 'offline';
    if (old !== this.#old) this.chart.recolour(!old);
    this.#old = old;
  }

  #second() {
    for (const ticker of this.pool.takeGone()) {
      this.list.remove(ticker);
      this.forget(ticker);
      this.#announcer.note(`${ticker} was taken out of this session elsewhere`);
    }
    this.pool.checkQuiet();
    this.status.health(this.pool.members); // its countdown goes on
    this.status.figures(this.pool.members, this.frames.stats());
    this.table.second();
    this.#title();
  }
}
