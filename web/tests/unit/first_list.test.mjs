// The first list of a browser, from servers that answer late, badly or not at all.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { findFirstList, knownTickers } from '../../app/first_list.js';

/** A run whose loads are answered one by one; errors are thrown. */
function run(answers, isWanted = () => true) {
  const seen = { used: [], shown: [], waited: [] };
  const over = findFirstList({
    load: async () => {
      const answer = answers.shift();
      const tickers = typeof answer === 'function' ? await answer() : answer;
      if (!Array.isArray(tickers)) throw tickers;
      return tickers;
    },
    isWanted,
    use: (tickers) => seen.used.push(tickers),
    show: (why) => seen.shown.push(why),
    wait: async (ms) => {
      seen.waited.push(ms);
    },
  });
  return { seen, over };
}

test('FirstList_OfWhatTheServerKnows_IsTheFamiliarOrElseTheFirst', async () => {
  const familiar = run([['ZZ', 'MSFT', 'AAPL']]);
  await familiar.over;
  assert.deepEqual(familiar.seen.used, [['AAPL', 'MSFT']]);
  const others = run([Array.from({ length: 20 }, (_, i) => `T${i}`)]);
  await others.over;
  assert.equal(others.seen.used[0].length, 16);
});

test('FirstList_WhenTheReaderTypesMeanwhile_LeavesTheReadersList', async () => {
  let size = 0;
  const { seen, over } = run(
    [
      () => {
        size = 1;
        return ['AAPL'];
      },
    ],
    () => size === 0,
  );
  await over;
  assert.deepEqual(seen.used, []);
});

test('FirstList_WhenRefused_AsksAgainNoSoonerThanTheServerSays', async () => {
  const refused = (more) => ({ code: 'rate_limited', status: 429, ...more });
  const { seen, over } = run([
    refused({ retryAfterMs: 30_000 }),
    refused({ retryAfterMs: 1000 }),
    refused({ retryAfterMs: 1e9 }),
    new TypeError('fetch failed'),
    ['AAPL'],
  ]);
  await over;
  assert.deepEqual(seen.waited, [30_000, 5000, 300_000, 5000]);
  assert.equal(seen.shown[3], 'the server does not answer');
  assert.equal(seen.shown[4], undefined, 'it came');
  assert.deepEqual(seen.used, [['AAPL']]);
});

/** @param {import('node:http').RequestListener} answer */
async function serving(context, answer) {
  const server = createServer(answer);
  await new Promise((go) => server.listen(0, '127.0.0.1', go));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const base = `http://127.0.0.1:${server.address().port}/`;
  return (path, options) => fetch(new URL(path, base), options);
}

test('KnownTickers_WhenTheServerStandsStill_FailInTime', { timeout: 20_000 }, async (context) => {
  const ask = await serving(context, () => {});
  await assert.rejects(knownTickers(ask, 50), { name: 'TimeoutError' });
});

test('KnownTickers_WhenRefused_SayWhyAndWhenToAskAgain', async (context) => {
  const ask = await serving(context, (_request, response) => {
    response.writeHead(429, { 'Retry-After': '7' });
    response.end(JSON.stringify({ code: 'rate_limited', detail: 'slow down' }));
  });
  await assert.rejects(
    knownTickers(ask),
    (error) => error.code === 'rate_limited' && error.status === 429 && error.retryAfterMs === 7000,
  );
});
