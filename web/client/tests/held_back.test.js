// Proxies that let no stream through: noticed, said, and polled around.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { detailsOf, withClients } from './support/clients.js';
import { withHoldingProxy } from './support/holding_proxy.js';
import { withServer } from './support/server.js';
import { standStill, until } from './support/wait.js';

/** Runs `body` with a server that has what is pushed, behind a proxy with these rules. */
function behind(rules, body, flags = ['--feed', 'push']) {
  return withServer(flags, (server) =>
    withHoldingProxy(server.port, rules, (proxy) =>
      withClients((make) => body({ server, proxy, make })),
    ),
  );
}

const wordsOf = (events) =>
  detailsOf(events, 'state').map(
    (each) => `${each.state} ${each.reason ?? ''}: ${each.detail ?? ''}`,
  );

describe('streams held back', { concurrency: 6, timeout: 120_000 }, () => {
  for (const [sockets, events, reason] of [
    ['refuse', 'until_end', 'held_back'],
    ['refuse', 'body', 'held_back'],
    ['mute', 'body', 'held_back'],
  ]) {
    test(`WebSocket_${sockets}_Events_${events}_PricesArePolledWithin15s`, async () => {
      await behind({ sockets, events }, async ({ server, proxy, make }) => {
        await server.push({ s: 'X', p: 1 }, { s: 'Y', p: 5 });
        const begun = performance.now();
        const { client, events: seen } = make({ url: proxy.url, tickers: ['X'] });
        await until(() => client.state === 'live');
        assert.ok(performance.now() - begun < 15_000);
        assert.deepEqual([client.transport, client.quotes.get('X').p], ['polling', 1]);
        assert.ok(
          wordsOf(seen).some(
            (words) =>
              words.startsWith(`connecting ${reason}`) &&
              /no event came through.*proxy/.test(words),
          ),
          wordsOf(seen).join('\n'),
        );
        assert.match(wordsOf(seen).at(-1), /^live polling: .*proxy/);

        await server.push({ s: 'X', p: 2 });
        await until(() => client.quotes.get('X').p === 2);
        assert.deepEqual(
          [client.stats.received, client.feed, client.isQuiet],
          [1, undefined, false],
        );
      });
    });
  }

  test('WebSocketMute_EventsPass_StreamsByEvents', async () => {
    await behind({ sockets: 'mute' }, async ({ server, proxy, make }) => {
      const { client, events } = make({ url: proxy.url, tickers: ['X'] });
      await until(() => client.state === 'live');
      assert.deepEqual([client.transport, proxy.opened.sockets], ['sse', 1]);
      assert.match(
        wordsOf(events)[0],
        /^connecting held_back: WebSocket was opened, but no message came through.*proxy.*next is the event stream/,
      );
      // The next trial reaches the server as well, and costs the events nothing.
      await until(() => proxy.opened.sockets === 2);
      await until(async () => (await server.metric('tickcast_sessions{state="streaming"}')) > 1);
      await until(async () => (await server.metric('tickcast_sessions{state="streaming"}')) === 1);
      await server.push({ s: 'X', p: 2 });
      await until(() => client.quotes.get('X')?.p === 2, 'streamed', 2_000);
      assert.deepEqual([client.state, client.stats.reconnects], ['live', 0]);
    });
  });

  for (const code of [1000, 1005, 1011, 1014]) {
    test(`WebSocketClosedBy${code}BeforeAnythingCame_StreamsByEvents`, async () => {
      await behind({ sockets: code }, async ({ proxy, make }) => {
        const { client, events } = make({ url: proxy.url, tickers: ['X'] });
        await until(() => client.state === 'live', 'live', 10_000);
        assert.deepEqual([client.transport, proxy.opened.sockets], ['sse', 2]);
        assert.match(
          wordsOf(events)[1],
          new RegExp(`^connecting blocked: WebSocket was closed with ${code} .*proxy`),
        );
      });
    });
  }

  test('Polling_ChangesAreAgreedWithTheServer_AndTheStreamComesBack', async () => {
    await behind({ sockets: 'refuse', events: 'body' }, async ({ server, proxy, make }) => {
      await server.push({ s: 'AAPL', p: 1 }, { s: 'IBM', p: 2 }, { s: 'MSFT', p: 3 });
      const { client, events } = make({
        url: proxy.url,
        tickers: ['AAPL'],
        silenceMs: 3_000,
      });
      await until(() => client.transport === 'polling' && client.state === 'live');
      await client.add('IBM');
      await until(() => client.quotes.has('IBM'), 'polled at once', 1_000);
      // Its session expires, since nobody streams it: it is made again.
      await fetch(`${server.url}/v1/sessions/${client.sessionId}`, { method: 'DELETE' });
      await client.add('MSFT');
      await until(() => client.quotes.has('MSFT'));
      await assert.rejects(client.add('NO SUCH'), {
        code: 'invalid_ticker',
        tickers: ['NO SUCH'],
      });
      await assert.rejects(client.throttle(60_001), { code: 'bad_throttle' });
      await client.remove('AAPL');
      assert.deepEqual(
        [client.tickers, [...client.quotes.keys()].sort()],
        [
          ['IBM', 'MSFT'],
          ['IBM', 'MSFT'],
        ],
      );

      proxy.events = 'pass';
      await until(() => client.transport === 'sse', 'back to a stream', 15_000);
      await server.push({ s: 'IBM', p: 7 });
      await until(() => client.quotes.get('IBM').p === 7);
      assert.deepEqual(client.tickers, ['IBM', 'MSFT']);
      assert.ok(
        !wordsOf(events).some((words) => words.startsWith('reconnecting')),
        'without a gap',
      );
    });
  });

  test('EventsThatAreHeldBackAfterTheSnapshot_ArePolledAroundWithin12s', async () => {
    await behind({ sockets: 'refuse', events: 'rest' }, async ({ server, proxy, make }) => {
      await server.push({ s: 'X', p: 1 });
      const { client, events } = make({ url: proxy.url, tickers: ['X'] });
      await until(() => client.state === 'live');
      assert.equal(client.transport, 'sse');
      await server.push({ s: 'X', p: 2 });
      await until(() => client.quotes.get('X').p === 2, 'polled', 12_000);
      assert.equal(client.transport, 'polling');
      assert.ok(
        wordsOf(events).some((words) =>
          /^reconnecting held_back: .*newer quotes.*proxy/.test(words),
        ),
        wordsOf(events).join('\n'),
      );
    });
  });

  test('SecondClientOfTheProgram_BeginsWithWhatTheFirstFound', async () => {
    await behind({ sockets: 'refuse' }, async ({ proxy, make }) => {
      const { client } = make({ url: proxy.url, tickers: ['X'] });
      await until(() => client.transport === 'sse' && client.state === 'live');
      const tried = proxy.opened.sockets;
      const { client: second } = make({ url: proxy.url, tickers: ['X'] });
      await until(() => second.state === 'live');
      assert.deepEqual([second.transport, proxy.opened.sockets], ['sse', tried]);
      const { client: fixed } = make({
        url: proxy.url,
        tickers: ['X'],
        transport: 'websocket',
      });
      await until(() => proxy.opened.sockets > tried);
      assert.notEqual(fixed.state, 'live');
    });
  });

  test('EventsAlone_AreNotPolledAround_ButSaid', async () => {
    await behind({ events: 'body' }, async ({ proxy, make }) => {
      const { client, events } = make({
        url: proxy.url,
        tickers: ['X'],
        transport: 'sse',
        silenceMs: 500,
      });
      await until(
        () => detailsOf(events, 'state').filter((each) => each.reason === 'held_back').length >= 2,
      );
      assert.deepEqual([client.transport, client.state], ['sse', 'connecting']);
    });
  });

  test('PollingEachMinute_IsQuietWithin6sAllTheSame', async () => {
    await behind({}, async ({ server, proxy, make }) => {
      const { client } = make({
        url: proxy.url,
        tickers: ['X'],
        transport: 'polling',
        throttleMs: 60_000,
      });
      await until(() => client.state === 'live');
      const quiet = [];
      client.on('quiet', (isQuiet) => quiet.push(isQuiet));
      const begun = performance.now();
      await until(() => performance.now() - begun > 7_000);
      assert.deepEqual(quiet, [], 'the server answers');
      await standStill(server.pid);
      await until(() => client.isQuiet, 'quiet', 6_000);
      process.kill(server.pid, 'SIGCONT');
      await until(() => !client.isQuiet);
      assert.equal(client.state, 'live');
    });
  });

  test('SecondClientOfTheProgram_BeginsWithThePollingThatTheFirstFound', async () => {
    await behind({ sockets: 'refuse', events: 'body' }, async ({ proxy, make }) => {
      const { client } = make({ url: proxy.url, tickers: ['X'] });
      await until(() => client.transport === 'polling' && client.state === 'live');
      const { client: second } = make({ url: proxy.url, tickers: ['X'] });
      await until(() => second.state === 'live', 'polled at once', 4_000);
      assert.equal(second.transport, 'polling');
    });
  });

  test('PollingAlone_NeedsNoStream_AndOutlivesARestart', async () => {
    await behind(
      { sockets: 'refuse', events: 'body' },
      async ({ server, proxy, make }) => {
        const { client, events } = make({
          url: proxy.url,
          tickers: ['AAPL'],
          transport: 'polling',
        });
        await until(() => client.quotes.get('AAPL')?.n > 1);
        assert.deepEqual([proxy.opened.events, proxy.opened.sockets], [0, 0]);
        await standStill(server.pid);
        await until(() => client.isQuiet, 'quiet', 6_000);
        process.kill(server.pid, 'SIGCONT');
        await until(() => !client.isQuiet);
        assert.equal(client.state, 'live');
        await client.close();
        assert.deepEqual(
          detailsOf(events, 'state').map((each) => each.state),
          ['live', 'closed'],
        );
      },
      ['--feed', 'sim?tickers=20&rate=100'],
    );
  });
});
