// Sessions for a list, on a client that answers as the real one does where no server can be brought
// to: which errors are whose.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { healthOf } from '../../app/health.js';
import { Pool } from '../../app/pool.js';

/** Clients that record the calls to them; the test makes their events. */
function poolOf({ session, refuse, slots, byEvents } = {}) {
  const clients = [];
  const said = { refused: [], problems: [], tickers: [] };
  const connect = (options) => {
    const handlers = {};
    const client = {
      options,
      state: 'connecting',
      feed: undefined,
      sessionId: undefined,
      tickers: options.tickers,
      asked: [],
      isClosed: undefined,
      transport: byEvents ? 'sse' : 'websocket',
      isQuiet: false,
      serverNow: () => undefined,
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
        const problem = typeof refuse === 'function' ? refuse(client, tickers) : refuse;
        if (problem) throw problem;
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
    slots,
    byEvents,
    onTicks: () => {},
    onState: () => {},
    now: () => 1000,
    onTickers: (tickers) => said.tickers.push(...tickers),
    onProblem: (problem) => said.problems.push(problem.code),
    onRefused: (tickers) => said.refused.push(...tickers),
  });
  return { pool, clients, said };
}

test('Pool_WhenASessionIsSilent_IsStaleAndTheOthersLive', () => {
  const { pool, clients } = poolOf();
  pool.open(tickersOf(65));
  clients[0].emit('error', { code: 'too_many_tickers', limit: 64, detail: '' });
  const [, first, second] = clients;
  for (const one of [first, second]) one.goLive();
  first.emit('quiet', true);
  assert.deepEqual([pool.stateOf('T0'), pool.stateOf('T64')], ['stale', 'live']);
  first.emit('quiet', false);
  assert.equal(pool.stateOf('T0'), 'live', 'heard again');
  second.isQuiet = true;
  pool.check();
  assert.deepEqual(
    [pool.stateOf('T0'), pool.stateOf('T64')],
    ['live', 'stale'],
    'it is asked as well',
  );
});

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

test('Pool_WhenOfAnEntrySomeAreRefused_AddsTheRestToTheSameSession', async () => {
  const unknown = (ticker) => ticker.startsWith('NOPE');
  const refuse = (_client, tickers) =>
    tickers.some(unknown)
      ? { code: 'unknown_ticker', tickers: tickers.filter(unknown), detail: '' }
      : undefined;
  const { pool, clients, said } = poolOf({ refuse });
  pool.open(['A']);
  clients[0].goLive();
  await pool.add(['B', 'NOPE0', 'C', 'NOPE1']);
  assert.equal(clients.length, 1);
  assert.deepEqual(clients[0].asked, [
    ['add', 'B', 'NOPE0', 'C', 'NOPE1'],
    ['add', 'B', 'C'],
  ]);
  assert.deepEqual(said.refused, ['NOPE0', 'NOPE1']);
  assert.deepEqual([...pool.members[0].tickers], ['A', 'B', 'C']);
});

test('Pool_WhenSessionsHaveRoom_FillsThemBeforeItMakesAnother', async () => {
  const { pool, clients } = poolOf();
  pool.open(tickersOf(8));
  clients[0].emit('error', { code: 'too_many_tickers', limit: 3, detail: '' });
  const [, first, second, third] = clients;
  for (const one of [first, second, third]) one.goLive();
  assert.deepEqual(sizes(clients), [3, 3, 2]);
  await pool.remove(['T0']);
  await pool.add(['X', 'Y']);
  assert.equal(clients.length, 4, 'no other session');
  assert.deepEqual(
    pool.members.map((one) => one.tickers.size),
    [3, 3, 3],
  );
  await pool.add(['W']);
  assert.deepEqual(clients[4].options.tickers, ['W'], 'all are full');
  clients[4].sessionId = 'S4';
  await pool.remove(['Y', 'T7']);
  await pool.add(['Y', 'T7']);
  assert.equal(clients.length, 5, 'one that comes back takes its place again');
});

