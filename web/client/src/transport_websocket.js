// A stream over WebSocket.

/**
 * How a connection ended.
 * @typedef {object} End
 * @property {number} code of the close frame; 1006 = none came
 * @property {import('./session_api.js').Refusal} [refusal] where the server's answer to the opening could be seen
 */

/**
 * A connection, whatever carries it.
 * @typedef {object} Connection
 * @property {Promise<End>} ended
 * @property {() => void} close in good order
 * @property {() => void} drop at once: `ended` is settled by 1006
 * @property {(text: string) => void} [send]
 */

/** How long the answer to our close may take. */
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
        // @ts-ignore: it has no types of its own, and may not be there
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
    } catch {
        // A browser refuses some addresses at once, ws: on an https: page for one.
        settle({ code: 1006 });
        return { ended, close() {}, drop() {} };
    }
    socket.onmessage = (/** @type {{ data: unknown }} */ event) => onText(String(event.data));
    socket.onerror = () => {}; // `close` follows, and says as much as a client may know
    socket.onclose = (/** @type {{ code: number }} */ event) => settle({ code: event.code });

    function drop() {
        socket.onmessage = null;
        settle({ code: 1006 });
        if (typeof socket.terminate === 'function') socket.terminate();
        else socket.close();
    }

    return {
        ended,
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
