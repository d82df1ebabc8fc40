// The messages that polling makes of answers, and how it asks.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { SessionApi } from '../src/session_api.js';
import { openPolling, pollWaitMs } from '../src/transport_polling.js';
import { withClients } from './support/clients.js';
import { withStandIn } from './support/stand_in_server.js';
import { until } from './support/wait.js';

const quote = (s, n, t = n) => ({ s, n, t });

/** Runs polling over these answers, one each time it is poked. */
async function polled(answers, wanted = { tickers: ['A', 'B'], throttleMs: 0 }) {
  const news = [];
  let asked = 0;
  const ask = async () => answers[Math.min(asked++, answers.length - 1)];
  const polling = openPolling(
    { ask, wanted: () => wanted, sessionId: () => 'S', random: () => 0 },
    (message) => news.push(message),
  );
  for (let number = 1; number <= answers.length; ++number) {
    await until(() => news.filter((each) => each.type !== 'snapshot').length === number);
    polling.poke();
  }
  polling.close();
  assert.deepEqual(await polling.ended, { code: 1000 });
  return news.map((message) => [
    message.type,
    message.tickers ?? message.ticks?.map(({ s, n }) => `${s}${n}`),
    message.quotes?.map(({ s, n }) => `${s}${n}`),
  ]);
}

describe('polling', { concurrency: 4, timeout: 60_000 }, () => {
  test('Answers_AreToldByWhatIsNewer', async () => {
    const news = await polled([
      [quote('A', 3)],
      [quote('A', 3)],
      [quote('A', 5), quote('B', 1)],
      [quote('A', 4), quote('B', 1), quote('C', 9)],
    ]);
    assert.deepEqual(news.slice(0, 5), [
      ['snapshot', ['A', 'B'], ['A3']],
      ['polled', undefined, undefined],
      ['polled', undefined, undefined],
      ['ticks', ['A5', 'B1'], undefined],
      ['polled', undefined, undefined],
    ]);
  });

  test('ServerThatWasStartedAgain_IsANewSnapshot', async () => {
    const news = await polled([
      [quote('A', 900, 10), quote('B', 5, 10)],
      [quote('A', 2, 20), quote('B', 6, 20)],
      [quote('A', 3, 30)],
    ]);
    assert.deepEqual(news.filter(([type]) => type !== 'polled').slice(0, 4), [
      ['snapshot', ['A', 'B'], ['A900', 'B5']],
      ['snapshot', ['A'], ['A2']],
      ['ticks', ['B6'], undefined],
      ['ticks', ['A3'], undefined],
    ]);
  });

  test('NoTickers_IsASnapshotOfNone_AndNoRequest', async () => {
    const news = await polled([[]], { tickers: [], throttleMs: 0 });
    assert.deepEqual(news[0], ['snapshot', [], []]);
  });

  test('Wait_IsAtLeastASecond_AndAsLongAsTheThrottle', () => {
    assert.deepEqual(
      [
        pollWaitMs({ throttleMs: 0 }, 0),
        pollWaitMs({ throttleMs: 0 }, 1),
        pollWaitMs({ throttleMs: 5000 }, 1),
      ],
      [1000, 1500, 5000],
    );
  });

  for (const [count, length, requests] of [
    [400, 3, 1],
    [401, 3, 2],
    [250, 32, 3],
    [1, 32, 1],
  ]) {
    test(`Quotes_Of${count}TickersOf${length}_Take${requests}Requests`, async () => {
      const paths = [];
      const fetch = async (url) => (
        paths.push(url),
        { ok: true, status: 200, json: async () => ({ quotes: [quote('A', 1)] }) }
      );
      const api = new SessionApi(new URL('http://a/base/'), fetch, new AbortController().signal);
      const tickers = Array.from({ length: count }, (_, number) =>
        `${number}`.padEnd(length, 'X').replace(/X$/, '&'),
      );
      const quotes = await api.quotes(tickers, new AbortController().signal);
      assert.deepEqual([paths.length, quotes.length], [requests, requests]);
      assert.deepEqual(
        paths.flatMap((url) => url.searchParams.get('tickers').split(',')),
        tickers,
      );
      assert.ok(
        paths.every((url) => url.href.length < 4_000 && url.pathname === '/base/v1/quotes'),
      );
    });
  }

  for (const body of [{}, { quotes: {} }, { quotes: [null] }, { quotes: [{ s: 'A' }] }]) {
    test(`QuotesAnsweredBy_${JSON.stringify(body)}_AreNone`, async () => {
      const fetch = async () => ({ ok: true, status: 200, json: async () => body });
      const { signal } = new AbortController();
      await assert.rejects(
        new SessionApi(new URL('http://a'), fetch, signal).quotes(['A'], signal),
        /is this a Tickcast server/,
      );
    });
  }

  test('TooManyRequests_AreWaitedFor_WithoutALoss', async () => {
    const times = [];
    const answer = ({ path, method }) => {
      if (method !== 'GET' || !path.startsWith('/v1/quotes')) return undefined;
      times.push(performance.now());
      if (times.length === 2)
        return {
          status: 429,
          headers: { 'Retry-After': '2' },
          body: { code: 'rate_limited' },
        };
      return { status: 200, body: { quotes: [quote('A', times.length)] } };
    };
    await withStandIn({ answer }, ({ url }) =>
      withClients(async (make) => {
        const { client, events } = make({ url, tickers: ['A'], transport: 'polling' });
        await until(() => times.length === 2);
        // Asks for a poll each time.
        const change = setInterval(() => void client.throttle(0), 300);
        await until(() => times.length === 3);
        clearInterval(change);
        assert.ok(times[2] - times[1] >= 2_990, `${times}`);
        await until(() => client.quotes.get('A').n === 3);
        assert.deepEqual(
          events.filter(([type]) => type === 'state').map(([, { state }]) => state),
          ['live'],
        );
      }),
    );
  });

  for (const [status, state] of [
    [403, 'closed'],
    [404, 'reconnecting'],
    [503, 'reconnecting'],
  ]) {
    test(`PollRefusedBy${status}_Is${state}`, async () => {
      let polls = 0;
      const answer = ({ path }) => {
        if (!path.startsWith('/v1/quotes')) return undefined;
        return ++polls === 2
          ? { status, body: { code: 'why', detail: 'so it is' } }
          : { status: 200, body: { quotes: [] } };
      };
      await withStandIn({ answer }, ({ url }) =>
        withClients(async (make) => {
          const { client, events } = make({ url, tickers: ['A'], transport: 'polling' });
          const news = await until(
            () => events.find(([type, detail]) => type === 'state' && detail.reason === 'why')?.[1],
          );
          assert.deepEqual([news.state, news.detail], [state, `${status} why: so it is`]);
          if (state !== 'closed') await until(() => client.state === 'live');
        }),
      );
    });
  }
});
