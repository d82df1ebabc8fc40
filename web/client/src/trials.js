// The steps before a transport is tried beside another one.

import { watchConnection } from './connection_watch.js';
import { linked } from './linked.js';

/**
 * An opening, up to the snapshot, where another transport can be tried; without one it has longer.
 */
export const openWithinMs = 6_000;

/**
 * Whether a WebSocket brings messages. With a session of its own: one that is lost on the way would
 * have ended the stream of the present session at the server.
 * @param {import('./session_api.js').SessionApi} api
 * @param {import('./wanted.js').Wanted} wanted
 * @param {import('./carrier.js').Carrier} carrier
 * @param {AbortSignal} signal
 */
export async function probe(api, wanted, carrier, signal) {
  const [ticker] = wanted.agreed.tickers;
  if (ticker === undefined) return false;
  const made = await api.create([ticker], 0).catch(() => undefined);
  if (made === undefined) return false;
  const url = api.streamUrl(made.session_id);
  const over = linked(signal);
  let isHeard = false;
  await watchConnection((onText) => carrier.open('websocket', url, onText), {
    silenceMs: openWithinMs,
    openWithinMs,
    signal: over.signal,
    onMessage: () => {
      isHeard = true;
      over.abort();
    },
  });
  over.unlink();
  void api.remove(made.session_id).catch(() => {});
  return isHeard;
}

/**
 * Whether the program has a connection for it.
 * @param {'websocket' | 'sse'} transport
 * @param {import('../index.js').ConnectOptions['eventSlot']} eventSlot
 * @returns {Promise<(() => void) | undefined>} gives it back; undefined: there is none now
 */
export async function slotFor(transport, eventSlot) {
  if (transport === 'websocket' || eventSlot === undefined) return () => {};
  try {
    return (await eventSlot()) || undefined;
  } catch {
    return undefined;
  }
}