test('Pool_WhenSessionsAreHalfEmpty_MergesThemAsSoonAsTheyFit', async () => {
  const { pool, clients } = poolOf();
  pool.open(tickersOf(4));
  clients[0].emit('error', { code: 'too_many_tickers', limit: 3, detail: '' });
  const [, first, second] = clients;
  first.goLive();
  second.goLive();
  await pool.remove(['T0']);
  assert.deepEqual(first.asked, [
    ['remove', 'T0'],
    ['add', 'T3'],
  ]);
  assert.deepEqual([pool.members.length, second.isClosed], [1, { deleteSession: true }]);
  assert.deepEqual([...pool.members[0].tickers], ['T1', 'T2', 'T3']);
  assert.equal(pool.stateOf('T3'), 'live');
});

test('Pool_WhenASessionIsFullerThanItKnows_UsesAnother', async () => {
  const refuse = { code: 'too_many_tickers', limit: 3, detail: '' };
  const { pool, clients, said } = poolOf({ refuse });
  pool.open(['A']);
  clients[0].goLive();
  await pool.add(['B']);
  assert.deepEqual(clients[1].options.tickers, ['B'], 'another window has filled the first');
  assert.deepEqual(said.refused, []);
});

test('Pool_WhenItsListNoLongerSuitsTheServer_PlacesItAgain', () => {
  const { pool, clients, said } = poolOf();
  pool.open(['A', 'X']);
  clients[0].goLive();
  // as after a start with other tickers
  clients[0].emit('error', { code: 'unknown_ticker', tickers: ['X'], detail: '' });
  assert.deepEqual(said.refused, ['X']);
  assert.deepEqual(clients[1].options.tickers, ['A']);
});

