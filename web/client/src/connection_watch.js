// One connection from its opening to its end: reads its messages, keeps its goodbye, and gives it
// up when it is silent.

import { Pulse } from './pulse.js';
import { effectiveCode } from './rules.js';

/** @typedef {import('./transport_websocket.js').Connection} Connection */
/** @typedef {import('./transport_websocket.js').End} End */

/** The longest time of an opening, up to the snapshot. */
export const defaultOpenWithinMs = 15_000;

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
 * @property {string} [reason] of the client's own: silent, held_back, unreadable
 * @property {import('./session_api.js').Refusal} [refusal]
 * @property {unknown} [error] what the platform said of it
 * @property {boolean} wasOpen its opening was answered, whether or not a message came
 * @property {number} answers that came beside it
 * @property {import('./session_api.js').Session} [sessionMeanwhile] as the server described it
 * while the opening hung
 */

/**
 * @typedef {object} Watch
 * @property {number} silenceMs
 * @property {number} [openWithinMs]
 * @property {AbortSignal} signal closes it in good order
 * @property {(message: any, connection: Connection) => void} onMessage
 * @property {(connection: Connection, signal: AbortSignal) => Promise<import('./pulse.js').Answer>
 * | undefined} [ask]
 * whether it still lives
 * @property {(isQuiet: boolean, connection: Connection) => void} [onQuiet]
 * @property {(connection: Connection) => void} [onAnswer]
 * @property {Set<Pulse>} [pulses] where its pulse is while it lasts
 */

/**
 * @param {(onText: (text: string | object) => void, onAsk: () => void) => Connection} open
 * @param {Watch} watch
 * @returns {Promise<Ended>}
 */
export async function watchConnection(open, watch) {
  const { silenceMs, openWithinMs = defaultOpenWithinMs, signal, onMessage, pulses } = watch;
  /** @type {Ended} */
  const ended = { code: 1006, wasOpen: false, answers: 0 };
  /** @type {number | undefined} */
  let snapshotAt;
  let isGivenUp = false;

  /** @param {string | object} text */
  function onText(text) {
    if (isGivenUp || signal.aborted) return;
    pulse.heard();
    const message = typeof text === 'string' ? messageOf(text) : text;
    if (message === undefined) {
      giveUp('unreadable');
      return;
    }
    if (message.type === 'snapshot' && snapshotAt === undefined) {
      snapshotAt = performance.now();
      pulse.opened();
    }
    if (message.type === 'goodbye') ended.goodbye = message;
    try {
      onMessage(message, connection);
    } catch (error) {
      // In a WebSocket's handler it would end a Node process.
      ended.error = error;
      giveUp('unreadable');
    }
  }
  const connection = open(onText, () => pulse.asked());

  /** @param {string} reason */
  function giveUp(reason) {
    isGivenUp = true;
    ended.reason = reason;
    ended.wasOpen = connection.isOpen;
    connection.drop();
  }

  const pulse = new Pulse({
    silenceMs,
    openWithinMs,
    ask: (question) => watch.ask?.(connection, question),
    onQuiet: (isQuiet) => watch.onQuiet?.(isQuiet, connection),
    onAnswer: () => watch.onAnswer?.(connection),
    onSilent: () => giveUp('silent'),
    onHeldBack: () => giveUp('held_back'),
  });
  pulses?.add(pulse);

  const close = () => connection.close();
  signal.addEventListener('abort', close);
  if (signal.aborted) close();
  const end = await connection.ended;
  signal.removeEventListener('abort', close);
  pulse.end();
  pulses?.delete(pulse);

  ended.refusal = end.refusal;
  ended.error ??= end.error;
  ended.answers = pulse.answers;
  ended.code = effectiveCode(end.code, ended.goodbye);
  if (snapshotAt !== undefined) ended.livedMs = performance.now() - snapshotAt;
  return ended;
}

/**
 * The message in a text, checked as far as the client relies on its shape: a newer server might say
 * more.
 * @param {string} text
 * @returns {any}
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
