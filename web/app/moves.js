// Tickers move between the sessions of a pool when room becomes free.
import { hasSession } from './members.js';

/** @typedef {import('./members.js').Member} Member */

export class Moves {
  #isMerging = false;
  #members;
  #actions;

  /**
   * @param {import('./members.js').Members} members
   * @param {{ fill: (tickers: string[]) => Promise<void>[], drop: (member: Member) => void,
   * onState: () => void }} actions `drop` deletes the session
   */
  constructor(members, actions) {
    this.#members = members;
    this.#actions = actions;
  }

  /** Tickers of a session that the server did not make (yet) go where there is room by now. */
  async rehome() {
    const changes = [];
    for (const member of this.#members.all.filter((one) => !hasSession(one))) {
      if (member.state === 'closed') continue;
      const made = this.#members.all.filter(hasSession);
      const part = [...member.tickers].slice(0, this.#members.roomIn(made));
      if (part.length === 0) continue;
      this.#members.disown(member, part);
      if (member.tickers.size === 0) this.#actions.drop(member);
      else member.client.remove(...part).catch(() => {}); // settled once there is a session
      changes.push(...this.#actions.fill(part));
    }
    if (changes.length > 0) this.#actions.onState();
    await Promise.all(changes);
  }

  /** The smallest session's tickers move to where there is room for all of them, and it ends. */
  async merge() {
    const open = this.#members.all.filter((member) => member.state === 'live' && !member.isFull);
    if (
      this.#isMerging ||
      open.length < 2 ||
      open.length < this.#members.all.length ||
      this.#members.limit === Infinity
    )
      return;
    const [least, ...others] = open.sort((a, b) => a.tickers.size - b.tickers.size);
    if (this.#members.roomIn(others) < least.tickers.size) return;
    this.#isMerging = true;
    const before = [...least.tickers];
    try {
      for (const member of others.reverse()) await this.#move(least, member);
    } catch {
      /* they stay where they are */
    } finally {
      this.#isMerging = false;
    }
    await this.#leaveMoved(least, before);
    this.#actions.onState();
  }

  /**
   * A merged session ends; a session that was merged in part drops the tickers that another one
   * streams.
   * @param {Member} member @param {string[]} before its tickers then
   */
  async #leaveMoved(member, before) {
    if (!this.#members.has(member)) return;
    if (member.tickers.size === 0) this.#actions.drop(member);
    else {
      const moved = before.filter(
        (ticker) => !member.tickers.has(ticker) && this.#members.ownerOf(ticker),
      );
      if (moved.length > 0) await member.client.remove(...moved).catch(() => {});
    }
  }

  /**
   * Prices come by the old session until the new one has the tickers.
   * @param {Member} from
   * @param {Member} to
   */
  async #move(from, to) {
    const part = [...from.tickers].slice(0, this.#members.roomOf(to));
    if (part.length === 0) return;
    await to.client.add(...part);
    const [kept, left] = [true, false].map((is) =>
      part.filter((ticker) => (this.#members.ownerOf(ticker) === from) === is),
    );
    this.#members.disown(from, kept);
    this.#members.own(to, kept);
    if (left.length > 0) await to.client.remove(...left); // removed meanwhile
  }
}
