import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Wanted } from '../src/wanted.js';

/** A server that refuses tickers with "!" and throttles over 60,000. */
function server(wanted) {
  const bodies = [];
  const state = { tickers: new Set(wanted.agreed.tickers), throttleMs: 0 };
  const send = async (body) => {
    bodies.push(body);
    await undefined;
    if (body.add.some((ticker) => ticker.includes('!'))) throw new Error('invalid_ticker');
    if (body.throttle_ms > 60_000) throw new Error('bad_throttle');
    body.remove.forEach((ticker) => state.tickers.delete(ticker));
    body.add.forEach((ticker) => state.tickers.add(ticker));
    state.throttleMs = body.throttle_ms ?? state.throttleMs;
    return { tickers: [...state.tickers], throttle_ms: state.throttleMs };
  };
  return { bodies, settle: () => wanted.settle(send, () => true) };
}

test('Wanted_OfAHundredCalls_SendsTwoRequests', async () => {
  const wanted = new Wanted(['a', 'A'], 0);
  const { bodies, settle } = server(wanted);
  const calls = [wanted.change({ add: ['T0'] })];
  const settled = settle();
  for (let i = 1; i < 100; ++i) calls.push(wanted.change({ add: [`t${i}`] }));
  assert.equal(wanted.wish.tickers.length, 101, 'the wish has them at once');
  await settled;
  await Promise.all(calls);
  assert.equal(bodies.length, 2);
  assert.equal(wanted.agreed.tickers.length, 101);
});

test('Wanted_OfAWrongCallAmongRightOnes_RefusesItAlone', async () => {
  const wanted = new Wanted(['A'], 0);
  const { bodies, settle } = server(wanted);
  const calls = [
    wanted.change({ add: ['B'] }),
    wanted.change({ add: ['B!'] }),
    wanted.change({ throttleMs: 60_001 }),
    wanted.change({ remove: ['a'] }),
    wanted.change({ throttleMs: 60_000 }),
  ];
  const outcomes = Promise.allSettled(calls);
  await settle();
  assert.deepEqual(
    (await outcomes).map((each) => each.reason?.message),
    [undefined, 'invalid_ticker', 'bad_throttle', undefined, undefined],
  );
  assert.equal(bodies.length, 6);
  assert.deepEqual(wanted.wish, { tickers: ['B'], throttleMs: 60_000 });
});

test('Wanted_OfOneTickerTakenAwayAndAdded_SendsTheLastWish', async () => {
  const wanted = new Wanted(['A'], 0);
  const { bodies, settle } = server(wanted);
  void wanted.change({ add: ['B'] });
  void wanted.change({ remove: ['B', 'A'] });
  void wanted.change({ add: ['A'], throttleMs: 5 });
  await settle();
  assert.deepEqual(bodies, [{ add: ['A'], remove: ['B'], throttle_ms: 5 }]);
});

test('Wanted_WhenTheServerCanNotBeReached_GoesOnWaiting', async () => {
  const wanted = new Wanted(['A'], 0);
  const call = wanted.change({ add: ['B'] });
  await assert.rejects(
    wanted.settle(
      () => Promise.reject(new Error('network')),
      () => false,
    ),
    /network/,
  );
  assert.ok(wanted.hasWaiting);
  assert.deepEqual(wanted.wish.tickers, ['A', 'B']);
  assert.deepEqual(wanted.agreed.tickers, ['A']);
  await server(wanted).settle();
  await call;
});

test('Wanted_WhenEmptied_KnowsWhatASessionCanBeMadeOf', async () => {
  const wanted = new Wanted(['A', 'B'], 0);
  wanted.agree([], 0);
  assert.deepEqual([wanted.agreed.tickers, wanted.lastTickers], [[], ['A', 'B']]);
});

test('Wanted_WhenRejectedAtTheEnd_LeavesNoUnhandledRejection', async () => {
  const unhandled = [];
  const note = (reason) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  try {
    const wanted = new Wanted(['A'], 0);
    void wanted.change({ add: ['B'] });
    const awaited = wanted.change({ add: ['C'] });
    wanted.rejectAll(new Error('closed'));
    await assert.rejects(awaited, /closed/);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(unhandled, []);
  } finally {
    process.off('unhandledRejection', note);
  }
});
