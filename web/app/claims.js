// Which session holds one of the browser's connections for event streams (slots.js): as long as
// events carry its prices, between two of its streams as well. Events beside polling ask first, by
// the client's option eventSlot. A session that leaves a blocked WebSocket is seen by its state,
// before its events are opened; where no connection is left it has to go.

/**
 * @typedef {import('./members.js').Member} Member
 * @typedef {import('./slots.js').Why} Why
 * @typedef {{ take: () => Promise<(() => void) | undefined>, why?: Why }} Slots
 * @typedef {{ has: (member: Member) => boolean, onNone: (member: Member) => void,
 *   onState: () => void }} Actions `has`: whether it is still the pool's
 */

/** @type {Slots} */
const ENDLESS = { take: async () => () => {} };

/** @param {Member} member its state may be another one after a wait */
const usesEvents = (member) => member.client.transport === 'sse' && member.state !== 'closed';

export class Claims {
  #slots;
  #actions;
  #byEvents;

  /** @param {Slots | undefined} slots @param {boolean} byEvents @param {Actions} actions */
  constructor(slots = ENDLESS, byEvents, actions) {
    this.#slots = slots;
    this.#byEvents = byEvents;
    this.#actions = actions;
  }

  /** Whether the next session needs a connection, as far as is known. */
  get areNeeded() {
    return this.#byEvents;
  }

  /** Why the last one was not given. */
  get why() {
    return this.#slots.why;
  }

  /** For a session that is yet to be made. */
  take() {
    return this.#slots.take();
  }

  /**
   * Before a session that polls tries events.
   * @param {Member} member
   * @returns {Promise<(() => void) | undefined>} to be called when they have ended
   */
  async takeForTrial(member) {
    const slot = await this.#slots.take();
    if (!this.#actions.has(member)) {
      slot?.();
      return undefined;
    }
    this.#setShortage(member, slot ? undefined : this.#slots.why);
    if (!slot) return undefined;
    this.release(member);
    member.slot = slot;
    member.isTrying = true;
    return () => {
      member.isTrying = false;
      // Events that took over and were lost come back without asking: the connection stays theirs.
      if (!usesEvents(member)) this.release(member);
    };
  }

  /** After each change of its state. @param {Member} member */
  async follow(member) {
    const { transport } = member.client;
    if (transport !== 'polling') member.shortage = undefined;
    if (!usesEvents(member)) {
      if (transport === 'websocket' && member.state === 'live') this.#byEvents = false;
      if (transport !== undefined && !member.isTrying) this.release(member);
      return;
    }
    this.#byEvents = true;
    if (member.slot || member.isClaiming) return;
    member.isClaiming = true;
    const slot = await this.#slots.take();
    member.isClaiming = false;
    const isStill = this.#actions.has(member) && usesEvents(member);
    if (slot && isStill) member.slot = slot;
    else slot?.();
    if (!slot && isStill) this.#actions.onNone(member);
  }

  /** @param {Member} member */
  release(member) {
    const { slot } = member;
    member.slot = undefined;
    slot?.();
  }

  /** @param {Member} member @param {Why | undefined} why */
  #setShortage(member, why) {
    if (member.shortage === why) return;
    member.shortage = why;
    this.#actions.onState();
  }
}
