// One connection from its opening to its end: reads its messages, keeps its goodbye, and gives it up when it is mute.

import { effectiveCode } from './rules.js';

/** @typedef {import('./transport_websocket.js').Connection} Connection */
/** @typedef {import('./transport_websocket.js').End} End */

/** How long an opening may take, up to the snapshot. */
const defaultOpenWithinMs = 15_000;

/** The lists that a message of a type must have. */
const listsOf = new Map([
    ['snapshot', ['tickers', 'quotes']],
    ['ticks', ['ticks']],
    ['subscribed', ['tickers']],
]);

/**
 * @typedef {object} Ended
 * @property {number} code the close frame's, or that of the goodbye where no close frame came
 * @property {any} [goodbye]
 * @property {number} [livedMs] since the snapshot, where one came
 * @property {string} [reason] of the client's own: silent, unreadable
 * @property {import('./session_api.js').Refusal} [refusal]
 */

/**
 * @param {(onText: (text: string) => void) => Connection} open
 * @param {object} watch
 * @param {number} watch.silenceMs
 * @param {number} [watch.openWithinMs]
 * @param {AbortSignal} watch.signal closes it in good order
 * @param {(message: any, connection: Connection) => void} watch.onMessage
 * @returns {Promise<Ended>}
 */
export async function watchConnection(open, { silenceMs, openWithinMs = defaultOpenWithinMs, signal, onMessage }) {
    /** @type {Ended} */
    const ended = { code: 1006 };
    /** @type {number | undefined} */
    let snapshotAt;
    let lastHeard = performance.now();

    const connection = open((text) => {
        lastHeard = performance.now();
        const message = messageOf(text);
        if (message === undefined) {
            ended.reason = 'unreadable';
            connection.drop();
            return;
        }
        if (message.type === 'snapshot') snapshotAt ??= lastHeard;
        if (message.type === 'goodbye') ended.goodbye = message;
        onMessage(message, connection);
    });

    // One timer, set anew only when it is due: nothing of it is paid a message.
    /** @type {ReturnType<typeof setTimeout>} */
    let timer;
    const allowed = () => (snapshotAt === undefined ? Math.min(silenceMs, openWithinMs) : silenceMs);
    function check() {
        const left = lastHeard + allowed() - performance.now();
        if (left > 0) {
            timer = setTimeout(check, left);
            return;
        }
        ended.reason = 'silent';
        connection.drop();
    }
    timer = setTimeout(check, allowed());

    const close = () => connection.close();
    signal.addEventListener('abort', close);
    if (signal.aborted) close();
    const end = await connection.ended;
    signal.removeEventListener('abort', close);
    clearTimeout(timer);

    ended.refusal = end.refusal;
    ended.code = effectiveCode(end.code, ended.goodbye);
    if (snapshotAt !== undefined) ended.livedMs = performance.now() - snapshotAt;
    return ended;
}

/**
 * The message in a text, in as far as the client relies on its shape: a newer server may say more.
 * @param {string} text
 */
function messageOf(text) {
    /** @type {any} */
    let message;
    try {
        message = JSON.parse(text);
    } catch {
        return undefined;
    }
    if (typeof message?.type !== 'string') return undefined;
    const lists = listsOf.get(message.type) ?? [];
    return lists.every((name) => Array.isArray(message[name])) ? message : undefined;
}