/** So many connections, and then none, for that reason. */
function slotsOf(count, why = 'page') {
  const slots = {
    left: count,
    why: undefined,
    take: async () => {
      slots.why = slots.left > 0 ? undefined : why;
      if (slots.left === 0) return undefined;
      slots.left -= 1;
      return () => {
        slots.left += 1;
      };
    },
  };
  return slots;
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('Pool_OverEventStreams_OpensNoMoreThanItHasConnections', async () => {
  const slots = slotsOf(2);
  const { pool, clients } = poolOf({ slots, byEvents: true });
  pool.open(tickersOf(7));
  await settled();
  clients[0].emit('error', { code: 'too_many_tickers', limit: 3, detail: '' });
  await settled();
  assert.deepEqual(sizes(clients), [3, 3]);
  for (const one of clients.slice(1)) one.goLive();
  assert.deepEqual(pool.unserved, { count: 1, why: 'page' });
  assert.deepEqual([pool.stateOf('T5'), pool.stateOf('T6')], ['live', 'unserved']);
  pool.check();
  await settled();
  assert.equal(clients.length, 3);
  await pool.remove(['T0']);
  assert.deepEqual(
    clients[1].asked,
    [
      ['remove', 'T0'],
      ['add', 'T6'],
    ],
    'there is room now',
  );
  assert.deepEqual([pool.unserved.count, pool.stateOf('T6')], [0, 'live']);
});

test('Pool_WhenWebSocketTurnsOutBlocked_GivesUpWhatHasNoConnection', async () => {
  const slots = slotsOf(1, 'browser');
  const { pool, clients } = poolOf({ slots });
  pool.open(tickersOf(4));
  clients[0].emit('error', { code: 'too_many_tickers', limit: 2, detail: '' });
  for (const one of clients.slice(1)) {
    one.transport = 'sse';
    one.emit('state', { state: 'connecting', reason: 'blocked', retryInMs: 0 });
  }
  await settled();
  assert.deepEqual([pool.members.length, pool.unserved], [1, { count: 2, why: 'browser' }]);
  assert.deepEqual(clients[2].isClosed, { deleteSession: true });
  slots.left = 1; // another window was closed
  pool.check();
  await settled();
  assert.deepEqual([clients[3].options.tickers, pool.unserved.count], [['T2', 'T3'], 0]);
  clients[1].transport = 'polling';
  clients[1].goLive();
  assert.equal(slots.left, 1, 'one that polls holds none');
});

test('Pool_WhenItsSessionIsRefused_SaysSoOfItsTickers', () => {
  const { pool, clients } = poolOf();
  pool.open(['A']);
  clients[0].emit('state', {
    state: 'connecting',
    reason: 'too_many_sessions',
    retryInMs: 500,
    error: { code: 'too_many_sessions', status: 429, detail: '' },
  });
  assert.equal(pool.stateOf('A'), 'refused');
  clients[0].emit('state', {
    state: 'connecting',
    reason: 'network',
    retryInMs: 500,
    error: { code: 'network', detail: '' },
  });
  assert.equal(pool.stateOf('A'), 'waiting');
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

test('Pool_WhenACreationIsTooLarge_AsksForHalfAsManyUntilItFits', () => {
  const { pool, clients, said } = poolOf();
  pool.open(tickersOf(7));
  const tooLarge = { code: 'body_too_large', status: 413, limit: 65536, detail: '' };
  clients[0].emit('error', tooLarge);
  assert.deepEqual(sizes(clients.slice(1)), [4, 3]);
  clients[1].emit('error', { code: 'http_413', status: 413, detail: '' });
  clients[2].goLive();
  assert.deepEqual(
    pool.members.map((one) => one.tickers.size),
    [3, 2, 2],
    'a proxy may take even less',
  );
  assert.deepEqual([said.refused, said.problems], [[], []]);
});

test('Pool_WhenOneTickerAloneIsTooLarge_SaysSoInsteadOfTryingForEver', () => {
  const { pool, clients, said } = poolOf();
  pool.open(['A']);
  clients[0].emit('error', { code: 'http_413', status: 413, detail: '' });
  assert.equal(clients.length, 1);
  assert.deepEqual([said.refused, said.problems], [[], ['http_413']]);
  assert.ok(pool.holds('A'));
});

test('Pool_WhenAnAdditionIsTooLarge_AddsItInParts', async () => {
  const refuse = (_client, tickers) =>
    tickers.length > 2 ? { code: 'body_too_large', status: 413, detail: '' } : undefined;
  const { pool, clients, said } = poolOf({ refuse });
  pool.open(['A']);
  clients[0].goLive();
  await pool.add(['B', 'C', 'D', 'E']);
  assert.deepEqual(said.refused, []);
  assert.deepEqual(
    ['B', 'C', 'D', 'E'].map((ticker) => pool.holds(ticker)),
    [true, true, true, true],
  );
});

const tooManySessions = {
  state: 'connecting',
  reason: 'too_many_sessions',
  retryInMs: 500,
  error: { code: 'too_many_sessions', status: 429, detail: '' },
};

test('Pool_WhenAnotherSessionIsRefused_PutsItsTickersWhereRoomComes', async () => {
  const { pool, clients } = poolOf();
  pool.open(tickersOf(4));
  clients[0].emit('error', { code: 'too_many_tickers', limit: 2, detail: '' });
  const [, first, second] = clients;
  first.goLive();
  second.emit('state', tooManySessions);
  await pool.remove(['T0']);
  assert.deepEqual(first.asked.at(-1), ['add', 'T2']);
  assert.deepEqual(second.asked, [['remove', 'T2']], 'it goes on asking for the other');
  assert.deepEqual([pool.stateOf('T2'), pool.stateOf('T3')], ['live', 'refused']);
  await pool.remove(['T1']);
  assert.deepEqual([pool.stateOf('T3'), pool.members.length], ['live', 1]);
  assert.deepEqual(second.isClosed, { deleteSession: true });
  assert.equal(clients.length, 3);
});

test('Pool_WhenTheFirstOfItsSessionsIsRefused_FillsTheOneThatIsThere', async () => {
  const { pool, clients } = poolOf();
  pool.open(tickersOf(4));
  clients[0].emit('error', { code: 'too_many_tickers', limit: 2, detail: '' });
  const [, refused, made] = clients;
  refused.emit('state', tooManySessions);
  made.goLive();
  await pool.remove(['T2']);
  assert.deepEqual(made.asked.at(-1), ['add', 'T0']);
  assert.deepEqual([pool.stateOf('T0'), pool.stateOf('T1')], ['live', 'refused']);
});

test('Pool_WhenASessionLosesTickersElsewhere_GivesTheRoomToThoseRefused', async () => {
  const { pool, clients } = poolOf();
  pool.open(tickersOf(3));
  clients[0].emit('error', { code: 'too_many_tickers', limit: 2, detail: '' });
  const [, first, second] = clients;
  first.goLive();
  second.emit('state', tooManySessions);
  first.tickers = ['T1'];
  assert.deepEqual(pool.takeGone(), ['T0']);
  assert.equal(pool.stateOf('T2'), 'live');
});

for (const reason of ['taken_over', 'deleted', 'flooding']) {
  test(`Pool_WhenItsSessionEndsAs_${reason}_KeepsWhatWasBeingAdded`, async () => {
    const { pool, clients, said } = poolOf();
    pool.open(['A']);
    clients[0].goLive();
    clients[0].add = () =>
      new Promise((_resolve, reject) => {
        clients[0].fail = reject;
      });
    const added = pool.add(['B']);
    clients[0].end(reason);
    clients[0].fail({ code: reason, detail: '' });
    clients[0].emit('error', { code: reason, detail: '' });
    await added;
    assert.deepEqual(said.refused, []);
    pool.reopen();
    await settled();
    // The session that was taken over does not know of it.
    const { options, asked } = clients[1];
    const isSame = reason === 'taken_over';
    assert.deepEqual(options.tickers, isSame ? ['A'] : ['A', 'B']);
    assert.deepEqual(asked, isSame ? [['add', 'B']] : []);
    assert.ok(pool.holds('B'));
  });
}

test('Pool_WhenAnAdditionIsRefusedForThePage_KeepsItsTickers', async () => {
  const refuse = { code: 'unauthorized', status: 401, detail: '' };
  const { pool, clients, said } = poolOf({ refuse });
  pool.open(['A']);
  clients[0].goLive();
  await pool.add(['B']);
  assert.deepEqual([said.refused, clients[1]?.options.tickers], [[], ['B']]);
  clients[1].state = 'closed';
  clients[1].emit('state', { state: 'closed', reason: 'unauthorized', error: refuse });
  clients[1].emit('error', refuse);
  assert.deepEqual([pool.stateOf('A'), pool.stateOf('B')], ['live', 'refused']);
});

test('Pool_OfAClosedSession_RemovesWithoutAsking', async () => {
  const { pool, clients } = poolOf();
  pool.open(['A', 'B']);
  clients[0].goLive();
  clients[0].end('taken_over');
  await pool.remove(['B']);
  assert.deepEqual(clients[0].asked, []);
  pool.reopen();
  assert.deepEqual(clients[1].options.tickers, ['A']);
  assert.deepEqual(clients[1].asked, [['remove', 'B']], 'the session has it still');
});

for (const [status, code] of [
  [401, 'unauthorized'],
  [403, 'http_403'],
]) {
  test(`Pool_WhenItsCreationIsAnswered${status}_IsRefusedAndNotOffline`, () => {
    const { pool, clients } = poolOf();
    pool.open(['A']);
    clients[0].state = 'closed';
    const error = { code, status, detail: '' };
    clients[0].emit('state', { state: 'closed', reason: code, error });
    clients[0].emit('error', error);
    assert.equal(pool.stateOf('A'), 'refused');
  });
}

/** Deletions of this client take until they are let through. */
function holdDeletion(client) {
  let letThrough;
  const isDeleted = new Promise((resolve) => {
    letThrough = resolve;
  });
  client.close = (how) => {
    client.isClosed = how;
    return isDeleted;
  };
  return letThrough;
}

test('Pool_WhenItsListIsReplaced_AsksForANewSessionOnceTheOldOneIsDeleted', async () => {
  const { pool, clients } = poolOf();
  pool.open(['A']);
  clients[0].goLive();
  const deleted = holdDeletion(clients[0]);
  pool.replace(['B', 'C']);
  await pool.remove(['C']);
  pool.check();
  await settled();
  assert.deepEqual([clients.length, pool.stateOf('B')], [1, 'waiting']);
  deleted();
  await settled();
  assert.deepEqual(clients[1]?.options.tickers, ['B']);
  assert.equal(clients.length, 2);
});

test('Pool_WhenItsLastTickerIsRemovedAndPutBack_WaitsForTheDeletion', async () => {
  const { pool, clients } = poolOf();
  pool.open(['A']);
  clients[0].goLive();
  const deleted = holdDeletion(clients[0]);
  const removed = pool.remove(['A']);
  pool.add(['A']);
  await settled();
  assert.equal(clients.length, 1);
  deleted();
  await settled();
  await removed;
  assert.deepEqual(clients[1].options.tickers, ['A']);
});

test('Pool_WhenItsSessionEndedForFlooding_DeletesItBeforeItMakesAnother', async () => {
  const { pool, clients } = poolOf();
  pool.open(['A']);
  clients[0].goLive();
  clients[0].end('flooding');
  const deleted = holdDeletion(clients[0]);
  pool.reopen();
  await settled();
  assert.deepEqual([clients[0].isClosed, clients.length], [{ deleteSession: true }, 1]);
  deleted();
  await settled();
  assert.equal(clients.length, 2);
});

test('Pool_WhenASessionMovesOnWhileItsConnectionIsAskedFor_KeepsIt', async () => {
  for (const [transport, state] of [
    ['polling', 'live'],
    ['websocket', 'live'],
    ['sse', 'closed'],
  ]) {
    const { pool, clients } = poolOf({ slots: slotsOf(0) });
    pool.open(['A']);
    clients[0].transport = 'sse';
    clients[0].emit('state', { state: 'connecting', reason: 'blocked', retryInMs: 0 });
    clients[0].transport = transport;
    clients[0].state = state;
    clients[0].emit('state', { state });
    await settled();
    assert.equal(clients[0].isClosed, undefined, `${transport}, ${state}`);
    assert.ok(pool.holds('A'));
  }
});

test('Pool_WhenASessionMovesOnWhileItsConnectionIsAskedFor_GivesItBack', async () => {
  const slots = slotsOf(1);
  const { pool, clients } = poolOf({ slots });
  pool.open(['A']);
  clients[0].transport = 'sse';
  clients[0].emit('state', { state: 'connecting', reason: 'blocked', retryInMs: 0 });
  assert.equal(slots.left, 0);
  clients[0].transport = 'polling';
  clients[0].goLive();
  await settled();
  assert.equal(slots.left, 1);
});

test('Pool_WhenAListWithoutAConnectionIsReplaced_DoesNotSayThatOfTheNextOne', async () => {
  const { pool, clients } = poolOf({ slots: slotsOf(1), byEvents: true });
  pool.open(tickersOf(3));
  await settled();
  clients[0].emit('error', { code: 'too_many_tickers', limit: 2, detail: '' });
  await settled();
  clients[1].goLive();
  assert.equal(pool.stateOf('T2'), 'unserved');
  holdDeletion(clients[1]);
  pool.replace(['X']);
  await settled();
  assert.deepEqual([pool.stateOf('X'), pool.unserved.count], ['waiting', 0]);
});

test('Pool_WhenAWaitingTickerGotAWebSocketThatFails_CountsItsConnection', async () => {
  const slots = slotsOf(1);
  const { pool, clients } = poolOf({ slots });
  pool.open(['A']);
  clients[0].goLive();
  pool.remove(['A']);
  pool.add(['B']); // waits for the deletion
  await settled();
  clients[1].transport = 'sse';
  clients[1].emit('state', { state: 'connecting', reason: 'blocked', retryInMs: 0 });
  await settled();
  assert.equal(slots.left, 0);
});

test('Pool_WhenTheServerKnowsAllItMay_StillFillsItsSessions', async () => {
  const known = { code: 'too_many_tickers', status: 422, limit: 5, detail: '' };
  let isFull = true;
  const { pool, clients, said } = poolOf({ refuse: () => (isFull ? known : undefined) });
  pool.open(['A', 'B']);
  clients[0].goLive();
  await pool.add(['C']);
  clients[1].emit('error', known);
  assert.deepEqual([said.refused, pool.limit], [['C'], Infinity]);
  isFull = false;
  await pool.add(tickersOf(6));
  assert.deepEqual(clients.length, 2, 'a session may have more');
});

test('Pool_WhenAMergeStopsHalfWay_LeavesNoTickerInTwoSessions', async () => {
  const refuse = (client, tickers) =>
    client.sessionId === 'S2' && tickers.length > 0 ? { code: 'network', detail: '' } : undefined;
  const { pool, clients } = poolOf({ refuse });
  pool.open(tickersOf(8));
  clients[0].emit('error', { code: 'too_many_tickers', limit: 3, detail: '' });
  const [, first, second, third] = clients;
  for (const one of [first, second, third]) one.goLive();
  await pool.remove(['T0', 'T3']);
  assert.deepEqual(third.asked, [['add', 'T1']]);
  assert.deepEqual(second.asked.at(-1), ['add', 'T2'], 'refused');
  assert.deepEqual(first.asked.at(-1), ['remove', 'T1']);
  assert.deepEqual([...pool.members[0].tickers], ['T2']);
  assert.equal(first.isClosed, undefined);
});

test('Pool_OfASharedSessionOverEventStreams_HoldsAConnectionOrWaitsForOne', async () => {
  const slots = slotsOf(1, 'browser');
  const { pool, clients } = poolOf({ session: 'SHARED', slots });
  const goToEvents = async (client) => {
    client.transport = 'sse';
    client.emit('state', { state: 'connecting', reason: 'blocked', retryInMs: 0 });
    await settled();
  };
  pool.open([]);
  await goToEvents(clients[0]);
  assert.equal(slots.left, 0, 'other windows must know of it');
  clients[0].goLive(['A']);
  assert.equal(pool.stateOf('A'), 'live');

  const { pool: other, clients: others } = poolOf({ session: 'SHARED', slots });
  other.open([]);
  await goToEvents(others[0]);
  assert.deepEqual(others[0].isClosed, { deleteSession: false });
  assert.deepEqual(other.unserved, { count: 1, why: 'browser' });
  other.check();
  await settled();
  assert.equal(others.length, 1);
  pool.close();
  other.check();
  await settled();
  assert.deepEqual([others[1]?.options.session, slots.left], ['SHARED', 0]);
  await goToEvents(others[1]);
  others[1].goLive(['A']);
  assert.deepEqual([other.stateOf('A'), other.unserved.count], ['live', 0]);
});

test('Pool_OfASharedSession_MakesNoSessionForARefusedAddition', async () => {
  const refuse = { code: 'unauthorized', status: 401, detail: '' };
  const { pool, clients, said } = poolOf({ session: 'SHARED', refuse });
  pool.open([]);
  clients[0].goLive(['A']);
  await pool.add(['B']);
  assert.deepEqual([clients.length, said.refused], [1, ['B']]);
});

/** A session that polls, as no event came through. */
function pollingPool(slots) {
  const made = poolOf({ slots });
  made.pool.open(['A']);
  const [client] = made.clients;
  client.transport = 'polling';
  client.goLive();
  return { ...made, client };
}

test('Pool_BeforeEventsAreTriedBesidePolling_TakesAConnectionAndGivesItBack', async () => {
  const slots = slotsOf(1);
  const { client } = pollingPool(slots);
  const giveBack = await client.options.eventSlot();
  assert.equal(slots.left, 0);
  client.goLive();
  assert.equal(slots.left, 0, 'the trial is not over');
  giveBack();
  giveBack();
  assert.equal(slots.left, 1);
});

test('Pool_WhenEventsTakeOverFromPolling_HoldsTheirConnectionUntilTheyAreLeft', async () => {
  for (const next of ['polling', 'websocket']) {
    const slots = slotsOf(1);
    const { pool, client } = pollingPool(slots);
    const giveBack = await client.options.eventSlot();
    client.transport = 'sse';
    client.goLive();
    await settled();
    assert.deepEqual([slots.left, pool.stateOf('A')], [0, 'live'], 'it needs no other one');
    giveBack();
    assert.equal(slots.left, 0, 'its events come back without asking');
    client.emit('state', { state: 'reconnecting', reason: 'lost', retryInMs: 500 });
    await settled();
    assert.equal(slots.left, 0);
    client.transport = next;
    client.goLive();
    assert.equal(slots.left, 1, next);
  }
});

test('Pool_WhereNoConnectionIsLeftForATrial_GoesOnPollingAndSaysSo', async () => {
  for (const [why, words] of [
    ['browser', /^Prices of 1 ticker come every second or two: other windows of this page hold/],
    ['page', /^Prices of 1 ticker come every second or two: .* two of the browser\u2019s six/],
  ]) {
    const slots = slotsOf(0, why);
    const { pool, client } = pollingPool(slots);
    const notice = () => healthOf(pool.members, 0, pool.unserved).notice;
    assert.equal(notice(), undefined);
    assert.equal(await client.options.eventSlot(), undefined);
    assert.deepEqual([client.isClosed, pool.stateOf('A')], [undefined, 'live']);
    assert.match(notice(), words);
    slots.left = 1;
    const giveBack = await client.options.eventSlot();
    assert.equal(notice(), undefined, 'there is one now');
    giveBack();
    slots.left = 0;
    await client.options.eventSlot();
    client.transport = 'websocket';
    client.goLive();
    assert.equal(notice(), undefined, 'none is needed any more');
  }
});

test('Pool_WhenASessionIsGoneWhileItsTrialAsks_TakesNoConnection', async () => {
  const slots = slotsOf(1);
  const { pool, client } = pollingPool(slots);
  const asked = client.options.eventSlot();
  pool.close();
  assert.equal(await asked, undefined);
  assert.equal(slots.left, 1);
});

test('Pool_WhenATrialFoundNoConnection_DoesNotSayThatOfWhatWaitsForADeletion', async () => {
  const { pool, clients, client } = pollingPool(slotsOf(0, 'browser'));
  await client.options.eventSlot();
  holdDeletion(client);
  pool.replace(['B']);
  await settled();
  assert.deepEqual([clients.length, pool.stateOf('B'), pool.unserved.count], [1, 'waiting', 0]);
});

const rateLimited = { code: 'rate_limited', status: 429, limit: 5, detail: '' };

/** A live session whose changes are under way until they are let through. */
function poolWithPendingAddition() {
  const made = poolOf();
  made.pool.open(['A']);
  const [client] = made.clients;
  client.goLive();
  client.add = (...tickers) =>
    new Promise((resolve, reject) => Object.assign(client, { tickers, resolve, reject }));
  const added = made.pool.add(['B', 'C']);
  return { ...made, client, added };
}

test('Pool_WhenAnAdditionIsRefusedForTheMoment_SaysSoOfItsTickersUntilItPasses', async () => {
  const { pool, client, added } = poolWithPendingAddition();
  assert.equal(pool.stateOf('B'), 'live', 'not refused yet');
  client.emit('refused', { error: rateLimited, retryInMs: 4000 });
  const states = () => ['A', 'B', 'C'].map((ticker) => pool.stateOf(ticker));
  assert.deepEqual(states(), ['live', 'refused', 'refused']);
  assert.deepEqual(pool.delayOf('B'), { error: rateLimited, retryAt: 5000 });
  assert.equal(pool.delayOf('A'), undefined);
  const health = () => healthOf(pool.members, 1000);
  assert.match(health().notice, /^2 tickers below wait to be added: too many requests/);
  await pool.remove(['C']);
  assert.match(health().notice, /^1 ticker below waits to be added/);
  client.emit('refused', { error: { ...rateLimited, code: 'at_capacity' }, retryInMs: 9000 });
  assert.equal(pool.delayOf('B').retryAt, 10_000, 'with each try');
  client.emit('refused', null);
  assert.deepEqual([pool.stateOf('B'), pool.delayOf('B')], ['live', undefined]);
  assert.deepEqual([health().connection, health().notice], ['Live', undefined]);
  client.resolve();
  await added;
  client.emit('refused', { error: rateLimited, retryInMs: 4000 });
  assert.equal(pool.stateOf('B'), 'live', 'a later change is not about it');
});

test('Pool_WhenNothingAnswersAnAddition_LetsItsTickersWaitAndSaysWhy', () => {
  const { pool, client } = poolWithPendingAddition();
  const error = { code: 'network', detail: 'no answer' };
  client.emit('refused', { error, retryInMs: 500 });
  assert.deepEqual([pool.stateOf('A'), pool.stateOf('B')], ['live', 'waiting']);
  assert.deepEqual(pool.delayOf('B'), { error, retryAt: 1500 });
  client.emit('state', { state: 'reconnecting', reason: 'lost', retryInMs: 500 });
  assert.deepEqual([pool.stateOf('B'), pool.delayOf('B')], ['offline', undefined]);
});

test('Pool_WhenATickerIsPutBackWhileItsFirstAdditionWaits_WaitsForTheSecond', async () => {
  const { pool, client, added } = poolWithPendingAddition();
  const letFirstThrough = client.resolve;
  await pool.remove(['B']);
  pool.add(['B']);
  letFirstThrough();
  await added;
  client.emit('refused', { error: rateLimited, retryInMs: 4000 });
  assert.deepEqual([pool.stateOf('B'), pool.stateOf('C')], ['refused', 'live']);
});

test('Pool_WhenItsSessionIsRefused_KnowsWhyItsTickersWaitAndUntilWhen', () => {
  const { pool, clients } = poolOf();
  pool.open(['A']);
  clients[0].emit('state', tooManySessions);
  assert.deepEqual(pool.delayOf('A'), { error: tooManySessions.error, retryAt: 1500 });
  clients[0].emit('state', { ...tooManySessions, state: 'closed', retryInMs: undefined });
  assert.equal(pool.delayOf('A').retryAt, undefined, 'never again');
  assert.equal(pool.delayOf('NOT'), undefined);
});
