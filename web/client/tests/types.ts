// Compiled, not run: uses that the types must allow, and uses that they must refuse.

import {
  connect,
  TickcastError,
  type Snapshot,
  type Tick,
  type TickcastClient,
} from '@tickcast/client';
import { connect as implementation } from '../src/connect.js';

// The implementation matches index.d.ts.
export const same: typeof connect = implementation;

export async function allowed(controller: AbortController): Promise<void> {
  const client: TickcastClient = connect({
    url: new URL('http://localhost:8080'),
    tickers: ['AAPL'] as const,
  });
  connect({
    url: 'http://localhost:8080',
    session: 'S',
    transport: 'sse',
    silenceMs: 1,
    signal: controller.signal,
  });

  for await (const tick of client) {
    const price: number | undefined = tick.p;
    const number: number = tick.n;
    console.log(tick.s, price, number);
  }
  const off: () => void = client.on('ticks', (ticks) => ticks.map((tick: Tick) => tick.b));
  off();
  client.on('snapshot', (snapshot: Snapshot) => snapshot.epoch);
  client.on('state', ({ state, reason, code, retryInMs }) => [
    state === 'live',
    reason,
    code,
    retryInMs,
  ]);
  client.on('state', ({ detail, error }) => [detail?.length, error?.cause, error?.status]);
  client.on('quiet', (isQuiet: boolean) => isQuiet);
  client.on('refused', (refused) => [refused?.error.status, refused?.retryInMs]);
  client.on('error', (error) => [error instanceof TickcastError, error.code, error.limit]);
  client.on('goodbye', (goodbye) => goodbye.code === 'draining');
  client.addEventListener('feed', (event) => event.detail === 'stale', { once: true });
  client.addEventListener('quote', { handleEvent: (event) => event.detail.s });
  client.addEventListener('of-its-own', (event) => event.type);
  const listener = (event: CustomEvent<readonly Tick[]>): number => event.detail.length;
  client.addEventListener('ticks', listener, { passive: true, signal: controller.signal });
  client.removeEventListener('ticks', listener);
  const target: EventTarget = client;
  target.dispatchEvent(new Event('of-its-own'));
  connect({ url: location.origin, tickers: ['AAPL'], fetch, WebSocket });

  await client.add('MSFT', 'IBM');
  await client.remove();
  await client.throttle(250);
  const p99: number | undefined = client.stats.latency.p99;
  const newest: Tick | undefined = client.quotes.get('AAPL');
  console.log(
    p99,
    newest,
    client.state === 'reconnecting',
    client.feed === undefined,
    client.transport === 'sse',
  );
  const { deleted, error } = await client.close({ deleteSession: true });
  console.log(deleted, error?.status, client.serverNow(), client.isQuiet);
}

export function refused(client: TickcastClient): void {
  // @ts-expect-error: no address
  connect({ tickers: ['AAPL'] });
  // @ts-expect-error: no such transport
  connect({ url: 'http://localhost', tickers: ['AAPL'], transport: 'pigeon' });
  // @ts-expect-error: no such event
  client.on('tick', () => {});
  // @ts-expect-error: a frame's ticks are not one tick
  client.on('ticks', (tick: Tick) => tick);
  // @ts-expect-error: a price can be unknown
  client.on('quote', (tick) => tick.p.toFixed(2));
  // @ts-expect-error: the wanted tickers are changed by add() and remove()
  client.tickers = [];
  // @ts-expect-error: the newest quotes are the client's
  client.quotes.clear();
  // @ts-expect-error: not a list
  void client.add(['AAPL']);
  // @ts-expect-error: no such state
  console.log(client.state === 'open');
}
