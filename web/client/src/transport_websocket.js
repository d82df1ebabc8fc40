// A stream over WebSocket.

/**
 * How a connection ended.
 * @typedef {object} End
 * @property {number} code of the close frame; 1006 = none came
 * @property {import('./session_api.js').Refusal} [refusal] where the server's answer to the opening
 * could be seen
 * @property {unknown} [error] what the platform said of it
 */

/**
 * A connection, over any transport.
 * @typedef {object} Connection
 * @property {'websocket' | 'sse' | 'polling'} transport
 * @property {Promise<End>} ended
 * @property {boolean} isOpen whether the opening was answered, though no message may have come
 * @property {() => void} close in good order
 * @property {() => void} drop at once: `ended` is settled by 1006
 * @property {(text: string) => void} [send]
 * @property {() => void} [poke] of polling: asks now
 * @property {boolean} [isAsking] of polling: an answer is awaited
 * @property {boolean} [isToRest] of polling: the server asked not to be asked now
 */

/** The longest time for the answer to our close. */
const closeWithinMs = 2_000;

/**
 * The class to use: the given one, the built-in one, or in Node before 22 the `ws` package.
 * @param {unknown} given null = there is none
 * @returns {Promise<any>} undefined where there is none
 */
export async function findWebSocket(given) {
  if (given !== undefined) return given ?? undefined;
  if (typeof globalThis.WebSocket === 'function') return globalThis.WebSocket;
  try {
    // @ts-ignore: it has no types of its own, and is not always there
    return (await import('ws')).default;
  } catch {
    return undefined;
  }
}

/**
 * @param {any} Socket
 * @param {URL} url of the stream, http or https
 * @param {(text: string) => void} onText
 * @returns {Connection}
 */
export function openWebSocket(Socket, url, onText) {
  const address = url.href.replace(/^http/, 'ws');
  /** @type {(end: End) => void} */
  let settle = () => {};
  /** @type {Promise<End>} */
  const ended = new Promise((resolve) => {
    settle = resolve;
  });
  /** @type {any} */
  let socket;
  try {
    socket = new Socket(address);
  } catch (error) {
    // A browser refuses some addresses at once, ws: on an https: page for one.
    settle({ code: 1006, error });
    return { transport: 'websocket', ended, isOpen: false, close() {}, drop() {} };
  }
  /** @type {unknown} */
  let failure;
  socket.onmessage = (/** @type {{ data: unknown }} */ event) => onText(String(event.data));
  // `close` follows. In a browser `close` says all that a client can know; in Node this event says
  // more.
  socket.onerror = (/** @type {any} */ event) => {
    failure = event?.error ?? (event?.message ? event : undefined);
  };
  socket.onclose = (/** @type {{ code: number }} */ event) =>
    settle({ code: event.code, error: failure });

  function drop() {
    socket.onmessage = null;
    settle({ code: 1006 });
    if (typeof socket.terminate === 'function') socket.terminate();
    else socket.close();
  }

  return {
    transport: 'websocket',
    ended,
    get isOpen() {
      return socket.readyState === 1;
    },
    close() {
      socket.close(1000);
      const timer = setTimeout(drop, closeWithinMs);
      void ended.then(() => clearTimeout(timer));
    },
    drop,
    send(text) {
      if (socket.readyState === 1) socket.send(text);
    },
  };
}
