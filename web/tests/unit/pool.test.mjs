// Sessions for a list, on a client that answers as the real one does where no server can be brought to: which errors are whose.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pool } from '../../app/pool.js';

/** Clients that record what is asked of them, and are told by the test what to say. */
function poolOf({ session, refuse } = {}) {
  const clients = [];
  const said = { refused: [], problems: [], tickers: [] };
  const connect = (options) => {
    const handlers = {};
    const client = {
      options,
      state: 'connecting',
      feed: undefined,
      sessionId: undefined,
      asked: [],
      isClosed: undefined,
      on: (type, handler) => {
        handlers[type] = handler;
        return () => {
          delete handlers[type];
        };
      },
      emit: (type, detail) => handlers[type]?.(detail),
      goLive(tickers = options.tickers) {
        client.state = 'live';
        client.feed = 'live';
        client.sessionId = `S${clients.indexOf(client)}`;
        client.emit('state', { state: 'live' });
        client.emit('snapshot', {
          session_id: client.sessionId,
          feed: 'live',
          tickers,
          quotes: [],
        });
      },
      end(reason) {
        client.state = 'closed';
        client.emit('state', { state: 'closed', reason });
      },
      add: async (...tickers) => {
        client.asked.push(['add', ...tickers]);
        if (refuse) throw refuse;
      },
      remove: async (...tickers) => {
        client.asked.push(['remove', ...tickers]);
      },
      throttle: async (ms) => {
        client.asked.push(['throttle', ms]);
      },
      close: async (how) => {
        client.isClosed = how;
      },
    };
    clients.push(client);
    return client;
  };
  const pool = new Pool({
    connect,
    url: 'http://x',
    throttleMs: 0,
    session,
    onTicks: () => {},
    onState: () => {},
    now: () => 1000,
    onTickers: (tickers) => said.tickers.push(...tickers),
    onProblem: (problem) => said.problems.push(problem.code),
    onRefused: (tickers) => said.refused.push(...tickers),
  });
  return { pool, clients, said };
}

for (const [quietMs, wanted] of [
  [19_999, 'live'],
  [20_000, 'live'],
  [20_001, 'stale'],
]) {
  test(`Pool_WhenASessionIsQuietFor${quietMs}Ms_Is${wanted}AndTheOthersLive`, () => {
    const { pool, clients } = poolOf();
    pool.open(tickersOf(65));
    clients[0].emit('error', { code: 'too_many_tickers', limit: 64, detail: '' });
    const [, first, second] = clients;
    for (const one of [first, second]) one.goLive();
    first.quietMs = quietMs;
    second.quietMs = 0;
    pool.checkQuiet();
    assert.deepEqual([pool.stateOf('T0'), pool.stateOf('T64')], [wanted, 'live']);
    first.emit('ticks', []);
    assert.equal(pool.stateOf('T0'), 'live', 'heard again');
  });
}

const tickersOf = (count) => Array.from({ length: count }, (_, i) => `T${i}`);
const sizes = (clients) =>
  clients.filter((one) => !one.isClosed).map((one) => one.options.tickers.length);

for (const [count, wanted] of [
  [63, [63]],
  [64, [64]],
  [65, [64, 1]],
  [129, [64, 64, 1]],
]) {
  test(`Pool_With${count}TickersOfALimitOf64_Opens${wanted.length}Sessions`, () => {
    const { pool, clients, said } = poolOf();
    pool.open(tickersOf(count));
    assert.equal(clients.length, 1, 'no limit is known before the server names it');
    if (count > 64) clients[0].emit('error', { code: 'too_many_tickers', limit: 64, detail: '' });
    assert.deepEqual(sizes(clients), wanted);
    assert.deepEqual([said.refused, said.problems], [[], []]);
  });
}

test('Pool_WhenASessionIsFull_PutsAnAddedTickerIntoAnother', async () => {
  const refuse = { code: 'too_many_tickers', limit: 2, detail: '' };
  const { pool, clients } = poolOf({ refuse });
  pool.open(['A', 'B']);
  clients[0].goLive();
  await pool.add(['C']);
  assert.deepEqual(clients[1].options.tickers, ['C']);
  assert.equal(pool.stateOf('C'), 'waiting');
  clients[1].goLive();
  assert.equal(pool.stateOf('C'), 'live');
});

