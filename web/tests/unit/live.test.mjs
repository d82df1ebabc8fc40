// What is known of a ticker, of the connections, and when it is drawn.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Frames } from '../../app/frames.js';
import { healthOf, sumOf } from '../../app/health.js';
import { AgeClock, Instrument, needsRefill } from '../../app/instrument.js';
import { pointsOf } from '../../app/sparkline.js';

const tick = (p, more = {}) => ({ s: 'A', p, t: 0, n: 1, ...more });

test('Instrument_OverTime_KeepsOpenRangeAndAPriceASecond', () => {
  const one = new Instrument('A');
  for (const [ms, p] of [
    [1000, 10],
    [1900, 12],
    [2000, 9],
    [2500, 11.125],
  ])
    one.take(tick(p), ms);
  assert.deepEqual([one.open, one.high, one.low, one.change, one.decimals], [10, 12, 9, 1.125, 3]);
  assert.deepEqual(
    [one.times, one.values],
    [
      [1, 2],
      [12, 11.125],
    ],
  );
  one.take(tick(8), 500);
  assert.deepEqual(
    [one.times, one.values],
    [
      [1, 2],
      [12, 8],
    ],
    'a clock set back does not turn the line around',
  );
  one.take(tick(undefined, { b: 7, a: 7.5 }), 9000);
  assert.deepEqual([one.spread, one.change, one.times.length], [0.5, undefined, 2]);
});

test('Instrument_AfterAnHour_ForgetsTheOldest', () => {
  const one = new Instrument('A');
  for (let second = 1; second <= 4200; second += 1) one.take(tick(second), second * 1000);
  assert.equal(one.times.length, 4200);
  one.take(tick(1), 4201_000);
  assert.equal(one.times.length, 3600);
  assert.equal(one.times.at(-1), 4201);
  assert.equal(one.values.length, 3600);
});

test('needsRefill_WhenMoreThanTheNewestPointIsMissing_IsTrue', () => {
  assert.equal(needsRefill([5], 0, 0), true, 'the first point');
  assert.equal(needsRefill([5], 5, 5), false, 'the same second');
  assert.equal(needsRefill([5, 6], 5, 5), false, 'the next one');
  assert.equal(needsRefill([5, 6, 9], 5, 5), true, 'one was missed');
  assert.equal(needsRefill([6, 9, 10], 5, 9), true, 'the history let its oldest go');
});

test('AgeClock_WhenTheServersIsAhead_DoesNotMakePricesYounger', () => {
  const clock = new AgeClock();
  const at = (ms) => tick(1, { t: ms * 1000 });
  clock.observe(at(1000), 1002);
  assert.equal(clock.ageMs(at(1000), 4000), 3000, 'a server that is not ahead');
  clock.observe(at(61_000), 1000);
  assert.equal(clock.ageMs(at(61_000), 4000), 3000, 'a minute ahead');
  assert.equal(clock.ageMs(undefined, 1), undefined);
});

test('Frames_WhenMuchChanges_DrawOnceAFrame', () => {
  const waiting = [];
  const drawn = [];
  let now = 0;
  const frames = new Frames(
    (changed) => {
      drawn.push([...changed]);
      now += drawn.length;
    },
    (callback) => waiting.push(callback),
    () => now,
  );
  for (const ticker of ['A', 'B', 'A']) frames.changed(ticker);
  assert.equal(waiting.length, 1);
  waiting.pop()();
  assert.deepEqual(drawn, [['A', 'B']]);
  frames.changed('C');
  waiting.pop()();
  assert.deepEqual(drawn[1], ['C']);
  assert.deepEqual(frames.stats(), { count: 2, p50: 2, p99: 2, longest: 2 });
  assert.equal(waiting.length, 0);
});

test('healthOf_WhenOneSessionIsQuiet_DoesNotSayLive', () => {
  const live = { state: 'live', feed: 'live' };
  const health = healthOf([live, { ...live, quiet: true }], 0);
  assert.deepEqual(
    [health.level, health.connection, health.feed],
    ['stale', 'No sign of life (1 of 2 sessions)', 'Feed unknown'],
  );
  assert.match(health.notice, /Some prices below are old/);
  assert.match(healthOf([{ ...live, quiet: true }], 0).notice, / Prices below are old/);
});

test('healthOf_ByTheWorstPart_SaysWhatIsTheMatter', () => {
  const live = { state: 'live', feed: 'live' };
  const say = (...parts) => healthOf(parts, 10_000);
  assert.deepEqual(say(live, live), { level: 'live', connection: 'Live', feed: 'Feed live' });
  assert.equal(say().level, 'idle');
  assert.equal(say({ state: 'connecting' }).connection, 'Connecting');
  assert.equal(
    say({ state: 'connecting', retryAt: 11_500 }).connection,
    'No answer yet, next try in 2 s',
  );
  assert.equal(
    say(live, { state: 'reconnecting', retryAt: 12_001 }).connection,
    'Reconnecting in 3 s (1 of 2 sessions)',
  );
  assert.equal(say({ state: 'reconnecting', retryAt: 10_000 }).connection, 'Reconnecting now');
  const stale = say(live, { state: 'live', feed: 'stale' });
  assert.deepEqual([stale.level, stale.feed], ['stale', 'Feed stale']);
  assert.match(stale.notice, /old/);
  const taken = say(live, { state: 'closed', reason: 'taken_over' }, { state: 'reconnecting' });
  assert.deepEqual([taken.level, taken.action], ['closed', 'Take it back']);
  assert.equal(
    say({ state: 'closed', reason: 'protocol_error' }).connection,
    'Closed: protocol error',
  );
  for (const part of [
    { state: 'reconnecting' },
    { state: 'closed' },
    { state: 'live', feed: 'stale' },
  ]) {
    assert.ok(say(part).notice, `${part.state} is said above the list`);
  }
});

test('sumOf_SeveralSessions_WeighsMediansAndTakesTheWorst', () => {
  const one = (p50, p99, count) => ({
    conflated: 2,
    updatesPerSecond: 10,
    latency: { p50, p99, count },
  });
  assert.deepEqual(sumOf([one(1, 5, 300), one(5, 4, 100), one(undefined, undefined, 0)]), {
    p50: 2,
    p99: 5,
    conflated: 6,
    updatesPerSecond: 30,
  });
  assert.deepEqual(sumOf([]), {
    p50: undefined,
    p99: undefined,
    conflated: 0,
    updatesPerSecond: 0,
  });
});

test('pointsOf_ASpan_BeginsWithThePriceThatHeld', () => {
  assert.deepEqual(pointsOf([], [], 1000, 120, 10), []);
  assert.deepEqual(pointsOf([100, 940], [1, 3], 1000, 120, 10), [0, 10, 60, 0, 120, 0]);
  assert.deepEqual(
    pointsOf([990], [5], 1000, 120, 10),
    [40, 5, 120, 5],
    'little of it is stretched, to fifteen seconds at most',
  );
});
