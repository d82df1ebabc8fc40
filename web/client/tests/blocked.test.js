// WebSocket blocked on the way: the client goes over to SSE, and what SSE has of its own.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { detailsOf, withClients } from './support/clients.js';
import { withProxy } from './support/proxy.js';
import { withServer } from './support/server.js';
import { withStandIn } from './support/stand_in_server.js';
import { standStill, until } from './support/wait.js';

async function withBlockingProxy(body) {
  await withServer([], (server) =>
    withProxy(server.port, (proxy) => {
      proxy.blocksUpgrades = true;
      return withClients((make) => body({ server, proxy, make }));
    }),
  );
}

const begin = (response) => response.writeHead(200, { 'Content-Type': 'text/event-stream' });
const send = (response, message) =>
  response.write(`id: S.1\nevent: ${message.type}\ndata: ${JSON.stringify(message)}\n\n`);
const snapshot = {
  type: 'snapshot',
  session_id: 'S',
  epoch: 'E',
  feed: 'live',
  tickers: ['A'],
  quotes: [],
};

describe('blocked WebSocket', { concurrency: 4, timeout: 120_000 }, () => {
  test('TwoRefusedUpgrades_OfASessionThatIsThere_SwitchToSse', async () => {
    await withBlockingProxy(async ({ server, proxy, make }) => {
      const { client, events } = make({ url: proxy.url, tickers: ['AAPL'] });
      await until(() => client.state === 'live');
      assert.deepEqual([client.transport, proxy.refused], ['sse', 2]);
      assert.deepEqual(
        detailsOf(events, 'state').map((each) => each.reason),
        ['lost', 'blocked', undefined],
      );
      assert.equal(await server.metric('tickcast_sessions_created_total'), 1);
      await client.add('MSFT');
      await until(() => client.quotes.has('MSFT'));

      // A lost one comes back by SSE, and says which connection it continues.
      proxy.cut();
      await until(() => client.stats.reconnects === 1);
      assert.equal(proxy.refused, 2);
      const head = proxy.requests.filter((each) => each.includes('text/event-stream')).at(-1);
      assert.match(head, new RegExp(`^last-event-id: ${client.sessionId}\\.\\d+\\r$`, 'im'));
    });
  });

  test('RefusedUpgrades_BetweenStreams_AreNotAddedUp', async () => {
    await withBlockingProxy(async ({ proxy, make }) => {
      const { client } = make({ url: proxy.url, tickers: ['AAPL'], random: () => 0.4 });
      for (const refusals of [1, 2]) {
        await until(() => proxy.refused === refusals);
        proxy.blocksUpgrades = false;
        await until(() => client.state === 'live');
        assert.equal(client.transport, 'websocket');
        proxy.blocksUpgrades = true;
        proxy.cut();
      }
    });
  });

  test('ServerThatStandsStillDuringTheOpening_IsNoBlockedWebSocket', async () => {
    await withServer([], (server) =>
      withProxy(server.port, (proxy) =>
        withClients(async (make) => {
          const { client, events } = make({ url: proxy.url, tickers: ['AAPL'] });
          await until(() => client.state === 'live');
          await standStill(server.pid);
          proxy.cut();
          // Dropped after 6 s, and only then answered: the session was there all the
          // time.
          await until(() => client.state === 'reconnecting');
          const begun = performance.now();
          await until(() => performance.now() - begun > 7_500);
          process.kill(server.pid, 'SIGCONT');
          await until(() => client.state === 'live');
          assert.equal(client.transport, 'websocket');
          assert.ok(
            detailsOf(events, 'state').every(
              (each) => each.reason !== 'blocked' && each.reason !== 'held_back',
            ),
          );
          const { client: second } = make({ url: proxy.url, tickers: ['AAPL'] });
          await until(() => second.state === 'live');
          assert.equal(second.transport, 'websocket');
        }),
      ),
    );
  });

  test('WebSocketThatPassesAgain_TakesTheSessionOverFromEvents_AndIsLeftForEventsAgain', async () => {
    await withBlockingProxy(async ({ server, proxy, make }) => {
      const { client, events } = make({ url: proxy.url, tickers: ['AAPL'] });
      await until(() => client.state === 'live');
      assert.equal(client.transport, 'sse');
      const { sessionId } = client;
      proxy.blocksUpgrades = false;
      await until(() => client.transport === 'websocket');
      await until(() => client.quotes.get('AAPL').n > 0 && client.feed === 'live');
      const seen = detailsOf(events, 'state').map((each) => each.state);
      assert.ok(!seen.includes('reconnecting'), 'without a gap');
      assert.deepEqual([detailsOf(events, 'goodbye'), client.sessionId], [[], sessionId]);
      const sessions = () => server.metric('tickcast_sessions{state="streaming"}');
      await until(async () => (await sessions()) === 1, 'the session of the trial is gone');

      // Events that come after a WebSocket do not say that they continue older ones.
      proxy.blocksUpgrades = true;
      proxy.cut();
      await until(() => client.transport === 'sse' && client.state === 'live');
      assert.equal(client.sessionId, sessionId);
    });
  });

  test('WebSocketAlone_IsNotGoneAround', async () => {
    await withBlockingProxy(async ({ proxy, make }) => {
      const { client } = make({ url: proxy.url, tickers: ['AAPL'], transport: 'websocket' });
      await until(() => proxy.refused >= 4);
      assert.deepEqual([client.transport, client.state], ['websocket', 'connecting']);
    });
  });

  test('NoWebSocketAtAll_IsSse_OrAnErrorWhereSseIsNotWanted', async () => {
    await withServer([], ({ url }) =>
      withClients(async (make) => {
        const { client } = make({ url, tickers: ['AAPL'], WebSocket: null });
        await until(() => client.state === 'live');
        assert.equal(client.transport, 'sse');
        const { client: other } = make({
          url,
          tickers: ['AAPL'],
          WebSocket: null,
          transport: 'websocket',
        });
        await assert.rejects(other[Symbol.asyncIterator]().next(), { code: 'no_websocket' });
      }),
    );
  });

  test('ServerWithoutSse_IsAskedForWebSocketAgain', async () => {
    const events = (response) =>
      response
        .writeHead(426, { 'Content-Type': 'application/problem+json' })
        .end('{"code":"upgrade_required"}');
    await withStandIn({ events }, ({ url, count }) =>
      withClients(async (make) => {
        const { client } = make({ url, tickers: ['A'] });
        await until(() => count('UPGRADE') >= 3);
        assert.equal(client.state, 'connecting');
      }),
    );
  });

  test('SseBlockedToo_PollsQuotes_AndMovesBackToAStream', async () => {
    await withBlockingProxy(async ({ proxy, make }) => {
      const behind = (input, init) =>
        String(input).includes('/v1/stream/')
          ? Promise.reject(new Error('cut'))
          : fetch(input, init);
      const { client, events } = make({ url: proxy.url, tickers: ['AAPL'], fetch: behind });
      await until(() => client.state === 'live' && client.quotes.has('AAPL'));
      assert.equal(client.transport, 'polling');
      proxy.blocksUpgrades = false;
      await until(() => client.transport === 'websocket');
      assert.ok(
        detailsOf(events, 'state').every((each) => each.state !== 'reconnecting'),
        'without a gap',
      );
    });
  });
});

