// Chooses what carries the stream, and opens it.

import { openSse } from './transport_sse.js';
import { findWebSocket, openWebSocket } from './transport_websocket.js';

/** @typedef {import('./transport_websocket.js').Connection} Connection */

/** As often an opening must fail, with the session there, before the other transport is tried. */
const failuresToSwitch = 2;

export class Carrier {
    /** @type {'websocket' | 'sse' | undefined} undefined until the first opening */
    current;
    #choice;
    #given;
    #fetch;
    /** @type {any} */
    #Socket;
    #failures = 0;
    /** Of SSE: a connection says by it which one it continues. */
    #lastEventId = '';

    /** @param {import('./options.js').Options} options */
    constructor({ transport, WebSocket, fetch }) {
        this.#choice = transport;
        this.#given = WebSocket;
        this.#fetch = fetch;
    }

    get isFixed() {
        return this.#choice !== 'auto';
    }

    /** To be awaited before open(). @returns {Promise<boolean>} whether there is anything to stream by */
    async ready() {
        if (this.#choice === 'sse') {
            this.current = 'sse';
            return true;
        }
        this.#Socket ??= await findWebSocket(this.#given);
        if (this.#Socket === undefined && this.#choice === 'websocket') return false;
        this.current ??= this.#Socket === undefined ? 'sse' : 'websocket';
        return true;
    }

    /** @param {URL} url @param {(text: string) => void} onText @returns {Connection} */
    open(url, onText) {
        if (this.current === 'websocket') return openWebSocket(this.#Socket, url, onText);
        return openSse(this.#fetch, url, this.#lastEventId, onText, (id) => {
            this.#lastEventId = id;
        });
    }

    noteOpened() {
        this.#failures = 0;
    }

    /** A new session knows nothing of the old one's connections. */
    forgetConnection() {
        this.#lastEventId = '';
    }

    /** The session was there, and its stream could not be opened. @returns {boolean} whether the other one is next */
    noteBlocked() {
        this.#failures += 1;
        if (this.isFixed || this.#Socket === undefined || this.#failures < failuresToSwitch) return false;
        this.#failures = 0;
        this.current = this.current === 'websocket' ? 'sse' : 'websocket';
        return true;
    }
}
