// A client's reactions when the browser says that the network or the page is away or back. The
// tests run one by one: they share the surroundings of the process.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { detailsOf, withClients } from './support/clients.js';
import { withProxy } from './support/proxy.js';
import { startServer, withServer } from './support/server.js';
import { snapshot, withStandIn } from './support/stand_in_server.js';
import { withSurroundings } from './support/surroundings.js';
import { until } from './support/wait.js';

const reasonsOf = (events) =>
  detailsOf(events, 'state').map(({ state, reason = '' }) => `${state} ${reason}`.trim());

/** Runs `body` with a live client of a server behind a proxy, in a browser's surroundings. */
function withLive(transport, body) {
  return withSurroundings((browser) =>
    withServer(['--feed', 'push', '--heartbeat-seconds', '60'], (server) =>
      withProxy(server.port, (proxy) =>
        withClients(async (make) => {
          const { client, events } = make({ url: proxy.url, tickers: ['X'], transport });
          await until(() => client.state === 'live' && client.feed !== undefined);
          await body({ browser, server, proxy, client, events });
        }),
      ),
    ),
  );
}

describe('surroundings', { timeout: 120_000 }, () => {
  for (const transport of ['websocket', 'sse']) {
    test(`Offline_Over_${transport}_IsSaidAtOnce_AndNothingIsTriedUntilOnline`, async () => {
      await withLive(transport, async ({ browser, proxy, client, events }) => {
        proxy.freeze();
        browser.setOnline(false);
        assert.deepEqual(
          [client.state, client.feed, reasonsOf(events).at(-1)],
          ['reconnecting', undefined, 'reconnecting offline'],
        );
        assert.match(detailsOf(events, 'state').at(-1).detail, /offline/);
        const tried = proxy.requests.length;
        const begun = performance.now();
        await until(() => performance.now() - begun > 1_500);
        assert.ok(proxy.requests.length <= tried + 1, 'at most the question whether it lives');
        assert.equal(client.state, 'reconnecting');

        browser.setOnline(true);
        proxy.thaw(); // the bytes kept back are passed on: the same stream goes on
        await until(() => client.state === 'live');
        assert.equal(client.stats.reconnects, 0);
      });
    });

    test(`Offline_Over_${transport}_WhereTheServerAnswers_IsNotBelieved`, async () => {
      await withLive(transport, async ({ browser, server, client, events }) => {
        await server.push({ s: 'X', p: 1 });
        await until(() => client.feed === 'live');
        browser.setOnline(false);
        assert.equal(client.state, 'reconnecting');
        await until(() => client.state === 'live', 'live', 3_000);
        assert.deepEqual(reasonsOf(events), ['live', 'reconnecting offline', 'live']);
        assert.deepEqual([client.feed, client.stats.reconnects], ['live', 0]);
        assert.deepEqual(
          detailsOf(events, 'feed').slice(-2),
          ['live', 'live'],
          'the feed is known again',
        );
      });
    });
  }

  test('Offline_APongOfAnOlderPing_ShowsNothing', async () => {
    let socket;
    const pings = [];
    const stream = (opened, id) => {
      socket = opened;
      socket.on('message', (text) => pings.push(JSON.parse(text).id));
      socket.send(JSON.stringify(snapshot(id)));
    };
    const pong = (id) => socket.send(JSON.stringify({ type: 'pong', id, t: 0 }));
    await withSurroundings((browser) =>
      withStandIn({ stream }, ({ url }) =>
        withClients(async (make) => {
          const { client, events } = make({ url, tickers: ['A'] });
          await until(() => client.state === 'live' && pings.length === 1);
          let isPassed = false;
          client.on('snapshot', () => (isPassed = true));
          browser.setOnline(false);
          pong(pings[0]); // of the ping that measures, sent before
          socket.send(JSON.stringify(snapshot('S')));
          await until(() => isPassed);
          assert.equal(client.state, 'reconnecting');
          pong(await until(() => pings[1]));
          await until(() => client.state === 'live');
          assert.deepEqual(reasonsOf(events), ['live', 'reconnecting offline', 'live']);
        }),
      ),
    );
  });

  test('Online_WhereTheConnectionIsDead_BeginsAnotherOneAfterTwoSeconds', async () => {
    await withLive('websocket', async ({ browser, proxy, client }) => {
      proxy.freeze();
      browser.setOnline(false);
      const begun = performance.now();
      await until(() => performance.now() - begun > 600);
      browser.setOnline(true);
      const back = performance.now();
      await until(() => client.state === 'reconnecting' && performance.now() - back > 1_900);
      proxy.cut();
      proxy.thaw();
      await until(() => client.stats.reconnects === 1);
    });
  });

  test('CreatedOffline_IsTriedAllTheSame', async () => {
    await withSurroundings((browser) =>
      withServer([], ({ url }) =>
        withClients(async (make) => {
          browser.setOnline(false);
          const { client, events } = make({ url, tickers: ['AAPL'] });
          await until(() => client.state === 'live');
          assert.deepEqual(reasonsOf(events), ['live']);
        }),
      ),
    );
  });

  test('LostOffline_WhereTheServerWasStartedAgain_ComesBackSoon', async () => {
    const first = await startServer();
    await withSurroundings((browser) =>
      withClients(async (make) => {
        browser.setOnline(false);
        const { client, events } = make({
          url: first.url,
          tickers: ['AAPL'],
          random: () => 1,
        });
        await until(() => client.state === 'live');
        await first.kill();
        const second = await startServer([], first.port);
        try {
          await until(() => client.stats.reconnects === 1, 'live again', 8_000);
          assert.deepEqual(reasonsOf(events).slice(0, 2), ['live', 'reconnecting offline']);
        } finally {
          await second.kill();
        }
      }),
    );
  });

  test('LostOffline_WaitsTwentySeconds_AndOnlineEndsThatAtOnce', async () => {
    const { port, url, kill } = await startServer();
    await kill();
    await withSurroundings((browser) =>
      withClients(async (make) => {
        browser.setOnline(false);
        const { client, events } = make({ url, tickers: ['AAPL'] });
        const news = await until(() => detailsOf(events, 'state')[0]);
        assert.deepEqual(
          [news.state, news.reason, news.retryInMs],
          ['connecting', 'offline', 20_000],
        );
        assert.match(news.detail, /connection refused.*offline/);
        const server = await startServer([], port);
        try {
          browser.setOnline(true);
          await until(() => client.state === 'live', 'live', 5_000);
        } finally {
          await server.kill();
        }
      }),
    );
  });

  test('SeenAgain_EndsAWait_ButNotTheOneThatTheServerAskedFor', async () => {
    const times = [];
    const answer = ({ method }) => {
      if (method !== 'POST') return undefined;
      times.push(performance.now());
      return {
        status: 503,
        headers: { 'Retry-After': times.length === 1 ? '0' : '3' },
        body: { code: 'at_capacity' },
      };
    };
    await withSurroundings((browser) =>
      withStandIn({ answer }, ({ url }) =>
        withClients(async (make) => {
          // A long wait of the client's own: the first by chance, 20 s at most.
          const begun = performance.now();
          const { events } = make({ url, tickers: ['A'], random: () => 100 });
          const news = await until(() => detailsOf(events, 'state')[0]);
          assert.equal(news.retryInMs, 50_000);
          browser.setVisibility('hidden');
          browser.setVisibility('visible');
          await until(() => times.length === 2, 'tried', 5_000);
          assert.ok(times[1] - begun >= 990, 'once per second at most');
          await until(() => detailsOf(events, 'state').length === 2);
          browser.setVisibility('visible');
          await until(() => times.length === 3, 'tried', 8_000);
          assert.ok(times[2] - times[1] >= 2_990, `${times[2] - times[1]}`);
        }),
      ),
    );
  });

  test('SeenAgain_ASilentConnectionIsAskedAtOnce', async () => {
    await withLive('websocket', async ({ browser, proxy, client }) => {
      const begun = performance.now();
      await until(() => performance.now() - begun > 600 && client.quietMs > 550);
      proxy.freeze();
      browser.setVisibility('visible');
      const seen = performance.now();
      await until(() => client.isQuiet, 'quiet', 6_000);
      assert.ok(performance.now() - seen < 4_500, 'sooner than without a look');
      await until(() => client.state === 'reconnecting', 'given up', 8_000);
    });
  });

  test('EventSlot_IsAskedBeforeEventsAreTriedBesidePolling_AndGivenBackOnce', async () => {
    const counts = { asked: 0, freed: 0, opened: 0 };
    let isCut = true;
    const fetches = (input, init) => {
      if (!String(input).includes('/v1/stream/')) return fetch(input, init);
      counts.opened += 1;
      return isCut ? Promise.reject(new Error('cut')) : fetch(input, init);
    };
    const slots = [() => Promise.reject(new Error('no locks')), () => undefined];
    const free = () => () => void (counts.freed += 1);
    slots.push(free, async () => free());
    const eventSlot = () => slots[counts.asked++]();
    await withSurroundings((browser) =>
      withServer([], ({ url }) =>
        withClients(async (make) => {
          const { client, events } = make({
            url,
            tickers: ['AAPL'],
            fetch: fetches,
            WebSocket: null,
            eventSlot,
          });
          await until(() => client.state === 'live');
          assert.equal(client.transport, 'polling');
          assert.equal(counts.asked, 0, 'before the first stream nothing is asked');
          const tried = counts.opened;
          /** A look at the page ends the wait before a trial. */
          const trial = (number) =>
            until(() => counts.asked === number || (browser.setVisibility('visible'), false));
          await trial(1);
          await trial(2);
          assert.equal(counts.opened, tried, 'no slot, no stream');
          await trial(3);
          await until(() => counts.freed === 1, 'given back after a trial that failed');
          assert.equal(counts.opened, tried + 1);
          isCut = false;
          await trial(4);
          await until(() => client.transport === 'sse');
          assert.equal(counts.freed, 1, 'held by the stream');
          await client.close();
          assert.equal(counts.freed, 2);
          assert.ok(!reasonsOf(events).some((each) => each.startsWith('reconnecting')));
        }),
      ),
    );
  });

  test('ClosedClient_ListensToNothing', async () => {
    await withSurroundings((browser) =>
      withClients(async (make) => {
        const { client } = make({ url: 'http://127.0.0.1:1', tickers: ['A'] });
        assert.equal(browser.listeners.count, 3);
        await client.close();
        assert.equal(browser.listeners.count, 0);
      }),
    );
  });
});
