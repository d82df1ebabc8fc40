// How streams end on the real server, and how the client reacts, over both transports.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { detailsOf, statesOf, withClients } from './support/clients.js';
import { withProxy } from './support/proxy.js';
import { startServer, withServer } from './support/server.js';
import { standStill, until } from './support/wait.js';

// Side by side, since the server's Retry-After is 10 s where it is full.
describe('ends', { concurrency: 3, timeout: 120_000 }, () => {
  for (const transport of ['websocket', 'sse']) {
    describe(`ends over ${transport}`, { concurrency: 4, timeout: 120_000 }, () => {
      test('KilledServer_IsStreamedAgainByANewSession_WithThePresentTickers', async () => {
        const server = await startServer();
        await withClients(async (make) => {
          const { client, events } = make({
            url: server.url,
            tickers: ['AAPL'],
            throttleMs: 30,
            transport,
          });
          await until(() => client.stats.received > 0 || client.quotes.size > 0);
          await client.add('MSFT');
          const session = client.sessionId;
          await server.kill();
          await until(() => client.state === 'reconnecting');
          assert.equal(client.feed, undefined);
          const lost = detailsOf(events, 'state').find((each) => each.state === 'reconnecting');
          assert.equal(lost.code, 1006);
          // Without a server changes wait; the wish shows them.
          const changes = [client.add('IBM'), client.throttle(40), client.remove('AAPL')];
          assert.deepEqual(client.tickers, ['MSFT', 'IBM']);

          const again = await startServer([], server.port);
          try {
            await until(() => client.state === 'live');
            await Promise.all(changes);
            await until(() => client.quotes.has('MSFT') && client.quotes.has('IBM'));
            assert.notEqual(client.sessionId, session);
            assert.deepEqual([client.tickers, client.throttleMs], [['MSFT', 'IBM'], 40]);
            const held = await (await fetch(`${again.url}/v1/sessions/${client.sessionId}`)).json();
            assert.deepEqual([held.tickers, held.throttle_ms], [['MSFT', 'IBM'], 40]);
            assert.equal(client.stats.reconnects, 1);
            const epochs = detailsOf(events, 'snapshot').map((each) => each.epoch);
            assert.notEqual(epochs[0], epochs.at(-1));
            assert.deepEqual(statesOf(events), ['live', 'reconnecting', 'live']);
          } finally {
            await again.kill();
          }
        });
      });

      test('DrainedServer_SaysGoodbyeAndWhenToComeBack', async () => {
        const server = await startServer(['--drain-seconds', '0.3']);
        await withClients(async (make) => {
          const { client, events } = make({ url: server.url, tickers: ['AAPL'], transport });
          await until(() => client.state === 'live');
          await server.kill('SIGTERM');
          const goodbye = await until(() => detailsOf(events, 'goodbye')[0]);
          assert.equal(goodbye.code, 'draining');
          const lost = await until(() =>
            detailsOf(events, 'state').find((each) => each.state === 'reconnecting'),
          );
          const { error, ...news } = lost;
          assert.deepEqual(news, {
            state: 'reconnecting',
            reason: 'draining',
            code: 1001,
            retryInMs: goodbye.reconnect_in_ms,
            detail: goodbye.detail,
          });
          assert.equal(error.code, 'draining');
          const again = await startServer([], server.port);
          try {
            await until(() => client.state === 'live');
          } finally {
            await again.kill();
          }
        });
      });

      test('DeletedSession_EndsTheClient', async () => {
        await withServer([], ({ url }) =>
          withClients(async (make) => {
            const { client } = make({ url, tickers: ['AAPL'], transport });
            await until(() => client.state === 'live');
            assert.equal(
              (await fetch(`${url}/v1/sessions/${client.sessionId}`, { method: 'DELETE' })).status,
              204,
            );
            await assert.rejects(
              async () => {
                for await (const tick of client) assert.equal(tick.s, 'AAPL');
              },
              { name: 'TickcastError', code: 'deleted' },
            );
          }),
        );
      });

      // contract: CLI-3
      test('TakenOver_TheFirstStaysAway', async () => {
        await withServer([], ({ url, metric }) =>
          withClients(async (make) => {
            const { client: first, events } = make({ url, tickers: ['AAPL'], transport });
            await until(() => first.state === 'live');
            const { client: second } = make({ url, session: first.sessionId, transport });
            await until(() => first.state === 'closed' && second.state === 'live');
            assert.equal(detailsOf(events, 'error')[0].code, 'taken_over');
            const received = second.stats.received;
            await until(() => second.stats.received > received + 3);
            assert.equal(second.stats.reconnects, 0, 'they do not fight');
            assert.equal(await metric('tickcast_stream_closes_total{code="4001"}'), 1);
          }),
        );
      });

      // contract: CLI-2
      test('TooOldSession_IsReplacedByANewOne', async () => {
        await withServer(['--max-session-age-seconds', '1', '--drain-seconds', '0.1'], ({ url }) =>
          withClients(async (make) => {
            const { client, events } = make({ url, tickers: ['AAPL', 'IBM'], transport });
            await until(() => client.state === 'live');
            const session = client.sessionId;
            await client.remove('AAPL');
            const lost = await until(() =>
              detailsOf(events, 'state').find((each) => each.state === 'reconnecting'),
            );
            assert.deepEqual([lost.reason, lost.code], ['too_old', 4002]);
            await until(() => client.stats.reconnects > 0);
            assert.notEqual(client.sessionId, session);
            assert.deepEqual(client.tickers, ['IBM']);
          }),
        );
      });

      test('EmptiedSession_IsMadeAnewEmpty', async () => {
        await withServer(['--max-session-age-seconds', '1', '--drain-seconds', '0.1'], ({ url }) =>
          withClients(async (make) => {
            const { client, events } = make({ url, tickers: ['AAPL'], transport });
            await until(() => client.state === 'live');
            await client.remove('AAPL');
            await until(
              () =>
                client.stats.reconnects > 0 &&
                detailsOf(events, 'snapshot').at(-1).tickers.length === 0,
            );
            assert.deepEqual([client.tickers, client.quotes.size], [[], 0]);
          }),
        );
      });

      test('CutConnection_ResumesTheSameSession_AndChangesMadeMeanwhileAreApplied', async () => {
        await withServer([], ({ url, port }) =>
          withProxy(port, (proxy) =>
            withClients(async (make) => {
              const { client } = make({ url: proxy.url, tickers: ['AAPL'], transport });
              await until(() => client.state === 'live');
              const session = client.sessionId;
              proxy.isOpen = false;
              proxy.cut();
              await until(() => client.state === 'reconnecting');
              const change = client.add('MSFT');
              proxy.isOpen = true;
              await change;
              await until(() => client.quotes.has('MSFT'));
              assert.equal(client.sessionId, session);
              const held = await (await fetch(`${url}/v1/sessions/${session}`)).json();
              assert.deepEqual(held.tickers, ['AAPL', 'MSFT']);
            }),
          ),
        );
      });

      test('SessionThatExpiredMeanwhile_IsMadeAnew', async () => {
        await withServer(['--detached-seconds', '0.1'], ({ port, metric }) =>
          withProxy(port, (proxy) =>
            withClients(async (make) => {
              const { client } = make({ url: proxy.url, tickers: ['AAPL'], transport });
              await until(() => client.state === 'live');
              const session = client.sessionId;
              proxy.isOpen = false;
              proxy.cut();
              await until(
                async () =>
                  (await metric('tickcast_sessions_ended_total{reason="expired_detached"}')) === 1,
              );
              proxy.isOpen = true;
              await until(() => client.state === 'live');
              assert.notEqual(client.sessionId, session);
            }),
          ),
        );
      });

      test('MuteServer_IsGivenUp_AndAQuietOneIsNot', async () => {
        const server = await startServer(['--feed', 'push', '--heartbeat-seconds', '0.2']);
        try {
          await withClients(async (make) => {
            const { client, events } = make({
              url: server.url,
              tickers: ['X'],
              silenceMs: 1200,
              transport,
            });
            await until(() => client.state === 'live');
            const live = performance.now();
            await until(() => performance.now() - live > 2000);
            assert.deepEqual(statesOf(events), ['live'], 'heartbeats are enough');
            await standStill(server.pid);
            const lost = await until(() =>
              detailsOf(events, 'state').find((each) => each.state === 'reconnecting'),
            );
            assert.equal(lost.reason, 'silent');
            process.kill(server.pid, 'SIGCONT');
            await until(() => client.state === 'live');
          });
        } finally {
          await server.kill();
        }
      });

      test('ServerThatStartsLater_IsWaitedFor', async () => {
        const before = await startServer();
        await before.kill();
        await withClients(async (make) => {
          const { client, events } = make({ url: before.url, tickers: ['AAPL'], transport });
          await until(() => detailsOf(events, 'state').length >= 3);
          assert.deepEqual(
            detailsOf(events, 'state')
              .map((each) => [each.state, each.reason])
              .slice(0, 3),
            Array(3).fill(['connecting', 'network']),
          );
          const server = await startServer([], before.port);
          try {
            await until(() => client.state === 'live');
          } finally {
            await server.kill();
          }
        });
      });
    });
  }

  describe('capacity', { concurrency: 4, timeout: 120_000 }, () => {
    test('FullServer_Is503_AndWaitedFor', async () => {
      await withServer(['--max-sessions', '1'], ({ url }) =>
        withClients(async (make) => {
          const { client: first } = make({ url, tickers: ['AAPL'] });
          await until(() => first.state === 'live');
          const { client: second, events } = make({ url, tickers: ['AAPL'] });
          const refused = await until(() => detailsOf(events, 'state')[0]);
          assert.deepEqual([refused.state, refused.reason], ['connecting', 'at_capacity']);
          assert.ok(refused.retryInMs >= 10_000, 'Retry-After is honoured');
          await first.close({ deleteSession: true });
          await until(() => second.state === 'live', 'live', 15_000);
        }),
      );
    });

    test('TooManyRequests_Are429_AndWaitedFor', async () => {
      await withServer(['--max-requests-per-second-per-address', '1'], ({ url }) =>
        withClients(async (make) => {
          assert.equal((await fetch(`${url}/v1/tickers`)).status, 200);
          const { client, events } = make({ url, tickers: ['AAPL'] });
          const refused = await until(() => detailsOf(events, 'state')[0]);
          assert.deepEqual([refused.state, refused.reason], ['connecting', 'rate_limited']);
          await until(() => client.state === 'live');
        }),
      );
    });
  });
});
