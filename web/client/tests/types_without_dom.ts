// Compiled, not run, without lib DOM: uses that must compile where neither a browser nor Node is
// known to the types.

import {
  connect,
  TickcastError,
  type Closing,
  type StateChange,
  type Tick,
  type TickcastClient,
} from '@tickcast/client';

export async function allowed(signal: {
  aborted: boolean;
  addEventListener(): void;
  removeEventListener(): void;
}): Promise<number> {
  const client: TickcastClient = connect({
    url: 'http://localhost:8080',
    tickers: ['AAPL'],
    signal,
    silenceMs: 1,
  });
  connect({
    url: { href: 'http://localhost:8080' },
    session: 'S',
    transport: 'polling',
    fetch: async () => ({}),
    WebSocket: null,
  });
  const words: string[] = [];
  client.on('state', (change: StateChange) =>
    words.push(change.detail ?? '', change.error?.code ?? ''),
  );
  client.on('quiet', (isQuiet: boolean) => words.push(String(isQuiet)));
  client.addEventListener('feed', (event) => words.push(event.detail, event.type), {
    once: true,
  });
  client.addEventListener('quote', { handleEvent: (event) => words.push(event.detail.s) });
  const off: () => void = client.on('error', (error) =>
    words.push(error instanceof TickcastError ? error.detail : ''),
  );
  off();
  // @ts-expect-error: a frame's ticks are not one tick
  client.addEventListener('ticks', (event) => words.push(event.detail.s));
  // @ts-expect-error: no such transport
  connect({ url: 'http://localhost', tickers: ['AAPL'], transport: 'pigeon' });

  let last: Tick | undefined;
  for await (const tick of client) last = tick;
  const { deleted, error }: Closing = await client.close({ deleteSession: true });
  return (
    (last?.p ?? 0) +
    (client.serverNow() ?? 0) +
    (deleted || client.isQuiet ? 1 : 0) +
    (error?.status ?? 0)
  );
}
