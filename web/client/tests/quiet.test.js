// Silence is noticed within 6 s, and reported; the next message ends it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { WebSocket } from 'ws';

import { connect } from '../index.js';
import { withClients } from './support/clients.js';
import { withHoldingProxy } from './support/holding_proxy.js';
import { withServer } from './support/server.js';
import { snapshot, withStandIn } from './support/stand_in_server.js';
import { record, standStill, until } from './support/wait.js';

describe('quiet', { concurrency: 4, timeout: 60_000 }, () => {
  for (const transport of ['websocket', 'sse']) {
    test(`ServerThatStandsStill_Over_${transport}_IsQuietWithin6s_AndHeardAgain`, async () => {
      await withServer(['--feed', 'sim?tickers=20&rate=200'], ({ url, pid }) =>
        withClients(async (make) => {
          const { client } = make({ url, tickers: ['AAPL'], transport });
          const news = record(client, 'quiet', 'state');
          await until(() => client.stats.received > 0);
          await standStill(pid);
          const stopped = performance.now();
          await until(() => client.isQuiet);
          const seconds = (performance.now() - stopped) / 1000;
          assert.ok(seconds > 4 && seconds < 6.5, `${seconds}`);
          assert.equal(client.state, 'live', 'it is not given up yet');
          process.kill(pid, 'SIGCONT');
          await until(() => !client.isQuiet);
          assert.deepEqual(
            news.filter(([type]) => type === 'quiet').map(([, isQuiet]) => isQuiet),
            [true, false],
          );
          assert.equal(client.stats.reconnects, 0);
        }),
      );
    });

    test(`QuietFeed_Over_${transport}_IsNoSilence`, async () => {
      await withServer(['--feed', 'push', '--heartbeat-seconds', '60'], ({ url, metric }) =>
        withClients(async (make) => {
          const { client } = make({ url, tickers: ['X'], transport });
          const news = record(client, 'quiet');
          await until(() => client.state === 'live');
          const begun = performance.now();
          await until(() => performance.now() - begun > 7_000);
          assert.deepEqual(news, []);
          if (transport === 'sse') {
            const asked = await metric(
              'tickcast_http_requests_total{route="/v1/sessions/{id}",method="GET",code="200"}',
            );
            assert.ok(asked >= 1 && asked <= 2, `${asked} in 7 s`);
          }
        }),
      );
    });
  }

  test('QuietConnectionThatIsGivenUp_IsNotQuietAnyMore', async () => {
    let streams = 0;
    const stream = (socket, id) => {
      if (++streams === 1) socket.send(JSON.stringify(snapshot(id)));
    };
    await withStandIn({ stream }, async ({ url }) => {
      const client = connect({
        url,
        tickers: ['A'],
        silenceMs: 5_500,
        WebSocket,
        transport: 'websocket',
      });
      const events = record(client, 'state', 'quiet');
      await until(() => client.state === 'reconnecting');
      await client.close();
      const kinds = events
        .map(([type, detail]) => (type === 'quiet' ? `quiet ${detail}` : detail.state))
        .slice(0, 4);
      assert.deepEqual(kinds, ['live', 'quiet true', 'reconnecting', 'quiet false']);
      assert.match(
        events.find(([, detail]) => detail.state === 'reconnecting')[1].detail,
        /not even a heartbeat/,
      );
    });
  });

  test('ServerNow_IsTheServersClock_OnceItIsKnown', async () => {
    const hour = 3_600_000;
    const stream = (socket, id) => {
      socket.send(JSON.stringify(snapshot(id)));
      socket.on('message', (text) =>
        socket.send(
          JSON.stringify({
            type: 'pong',
            id: JSON.parse(text).id,
            t: (Date.now() + hour) * 1000,
          }),
        ),
      );
    };
    await withStandIn({ stream }, async ({ url }) => {
      const client = connect({ url, tickers: ['A'], WebSocket });
      assert.equal(client.serverNow(), undefined);
      // Before the first pong it is that of the Date of the stand-in's answer.
      await until(() => Math.abs(client.serverNow() - Date.now() - hour) < 500);
      await client.close();
    });
  });

  test('ServerNow_OverEventsThatAreAllLate_IsRight_AndTheLatencyShowsIt', async () => {
    await withServer(['--feed', 'sim?tickers=20&rate=500'], ({ port }) =>
      withHoldingProxy(port, { events: 4_000 }, ({ url }) =>
        withClients(async (make) => {
          const { client } = make({ url, tickers: ['AAPL'], transport: 'sse' });
          await until(() => client.stats.latency.count > 50);
          const lateBy = client.serverNow() - Date.now();
          assert.ok(Math.abs(lateBy) < 1_500, `${lateBy}`);
          assert.ok(client.stats.latency.p50 > 2_700, `${client.stats.latency.p50}`);
        }),
      ),
    );
  });

  test('QuietMs_OfAClockThatIsSet_StaysAsItIs', async () => {
    await withServer(['--feed', 'sim?tickers=20&rate=500'], ({ url }) =>
      withClients(async (make) => {
        const { client } = make({ url, tickers: ['AAPL'] });
        await until(() => client.stats.received > 0);
        const { now } = Date;
        const quietMs = [3_600_000, -3_600_000].map((ms) => {
          Date.now = () => now() + ms;
          return client.quietMs;
        });
        Date.now = now;
        assert.ok(
          quietMs.every((ms) => ms >= 0 && ms < 5_000),
          `${quietMs}`,
        );
      }),
    );
  });

  test('ServerNow_OverEvents_IsThatOfTheFastestMessage', async () => {
    await withServer(['--feed', 'sim?tickers=20&rate=500'], ({ url }) =>
      withClients(async (make) => {
        const { client } = make({ url, tickers: ['AAPL'], transport: 'sse' });
        const now = await until(() => client.serverNow());
        assert.ok(Math.abs(now - Date.now()) < 2_000, `${now - Date.now()}`);
      }),
    );
  });
});