test('Pool_WhenTickersAreUnknown_NamesThemAndOpensTheRest', () => {
  const { pool, clients, said } = poolOf();
  pool.open(['A', 'X', 'B', 'Y']);
  clients[0].emit('error', { code: 'unknown_ticker', tickers: ['X', 'Y'], detail: '' });
  assert.deepEqual(said.refused, ['X', 'Y']);
  assert.deepEqual(clients[1].options.tickers, ['A', 'B']);
});

test('Pool_WhenALimitIsNoHelp_RefusesInsteadOfTryingForEver', () => {
  const { pool, clients, said } = poolOf();
  pool.open(['A', 'B']);
  clients[0].emit('error', { code: 'too_many_tickers', limit: 100_000, detail: 'known tickers' });
  clients[1]?.emit('error', { code: 'too_many_tickers', limit: 100_000, detail: 'known tickers' });
  assert.deepEqual(said.refused, ['A', 'B']);
  assert.equal(sizes(clients).length, 0);
});

test('Pool_ByTheStateOfTheirSessions_KnowsWhichPricesAreOld', () => {
  const { pool, clients } = poolOf();
  pool.open(['A']);
  assert.equal(pool.stateOf('A'), 'waiting');
  clients[0].goLive();
  clients[0].emit('feed', 'stale');
  assert.equal(pool.stateOf('A'), 'stale');
  clients[0].emit('feed', 'live');
  assert.equal(pool.stateOf('A'), 'live');
  clients[0].state = 'reconnecting';
  clients[0].emit('state', { state: 'reconnecting', retryInMs: 500 });
  assert.equal(pool.stateOf('A'), 'offline');
  assert.equal(pool.members[0].retryAt, 1500);
  clients[0].end('flooding');
  assert.equal(pool.stateOf('A'), 'offline');
  assert.equal(pool.stateOf('NOT'), 'waiting');
});

test('Pool_WhenReopened_TakesItsSessionBackOnlyWhereItWasTaken', () => {
  const { pool, clients } = poolOf();
  pool.open(['A']);
  clients[0].goLive();
  clients[0].end('taken_over');
  pool.reopen();
  assert.equal(clients[1].options.session, 'S0');
  clients[1].goLive();
  clients[1].end('deleted');
  pool.reopen();
  assert.equal(clients[2].options.session, undefined);
  assert.deepEqual(clients[2].options.tickers, ['A']);
});

test('Pool_WhenTickersAreRemoved_EndsASessionThatHasNone', async () => {
  const { pool, clients } = poolOf();
  pool.open(['A', 'B']);
  clients[0].goLive();
  await pool.remove(['A']);
  assert.deepEqual(clients[0].asked, [['remove', 'A']]);
  assert.equal(clients[0].isClosed, undefined);
  await pool.remove(['B']);
  assert.deepEqual(clients[0].isClosed, { deleteSession: true });
  assert.equal(pool.members.length, 0);
});

test('Pool_WhenASessionLosesTickersElsewhere_GivesThemUp', () => {
  const { pool, clients } = poolOf();
  pool.open(['A', 'B']);
  clients[0].goLive();
  clients[0].tickers = ['A', 'B'];
  assert.deepEqual(pool.takeGone(), []);
  clients[0].tickers = ['B'];
  assert.deepEqual(pool.takeGone(), ['A']);
  assert.deepEqual([pool.holds('A'), pool.holds('B')], [false, true]);
});

test('Pool_OfASharedSession_ListsWhatItHolds', () => {
  const { pool, clients, said } = poolOf({ session: 'SHARED' });
  pool.open([]);
  assert.equal(clients[0].options.session, 'SHARED');
  clients[0].goLive(['A', 'B']);
  assert.deepEqual(said.tickers, ['A', 'B']);
  assert.equal(pool.stateOf('B'), 'live');
});
