// The page's sessions on a real server with tight limits; no browser is needed to ask for them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pool } from '../../app/pool.js';
import { connect } from '../../client/index.js';
import { Server } from '../support/server.mjs';

const until = async (isSo, what, ms = 20_000) => {
  const end = performance.now() + ms;
  while (!isSo()) {
    if (performance.now() > end) assert.fail(what);
    await new Promise((go) => setTimeout(go, 20));
  }
};

async function withPool(flags, run) {
  const server = await Server.start('--feed', 'push', ...flags);
  const said = { refused: [], problems: [], states: new Set() };
  const pool = new Pool({
    connect,
    url: server.url,
    throttleMs: 0,
    onTicks: () => {},
    onState: () => {
      for (const member of pool.members) said.states.add(member.error?.code ?? member.state);
    },
    onTickers: () => {},
    onProblem: (problem) => said.problems.push(problem.code),
    onRefused: (tickers) => said.refused.push(...tickers),
  });
  try {
    await run(pool, said);
  } finally {
    pool.close();
    await server.stop();
  }
}
const tickersOf = (count, length = 4) =>
  Array.from({ length: count }, (_, i) => `T${i}`.padEnd(length, '.'));
const allAreLive = (pool, tickers) => tickers.every((ticker) => pool.stateOf(ticker) === 'live');

test('Sessions_OfAListThatIsTooLongForOneRequest_StreamAllOfIt', async () => {
  const tickers = tickersOf(2000, 32);
  await withPool(['--max-tickers-per-session', '2000'], async (pool, said) => {
    pool.open(tickers);
    await until(() => allAreLive(pool, tickers), 'all are live');
    assert.deepEqual([said.refused, said.problems], [[], []]);
  });
});

test('Sessions_WhereAnAddressMayHaveOne_UseTheRoomThatComesFree', async () => {
  const tickers = tickersOf(257);
  await withPool(['--max-sessions-per-address', '1'], async (pool, said) => {
    pool.open(tickers);
    const isRefused = () => tickers.some((ticker) => pool.stateOf(ticker) === 'refused');
    await until(isRefused, 'one is refused');
    await pool.remove([tickers[0]]);
    await until(() => allAreLive(pool, tickers.slice(1)), 'there is room');
    assert.equal(pool.members.length, 1);
    assert.deepEqual([said.refused, said.problems], [[], []]);
  });
});

test('Sessions_WhereAnAddressMayHaveOne_AreReplacedWithoutARefusal', async () => {
  await withPool(['--max-sessions-per-address', '1'], async (pool, said) => {
    pool.open(['A']);
    await until(() => pool.stateOf('A') === 'live', 'the first list');
    pool.replace(['B']);
    await until(() => pool.stateOf('B') === 'live', 'the second list');
    assert.deepEqual([...said.states].sort(), ['connecting', 'live']);
  });
});
