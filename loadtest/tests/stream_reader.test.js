import assert from 'node:assert/strict';
import { test } from 'node:test';

import { StreamReader } from '../lib/stream_reader.js';

const atMs = 1764000000500;

const tick = (s, n, agoMs = 10) => ({ s, p: 1, t: (atMs - agoMs) * 1000, n });
const ticks = (...list) => ({ type: 'ticks', ticks: list });
const snapshot = (tickers, quotes = [], more = {}) => ({
  type: 'snapshot',
  session_id: 'ID',
  epoch: 'E',
  feed: 'live',
  tickers,
  quotes,
  ...more,
});

/** A reader that has read these frames, and what it made of the last. */
function read(tickers, ...frames) {
  const reader = new StreamReader('ID', tickers, 500);
  let last = null;
  for (const frame of frames) {
    last = reader.take(typeof frame === 'string' ? frame : JSON.stringify(frame), atMs);
  }
  return { reader, last };
}

test('Ticks_ThatFollowTheSnapshotsNumbers_ConflateNothing', () => {
  const { last } = read(
    ['A', 'B'],
    snapshot(['A', 'B'], [tick('A', 7), tick('B', 3)]),
    ticks(tick('A', 8), tick('B', 4)),
  );
  assert.deepEqual(last, {
    type: 'ticks',
    ticks: 2,
    conflated: 0,
    oldestMs: 10,
    newestMs: 10,
    faults: [],
  });
});

test('Ticks_WhoseNumbersJump_CountWhatWasLeftOut', () => {
  const { last } = read(
    ['A', 'B'],
    snapshot(['A', 'B'], [tick('A', 7), tick('B', 3)]),
    ticks(tick('A', 10), tick('B', 5)),
  );
  assert.equal(last.conflated, 2 + 1);
  assert.equal(last.ticks, 2);
});

test('Ticks_OfATickerWithoutAQuote_CountFromItsFirst', () => {
  assert.equal(read(['A'], snapshot(['A']), ticks(tick('A', 1))).last.conflated, 0);
  assert.equal(read(['A'], snapshot(['A']), ticks(tick('A', 4))).last.conflated, 3);
});

test('Latency_OfAFrame_IsThatOfItsOldestTick', () => {
  const { last } = read(
    ['A', 'B'],
    snapshot(['A', 'B']),
    ticks(tick('A', 1, 20), tick('B', 1, 350)),
  );
  assert.equal(last.oldestMs, 350);
  assert.equal(last.newestMs, 20);
});

test('Latency_WhereTheServersClockIsAhead_IsNegative', () => {
  assert.equal(read(['A'], snapshot(['A']), ticks(tick('A', 1, -40))).last.newestMs, -40);
});

test('Faults_OfEveryKind_AreNamed', () => {
  const begun = snapshot(['A'], [tick('A', 5)]);
  const cases = [
    [['{'], 'not_json'],
    [['null'], 'not_json'],
    [['[]'], 'not_json'],
    [['{"kind":1}'], 'not_json'],
    [[ticks(tick('A', 1))], 'no_snapshot_first'],
    [[snapshot(['A'], [], { session_id: 'OTHER' })], 'other_session'],
    [
      [begun, { type: 'subscribed', tickers: ['A', 'B'] }, snapshot(['B'], [], { epoch: 'F' })],
      'other_epoch',
    ],
    [[snapshot([])], 'snapshot_tickers'],
    [[snapshot(['A', 'B'])], 'snapshot_tickers'],
    [[snapshot(['B'])], 'snapshot_tickers'],
    [[snapshot(['A'], [tick('B', 1)])], 'snapshot_tickers'],
    [[begun, begun], 'snapshot_tickers'],
    [[begun, ticks(tick('B', 1))], 'tick_not_subscribed'],
    [
      [begun, { type: 'subscribed', tickers: ['A', 'B'] }, ticks(tick('B', 1))],
      'tick_before_snapshot',
    ],
    [[begun, ticks(tick('A', 6), tick('A', 7))], 'tick_twice'],
    [[begun, ticks(tick('A', 5))], 'sequence'],
    [[begun, ticks(tick('A', 4))], 'sequence'],
    [[begun, ticks({ s: 'A', t: 1 })], 'tick_members'],
    [[begun, ticks({ s: 'A', n: 6 })], 'tick_members'],
    [[begun, ticks({ s: 'A', n: 0, t: 1 })], 'tick_members'],
    [[begun, ticks(null)], 'tick_members'],
    [[snapshot(['A'], [{ s: 'A' }])], 'tick_members'],
    [
      [begun, { type: 'error', op: 'subscribe', code: 'unknown_ticker', detail: '' }],
      'error_frame',
    ],
  ];
  for (const [frames, fault] of cases) {
    assert.deepEqual(read(['A'], ...frames).last.faults, [fault], JSON.stringify(frames));
  }
});