describe('SSE', { concurrency: 4, timeout: 120_000 }, () => {
  test('ConnectionThatWasTakenOverMeanwhile_Gets204_AndStaysAway', async () => {
    await withServer([], ({ url, port }) =>
      withProxy(port, (proxy) =>
        withClients(async (make) => {
          const { client: first } = make({ url: proxy.url, tickers: ['AAPL'], transport: 'sse' });
          await until(() => first.state === 'live');
          proxy.isOpen = false;
          proxy.cut();
          const { client: second } = make({ url, session: first.sessionId, transport: 'sse' });
          await until(() => second.state === 'live');
          proxy.isOpen = true;
          await until(() => first.state === 'closed');
          await assert.rejects(first[Symbol.asyncIterator]().next(), { code: 'taken_over' });
          assert.deepEqual([second.state, second.stats.reconnects], ['live', 0]);
        }),
      ),
    );
  });

  test('LastEventId_IsOfTheSessionThatIsStreamed', async () => {
    const given = [];
    const events = (response, id, lastEventId) => {
      given.push([id, lastEventId]);
      begin(response);
      send(response, snapshot);
      if (given.length === 1) response.end();
      if (given.length === 2)
        response.end(
          `event: goodbye\ndata: ${JSON.stringify({ type: 'goodbye', code: 'too_old', detail: '', reconnect_in_ms: 1 })}\n\n`,
        );
    };
    await withStandIn({ events }, ({ url }) =>
      withClients(async (make) => {
        const { client } = make({ url, tickers: ['A'], transport: 'sse' });
        await until(() => client.stats.reconnects === 2);
        assert.deepEqual(given, [
          ['session-1', undefined],
          ['session-1', 'S.1'],
          ['session-2', undefined],
        ]);
      }),
    );
  });

  for (const [code, closes] of [
    ['flooding', true],
    ['deleted', true],
    ['taken_over', true],
    ['draining', false],
    ['too_slow', false],
  ]) {
    test(`Goodbye_${code}_${closes ? 'EndsTheClient' : 'ComesBack'}`, async () => {
      let streams = 0;
      const events = (response) => {
        streams += 1;
        begin(response);
        send(response, snapshot);
        if (streams > 1) return;
        send(response, { type: 'goodbye', code, detail: 'so it is', reconnect_in_ms: 20 });
        response.end();
      };
      await withStandIn({ events }, ({ url, count }) =>
        withClients(async (make) => {
          const { client } = make({ url, tickers: ['A'], transport: 'sse' });
          await until(() => client.state === 'closed' || client.stats.reconnects === 1);
          assert.equal(client.state, closes ? 'closed' : 'live');
          assert.equal(count('POST'), 1);
        }),
      );
    });
  }

  for (const [status, outcome] of [
    [403, 'closed'],
    [426, 'closed'],
    [503, 'connecting'],
    [429, 'connecting'],
  ]) {
    test(`Opening_RefusedBy${status}_Is${outcome}`, async () => {
      const events = (response) => {
        response.writeHead(status, {
          'Content-Type': 'application/problem+json',
          'Retry-After': '4',
        });
        response.end('{"code":"why","detail":"so it is"}');
      };
      await withStandIn({ events }, ({ url }) =>
        withClients(async (make) => {
          const { client, events: seen } = make({ url, tickers: ['A'], transport: 'sse' });
          const news = await until(() => detailsOf(seen, 'state')[0]);
          assert.deepEqual([news.state, news.reason], [outcome, 'why']);
          if (outcome === 'connecting') assert.ok(news.retryInMs >= 4000 && news.retryInMs < 4100);
          else assert.equal(client.state, 'closed');
        }),
      );
    });
  }
});
