// Chooses the transport of the prices, and opens it: WebSocket, Server-Sent Events where WebSocket
// is blocked, and polling of quotes where no stream comes through.

import { openSse } from './transport_sse.js';
import { findWebSocket, openWebSocket } from './transport_websocket.js';

/** @typedef {import('./transport_websocket.js').Connection} Connection */
/** @typedef {import('../index.js').Transport} Transport */

/** So many openings must fail, with the session there, before the next transport is tried. */
const failuresToSwitch = 2;

/** A transport that one client found blocked is not tried by the other clients of this program. */
const blockedForMs = 10 * 60_000;
/** @type {Map<string, { transport: Transport, untilMs: number }>} origin → what to begin with */
const foundBy = new Map();

export class Carrier {
  /** @type {Transport | undefined} undefined until the first opening */
  current;
  #choice;
  #origin;
  #given;
  #fetch;
  /** @type {any} */
  #Socket;
  #failures = 0;
  /** Of SSE: names the connection that a new one continues. */
  #lastEventId = '';
  /** Events from before the last forgetting do not count. */
  #forgotten = 0;

  /** @param {import('./options.js').Options} options */
  constructor({ transport, WebSocket, fetch, url }) {
    this.#choice = transport;
    this.#origin = url.origin;
    this.#given = WebSocket;
    this.#fetch = fetch;
  }

  get isFixed() {
    return this.#choice !== 'auto';
  }

  /** Whether a WebSocket can be tried beside events. */
  get canClimb() {
    return !this.isFixed && this.#Socket !== undefined;
  }

  /** The transports that stream, best first. @returns {('websocket' | 'sse')[]} */
  get streams() {
    return this.#Socket === undefined ? ['sse'] : ['websocket', 'sse'];
  }

  /**
   * To be awaited before open().
   * @returns {Promise<boolean>} whether there is anything to stream by
   */
  async ready() {
    if (this.#choice === 'sse' || this.#choice === 'polling') {
      this.current = this.#choice;
      return true;
    }
    this.#Socket ??= await findWebSocket(this.#given);
    if (this.#Socket === undefined && this.#choice === 'websocket') return false;
    this.current ??= this.#firstChoice();
    return true;
  }

  /**
   * @param {'websocket' | 'sse'} transport
   * @param {URL} url
   * @param {(text: string) => void} onText
   * @returns {Connection}
   */
  open(transport, url, onText) {
    if (transport === 'websocket') return openWebSocket(this.#Socket, url, onText);
    const forgotten = this.#forgotten;
    return openSse(this.#fetch, url, this.#lastEventId, onText, (id) => {
      if (forgotten === this.#forgotten) this.#lastEventId = id;
    });
  }

  /** Prices came by it. @param {Transport} transport */
  noteOpened(transport) {
    this.#failures = 0;
    this.current = transport;
    if (transport === 'websocket') {
      foundBy.delete(this.#origin);
      // The server would take events that continue those before for the older connection.
      this.forgetConnection();
    } else this.#remember(transport);
  }

  /** The next events continue none: they are of a new session, or after a WebSocket. */
  forgetConnection() {
    this.#forgotten += 1;
    this.#lastEventId = '';
  }

  /**
   * The session was there, and its stream could not be opened.
   * @param {boolean} isCertain once is enough: nothing came although the server answered
   * meanwhile
   * @returns {boolean} whether another one is next
   */
  noteBlocked(isCertain) {
    this.#failures += 1;
    if (this.isFixed || (this.#failures < failuresToSwitch && !isCertain)) return false;
    this.#failures = 0;
    this.current = this.#next();
    return true;
  }

  /** @returns {Transport} */
  #next() {
    if (this.current === 'websocket') return 'sse';
    if (this.current === 'sse') return 'polling';
    return this.streams[0] ?? 'sse';
  }

  /** @returns {Transport} */
  #firstChoice() {
    const found = this.isFixed ? undefined : foundBy.get(this.#origin);
    if (found !== undefined && performance.now() < found.untilMs) return found.transport;
    return this.streams[0] ?? 'sse';
  }

  /**
   * Where there is no WebSocket, streaming events does not mean that one is blocked.
   * @param {Transport} transport
   */
  #remember(transport) {
    if (this.isFixed || transport === this.streams[0]) return;
    foundBy.set(this.#origin, { transport, untilMs: performance.now() + blockedForMs });
  }
}
