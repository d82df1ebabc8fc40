// A client's quotes and changes, on the real server, over both transports.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { detailsOf, withClients } from './support/clients.js';
import { withServer } from './support/server.js';
import { until } from './support/wait.js';

for (const transport of ['websocket', 'sse']) {
  describe(`stream over ${transport}`, { concurrency: 4, timeout: 120_000 }, () => {
    test('Simulator_Streams_EventsQuotesAndIterator', async () => {
      await withServer(['--feed', 'sim?tickers=50&rate=2000'], ({ url, metric }) =>
        withClients(async (make) => {
          const { client, events } = make({ url, tickers: ['aapl', 'MSFT', 'AAPL'], transport });
          assert.equal(client.state, 'connecting');
          assert.deepEqual(client.tickers, ['AAPL', 'MSFT']);
          const dom = [];
          client.addEventListener('ticks', (event) => dom.push(event.detail));

          const seen = new Map();
          for await (const tick of client) {
            assert.ok(tick.n > (seen.get(tick.s) ?? 0), 'n goes up');
            seen.set(tick.s, tick.n);
            if (seen.size === 2 && client.stats.received > 50) break;
          }
          assert.equal(client.transport, transport);
          assert.match(client.sessionId, /^[A-Za-z0-9_-]{22}$/);
          assert.equal(client.feed, 'live');
          const [first] = detailsOf(events, 'snapshot');
          assert.deepEqual([...first.tickers].sort(), ['AAPL', 'MSFT']);
          const ticks = detailsOf(events, 'ticks');
          assert.deepEqual(dom, ticks, 'DOM events and handlers have the same');
          assert.equal(
            detailsOf(events, 'quote').length,
            first.quotes.length + ticks.flat().length,
          );
          const { received, frames, latency } = client.stats;
          assert.deepEqual(
            [received, frames, latency.count],
            [ticks.flat().length, ticks.length, received],
          );
          assert.ok(
            latency.p50 >= 0 && latency.p50 < 1000 && latency.p99 >= latency.p50,
            JSON.stringify(latency),
          );
          await until(() => client.stats.updatesPerSecond > 5);
          await client.close();
          assert.equal(client.feed, undefined);
          await until(
            async () => (await metric(`tickcast_connections{transport="${transport}"}`)) === 0,
          );
          assert.equal(
            await metric('tickcast_sessions{state="detached"}'),
            1,
            'kept for its return',
          );
        }),
      );
    });

    test('Pushes_AreCountedOneByOne_AndBurstsAsConflated', async () => {
      await withServer(['--feed', 'push'], ({ url, push }) =>
        withClients(async (make) => {
          await push({ s: 'X', p: 1 });
          const { client } = make({ url, tickers: ['X', 'Y'], transport });
          await until(() => client.state === 'live');
          assert.equal(client.quotes.get('X').p, 1);
          for (let p = 2; p <= 10; ++p) {
            await push({ s: 'X', p });
            await until(() => client.quotes.get('X').p === p);
          }
          assert.deepEqual([client.stats.received, client.stats.conflated], [9, 0]);
          await push(
            { s: 'X', p: 11 },
            { s: 'X', p: 12 },
            { s: 'Y', p: 1 },
            { s: 'Y', p: 2 },
            { s: 'X', p: 13 },
          );
          await until(() => client.stats.received === 11);
          assert.equal(client.stats.conflated, 3);
          assert.deepEqual([client.quotes.get('X').p, client.quotes.get('Y').p], [13, 2]);
        }),
      );
    });

    test('AddRemoveThrottle_ChangeTheLiveStream', async () => {
      await withServer(['--max-tickers-per-session', '4'], ({ url }) =>
        withClients(async (make) => {
          const { client, events } = make({ url, tickers: ['AAPL'], transport });
          await until(() => client.state === 'live');
          const added = client.add('MSFT', 'ibm');
          assert.deepEqual(client.tickers, ['AAPL', 'MSFT', 'IBM'], 'wanted at once');
          await added;
          await until(() => client.quotes.has('IBM') && client.quotes.has('MSFT'));
          assert.deepEqual(detailsOf(events, 'snapshot').at(-1).tickers, ['MSFT', 'IBM']);
          await Promise.all([client.remove('AAPL'), client.throttle(400)]);
          assert.deepEqual([client.tickers, client.throttleMs], [['MSFT', 'IBM'], 400]);
          assert.deepEqual([...client.quotes.keys()].sort(), ['IBM', 'MSFT']);

          await assert.rejects(client.add('NO SUCH'), {
            code: 'invalid_ticker',
            status: 422,
            tickers: ['NO SUCH'],
          });
          await assert.rejects(client.throttle(60_001), { code: 'bad_throttle', status: 400 });
          await client.add('TSLA', 'NVDA'); // four: at the limit
          await assert.rejects(client.add('AMZN'), { code: 'too_many_tickers', status: 422 });
          assert.deepEqual(client.tickers, ['MSFT', 'IBM', 'TSLA', 'NVDA']);
          assert.equal(client.state, 'live');

          const frames = client.stats.frames;
          const begun = performance.now();
          await until(() => client.stats.frames >= frames + 2);
          assert.ok(performance.now() - begun > 350, 'two frames are 400 ms apart');
        }),
      );
    });

    test('TwoHundredCallsInARow_NeitherFloodNorFail', async () => {
      await withServer(['--feed', 'push', '--max-tickers-per-session', '400'], ({ url, metric }) =>
        withClients(async (make) => {
          const { client } = make({ url, tickers: ['A'], transport });
          await until(() => client.state === 'live');
          await Promise.all(Array.from({ length: 200 }, (_, number) => client.add(`T${number}`)));
          assert.equal(client.tickers.length, 201);
          const changes = await metric(
            'tickcast_http_requests_total{route="/v1/sessions/{id}",method="PATCH",code="200"}',
          );
          assert.ok(changes >= 1 && changes <= 3, `${changes} requests`);
          await client.remove(...client.tickers);
          assert.deepEqual([client.tickers, client.state], [[], 'live']);
        }),
      );
    });

    test('FeedThatEnds_IsStale_AndLiveAgain', async () => {
      await withServer(
        ['--feed', 'push', '--stale-seconds', '0.3', '--heartbeat-seconds', '0.1'],
        ({ url, push }) =>
          withClients(async (make) => {
            const { client, events } = make({ url, tickers: ['X'], transport });
            await push({ s: 'X', p: 1 });
            await until(() => client.feed === 'live');
            await until(() => client.feed === 'stale');
            assert.equal(client.state, 'live', 'the connection is there');
            await push({ s: 'X', p: 2 });
            await until(() => client.feed === 'live');
            assert.deepEqual(detailsOf(events, 'feed').slice(-2), ['stale', 'live']);
          }),
      );
    });

    test('GivenSession_IsStreamedAsItIs_AndADeletedOneIsMadeAnewOfTheTickers', async () => {
      await withServer([], ({ url }) =>
        withClients(async (make) => {
          const { client: first } = make({
            url,
            tickers: ['AAPL', 'IBM'],
            throttleMs: 20,
            transport,
          });
          await until(() => first.state === 'live');
          const session = first.sessionId;
          await first.close();

          const { client } = make({ url, session, transport });
          await until(() => client.state === 'live');
          assert.deepEqual(
            [client.sessionId, client.tickers, client.throttleMs],
            [session, ['AAPL', 'IBM'], 20],
          );
          await client.close({ deleteSession: true });
          await client.close({ deleteSession: true }); // gone already

          const { client: late } = make({ url, session, transport });
          await assert.rejects(late[Symbol.asyncIterator]().next(), {
            code: 'no_such_session',
            status: 404,
          });
          const { client: renewed } = make({ url, session, tickers: ['MSFT'], transport });
          await until(() => renewed.state === 'live');
          assert.notEqual(renewed.sessionId, session);
          assert.deepEqual(renewed.tickers, ['MSFT']);
        }),
      );
    });

    test('UnknownTicker_AtTheStart_EndsTheClient', async () => {
      await withServer([], ({ url }) =>
        withClients(async (make) => {
          const { client, events } = make({ url, tickers: ['AAPL', 'NOSUCH'], transport });
          await until(() => client.state === 'closed');
          const [error] = detailsOf(events, 'error');
          assert.deepEqual(
            [error.code, error.status, error.tickers],
            ['unknown_ticker', 422, ['NOSUCH']],
          );
        }),
      );
    });
  });
}