// contract: STR-6
test('Frames_OfUnknownTypeAndMembers_AreIgnored', () => {
  const { last } = read(['A'], snapshot(['A'], [], { more: 1 }), { type: 'weather', feed: 7 });
  assert.deepEqual(last.faults, []);
});

test('Subscribing_MidStream_AwaitsASnapshotOfTheAddedOnly', () => {
  const begun = [snapshot(['A'], [tick('A', 5)]), { type: 'subscribed', tickers: ['A', 'B'] }];
  const { reader, last } = read(
    ['A'],
    ...begun,
    snapshot(['B'], [tick('B', 9)]),
    ticks(tick('A', 6), tick('B', 10)),
  );
  assert.deepEqual(last.faults, []);
  assert.equal(last.conflated, 0);
  assert.equal(reader.subscribedFrames, 1);
  assert.deepEqual(reader.tickers, ['A', 'B']);
});

test('Unsubscribing_ThenSubscribingAgain_StartsTheNumbersAnew', () => {
  const { last } = read(
    ['A', 'B'],
    snapshot(['A', 'B'], [tick('A', 5), tick('B', 1)]),
    { type: 'subscribed', tickers: ['B'] },
    { type: 'subscribed', tickers: ['B', 'A'] },
    snapshot(['A'], [tick('A', 90)]),
    ticks(tick('A', 91)),
  );
  assert.deepEqual([last.faults, last.conflated], [[], 0]);
});

test('ATickOfARemovedTicker_AfterSubscribed_IsAFault', () => {
  const { last } = read(
    ['A', 'B'],
    snapshot(['A', 'B']),
    { type: 'subscribed', tickers: ['B'] },
    ticks(tick('A', 1)),
  );
  assert.deepEqual(last.faults, ['tick_not_subscribed']);
});

test('TheFeed_WhereverItIsSaid_IsRemembered', () => {
  assert.equal(
    read(['A'], snapshot(['A']), { type: 'heartbeat', t: 1, feed: 'live' }).reader.alwaysLive,
    true,
  );
  assert.equal(read(['A'], snapshot(['A'], [], { feed: 'stale' })).reader.alwaysLive, false);
  assert.equal(
    read(['A'], snapshot(['A']), { type: 'status', feed: 'stale' }).reader.alwaysLive,
    false,
  );
  assert.equal(
    read(['A'], snapshot(['A']), { type: 'heartbeat', t: 1, feed: 'stale' }).reader.alwaysLive,
    false,
  );
});

test('AGoodbye_WithOrWithoutAHint_IsKept', () => {
  const goodbye = { type: 'goodbye', code: 'draining', detail: 'why', reconnect_in_ms: 700 };
  assert.deepEqual(read(['A'], goodbye).reader.goodbye, {
    code: 'draining',
    detail: 'why',
    reconnectInMs: 700,
  });
  assert.equal(
    read(['A'], { type: 'goodbye', code: 'deleted', detail: '' }).reader.goodbye.reconnectInMs,
    null,
  );
});

test('TheThrottle_IsTheSessionsUntilAnAnswerSaysAnother', () => {
  assert.equal(read(['A'], snapshot(['A'])).reader.throttleMs, 500);
  assert.equal(
    read(['A'], snapshot(['A']), { type: 'subscribed', tickers: ['A'], throttle_ms: 0 }).reader
      .throttleMs,
    0,
  );
});
