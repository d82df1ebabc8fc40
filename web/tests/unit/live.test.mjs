// The state of a ticker and of the connections, and when it is drawn.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Frames } from '../../app/frames.js';
import { healthOf, sumOf } from '../../app/health.js';
import {
  AgeClock,
  Instrument,
  needsRefill,
  pointsWithGaps,
  scaleDecimals,
} from '../../app/instrument.js';
import { delayInWords, inWords } from '../../app/refusal.js';
import { pathOf, pointsOf } from '../../app/sparkline.js';

const tick = (p, more = {}) => ({ s: 'A', p, t: 0, n: 1, ...more });
/** A price that the server took in then; it is now the same time there, unless that is said. */
const take = (one, p, ms, nowMs = ms) => one.take(tick(p, { t: ms * 1000 }), nowMs);

test('Instrument_OverTime_KeepsOpenRangeAndAPriceASecond', () => {
  const one = new Instrument('A');
  for (const [ms, p] of [
    [1000, 10],
    [1900, 12],
    [2000, 9],
    [2500, 11.125],
  ])
    take(one, p, ms);
  assert.deepEqual([one.open, one.high, one.low, one.change, one.decimals], [10, 12, 9, 1.125, 3]);
  assert.deepEqual(
    [one.times, one.values],
    [
      [1, 2],
      [12, 11.125],
    ],
  );
  take(one, 8, 500);
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
  for (let second = 1; second <= 4200; second += 1) take(one, second, second * 1000);
  assert.equal(one.times.length, 4200);
  take(one, 1, 4201_000);
  assert.equal(one.times.length, 3600);
  assert.equal(one.times.at(-1), 4201);
  assert.equal(one.values.length, 3600);
});

test('Instrument_WhenTheServersClockIsSetFarBack_BeginsItsLineAgain', () => {
  const one = new Instrument('A');
  for (const [ms, p] of [
    [100_000, 1],
    [161_000, 2],
    [102_000, 3],
  ])
    take(one, p, ms);
  assert.deepEqual(
    [one.times, one.values],
    [
      [100, 161],
      [1, 3],
    ],
    'less than a minute back',
  );
  take(one, 4, 101_000);
  assert.deepEqual([one.times, one.values], [[101], [4]], 'a minute back');
});

test('Instrument_AfterAGap_KeepsItInItsLine', () => {
  const one = new Instrument('A');
  one.gap(500);
  assert.deepEqual(one.times, [], 'nothing was known before');
  take(one, 10, 1000);
  one.gap(5000);
  one.gap(7000);
  assert.deepEqual(
    [one.times, one.values],
    [
      [1, 5, 6],
      [10, 10, NaN],
    ],
    'the price held until the gap',
  );
  take(one, 11, 9000, 12_000);
  assert.deepEqual(
    [one.times.slice(3), one.values.slice(3)],
    [[9], [11]],
    'a price from within the gap is known since then',
  );
  one.gap(12_500);
  take(one, 11, 9000, 20_000);
  assert.deepEqual(
    [one.times.slice(4), one.values.slice(4)],
    [
      [12, 13, 20],
      [11, NaN, 11],
    ],
    'the price of before is known again from now on',
  );
});

test('Instrument_WhenItsFeedIsBackWithoutAPrice_HoldsThePriceFromThenOn', () => {
  const one = new Instrument('A');
  one.follow('live', 0);
  take(one, 10, 1000);
  one.follow('stale', 5000);
  one.follow('stale', 7000);
  one.follow('live', 9000);
  one.follow('live', 9500);
  assert.deepEqual(
    [one.times, one.values],
    [
      [1, 5, 6, 9],
      [10, 10, NaN, 10],
    ],
  );
  take(one, 11, 10_000);
  assert.deepEqual([one.times.at(-1), one.values.at(-1)], [10, 11]);
});

test('Instrument_WhenPricesOfWithinTheGapComeLate_HasThemInItsLine', () => {
  const one = new Instrument('A');
  take(one, 10, 1000);
  one.follow('stale', 5000);
  one.follow('live', 200_000);
  take(one, 11, 90_000, 200_000); // more than a minute back
  assert.deepEqual(
    [one.times, one.values],
    [
      [1, 5, 6, 90],
      [10, 10, NaN, 11],
    ],
  );
});

test('Instrument_WhenItsConnectionIsBack_WaitsForThePrice', () => {
  const one = new Instrument('A');
  take(one, 10, 1000);
  one.follow('stale', 5000);
  one.follow('offline', 6000);
  one.follow('live', 9000);
  assert.deepEqual(one.times, [1, 5, 6]);
  one.follow('stale', 9500);
  one.follow('live', 9500);
  assert.deepEqual([one.times.at(-1), one.values.at(-1)], [9, 10]);
});

test('pointsWithGaps_OfALineWithOne_LeaveRoomAndDrawNoLineAcross', () => {
  assert.deepEqual(pointsWithGaps([1, 5, 6, 9], [10, 10, NaN, 11]), [
    { time: 1, value: 10 },
    { time: 5, value: 10, ends: true },
    { time: 6 },
    { time: 7 },
    { time: 8 },
    { time: 9, value: 11 },
  ]);
  assert.deepEqual(
    pointsWithGaps([1, 2], [10, NaN]),
    [{ time: 1, value: 10, ends: true }, { time: 2 }],
    'one that is not over',
  );
  const long = pointsWithGaps([1, 2, 7202], [10, NaN, 11]);
  assert.equal(long.length, 32, 'two hours take no more room than half a minute');
  assert.ok(long.every((point, i) => i === 0 || point.time > long[i - 1].time));
  assert.deepEqual(pointsWithGaps([], []), []);
});

test('scaleDecimals_OfLargeNumbers_AreNoMoreThanADoubleHolds', () => {
  assert.deepEqual(
    [
      [2, 189],
      [8, 0.5],
      [8, 92_233_720_368],
      [5, -92_233_720_368],
      [8, 0],
    ].map(([decimals, largest]) => scaleDecimals(decimals, largest)),
    [2, 8, 3, 3, 8],
  );
});

test('needsRefill_WhenMoreThanTheNewestPointIsMissing_IsTrue', () => {
  assert.equal(needsRefill([5], 0, 0), true, 'the first point');
  assert.equal(needsRefill([5], 5, 5), false, 'the same second');
  assert.equal(needsRefill([5, 6], 5, 5), false, 'the next one');
  assert.equal(needsRefill([5, 6, 9], 5, 5), true, 'one was missed');
  assert.equal(needsRefill([6, 9, 10], 5, 9), true, 'the history let its oldest go');
});

test('AgeClock_ByTheServersClock_NeedsNoneOfThisComputers', () => {
  let server;
  let steady = 50;
  const clock = new AgeClock(
    () => server,
    () => steady,
  );
  const at = (ms) => tick(1, { t: ms * 1000 });
  assert.equal(clock.ageMs(undefined), undefined);
  clock.observe(at(3_600_000));
  assert.equal(clock.ageMs(at(3_600_000)), 0, 'the newest is no older than now');
  assert.equal(clock.ageMs(at(3_540_000)), 60_000, 'what a snapshot brings of before');
  steady += 3000;
  assert.equal(clock.ageMs(at(3_600_000)), 3000);
  clock.observe(at(3_601_000));
  assert.equal(
    clock.ageMs(at(3_601_000)),
    2000,
    'an older price that came late makes no other one younger',
  );
  server = 3_700_000;
  assert.deepEqual(
    [clock.nowMs(), clock.ageMs(at(3_690_000))],
    [3_700_000, 10_000],
    'what the client knows is best',
  );
  assert.equal(clock.ageMs(at(3_700_500)), 0, 'none is from the future');
});

test('AgeClock_ByTheDateOfAnAnswer_IsRightToASecond', () => {
  let steady = 1000;
  const clock = new AgeClock(
    () => undefined,
    () => steady,
  );
  const at = (ms) => tick(1, { t: ms * 1000 });
  clock.observe(at(10_000));
  steady = 3000;
  clock.observeDate(3_600_000, 2500, 3000);
  assert.deepEqual(
    [clock.nowMs(), clock.ageMs(at(10_000))],
    [3_600_000, 3_590_000],
    'an old price was the only one',
  );
  clock.observe(at(3_600_900));
  clock.observeDate(3_600_000, 2500, 3000);
  assert.equal(clock.nowMs(), 3_600_900, 'within that second a price knows better');
  clock.observe(at(9_000_000));
  clock.observeDate(3_600_000, 3000, 3000);
  assert.equal(clock.nowMs(), 3_601_000, 'a clock that was set back');
});

test('Frames_WhenMuchChanges_DrawOnceAFrameAndThirtyTimesASecondAtMost', () => {
  const waiting = [];
  const timers = [];
  const drawn = [];
  let now = 1000;
  const frames = new Frames(
    (changed) => {
      drawn.push([...changed]);
      now += drawn.length;
    },
    (callback) => waiting.push(callback),
    () => now,
    (callback, ms) => timers.push({ callback, ms }),
  );
  for (const ticker of ['A', 'B', 'A']) frames.changed(ticker);
  assert.equal(waiting.length, 1);
  waiting.pop()();
  assert.deepEqual(drawn, [['A', 'B']]);
  frames.changed('C');
  frames.changed('D');
  assert.deepEqual([waiting.length, timers.map(({ ms }) => ms)], [0, [27]], 'not so soon again');
  timers.pop().callback();
  waiting.pop()();
  assert.deepEqual(drawn[1], ['C', 'D']);
  assert.deepEqual(frames.stats(), { count: 2, p50: 2, p99: 2, longest: 2 });
  now += 100;
  frames.changed('E');
  assert.deepEqual([waiting.length, timers.length], [1, 0], 'at once after a rest');
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

const refusal = { code: 'too_many_sessions', status: 429, limit: 1, detail: 'one too many' };

test('healthOf_WhenTheServerRefuses_SaysWhyAndWhenTheNextTryIs', () => {
  const first = healthOf(
    [{ state: 'connecting', reason: 'too_many_sessions', error: refusal, retryAt: 5000 }],
    0,
  );
  assert.deepEqual(
    [first.level, first.connection],
    [
      'refused',
      'Refused, next try in 5 s: too many sessions are open from this address (the server\u2019s limit is 1)',
    ],
  );
  assert.match(first.notice, /refuses the stream: too many sessions .* limit is 1\)/);
  assert.doesNotMatch(first.notice, /\d s\b/, 'no countdown for a screen reader');
  const again = healthOf(
    [
      { state: 'live', feed: 'live' },
      { state: 'reconnecting', error: { code: 'http_403', status: 403, detail: '' } },
    ],
    0,
  );
  assert.equal(again.connection, 'Refused, trying again (1 of 2 sessions): it is forbidden (403)');
  assert.match(again.notice, /Some prices below are old/);
  const closed = healthOf(
    [
      {
        state: 'closed',
        reason: 'origin_not_allowed',
        error: { code: 'origin_not_allowed', status: 403, detail: '' },
      },
    ],
    0,
  );
  assert.match(
    closed.connection,
    /^Closed: the server takes no requests from pages of this address/,
  );
  const none = healthOf(
    [{ state: 'connecting', error: { code: 'network', detail: 'no answer' }, retryAt: 5000 }],
    0,
  );
  assert.equal(none.connection, 'No answer yet, next try in 5 s', 'no answer is no refusal');
});

test('healthOf_WhenAChangeIsRefusedForTheMoment_SaysWhyAndWhenTheNextTryIs', () => {
  const live = { state: 'live', feed: 'live' };
  const error = { code: 'rate_limited', status: 429, limit: 5, detail: '' };
  const late = { ...live, refused: { error, retryAt: 5000 }, waiting: { size: 0 } };
  const why =
    'too many requests came from this address in a short time (the server\u2019s limit is 5)';
  const one = healthOf([live, late], 0);
  assert.deepEqual(
    [one.level, one.connection],
    ['live', `Live; change refused, next try in 5 s: ${why}`],
    'prices go on',
  );
  assert.equal(
    one.notice,
    `A change of the list or of its pace waits: ${why}. The page goes on trying.`,
  );
  assert.equal(healthOf([late], 5000).connection, `Live; change refused, trying again: ${why}`);
  const more = { ...late, refused: { error, retryAt: 3000 }, waiting: { size: 2 } };
  const two = healthOf([late, more], 0);
  assert.match(two.connection, /next try in 3 s/, 'the first of them');
  assert.match(two.notice, /^2 tickers below wait to be added: too many requests/);
  assert.doesNotMatch(two.notice, /\d s\b/, 'no countdown for a screen reader');
  const stale = healthOf([{ ...more, feed: 'stale' }], 0);
  assert.match(stale.connection, /^Connected; change refused, next try in 3 s/);
  assert.match(stale.notice, /feed is stale.* 2 tickers below wait/);
  const away = healthOf([{ ...late, state: 'reconnecting' }], 0);
  assert.doesNotMatch(`${away.connection} ${away.notice}`, /change/, 'there is more the matter');
});

test('delayInWords_OfARefusalOrNoAnswer_SaysWhyAndWhenItIsTriedAgain', () => {
  const error = { code: 'at_capacity', status: 503, detail: '' };
  const words = (delay) => delayInWords(delay, 1000);
  assert.equal(words({ error, retryAt: 2500 }), 'the server is full, next try in 2 s');
  assert.equal(words({ error, retryAt: 1000 }), 'the server is full, trying again');
  assert.equal(words({ error }), 'the server is full');
  assert.equal(
    words({ error: { code: 'network', detail: 'fetch failed' }, retryAt: 1001 }),
    'the server does not answer, next try in 1 s',
  );
});

test('inWords_OfAnyRefusal_NamesReasonAndLimit', () => {
  assert.equal(
    inWords({ code: 'at_capacity', status: 503, limit: 200_000 }),
    'the server is full (the server\u2019s limit is 200,000)',
  );
  assert.equal(
    inWords({ code: 'unauthorized', status: 401 }),
    'the server wants a key, and this page has none',
  );
  assert.equal(
    inWords({ code: 'http_502', status: 502, detail: 'the server answered 502' }),
    'the proxy can\u2019t reach the server (502)',
  );
  assert.equal(
    inWords({ code: 'http_418', status: 418, detail: 'the server answered 418' }),
    'the server answered 418 (418)',
  );
  assert.equal(
    inWords({ code: 'quite_new', status: 422, detail: 'what the server says' }),
    'what the server says (422)',
  );
  assert.equal(inWords({ code: 'quite_new', status: 422 }), 'quite new (422)');
});

test('healthOf_WhenTheBrowserIsOffline_SaysSo', () => {
  const live = { state: 'live', feed: 'live' };
  const health = healthOf([live, { state: 'reconnecting', reason: 'offline' }], 0);
  assert.deepEqual([health.level, health.connection], ['offline', 'Offline (1 of 2 sessions)']);
  assert.match(health.notice, /offline. Some prices below are old/);
  assert.match(
    healthOf([{ state: 'connecting', reason: 'offline' }], 0).notice,
    /Prices come when it is back/,
  );
});

test('healthOf_WhenNoConnectionIsLeft_SaysSoBesideWhatElseThereIs', () => {
  const live = { state: 'live', feed: 'live' };
  const page = healthOf([live, live], 0, { count: 244, why: 'page' });
  assert.deepEqual([page.level, page.connection], ['live', 'Live']);
  assert.match(
    page.notice,
    /^244 tickers below get no prices: .* two of the browser\u2019s six connections/,
  );
  assert.match(
    healthOf([], 0, { count: 1, why: 'browser' }).notice,
    /^1 ticker below gets no prices: other windows .* connections/,
  );
  assert.equal(healthOf([], 0, { count: 1, why: 'browser' }).connection, 'No connection left');
  assert.match(
    healthOf([{ state: 'reconnecting' }], 0, { count: 3, why: 'page' }).notice,
    /connection is lost.* 3 tickers below/,
  );
  assert.equal(healthOf([live], 0, { count: 0, why: undefined }).notice, undefined);
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

test('pathOf_ALineWithAGap_LiftsThePen', () => {
  const points = pointsOf([880, 910, 911, 970], [1, 1, NaN, 3], 1000, 120, 10);
  assert.deepEqual(points, [0, 10, 30, 10, NaN, NaN, 90, 0, 120, 0]);
  assert.equal(pathOf(points), 'M0.0 10.0L30.0 10.0M90.0 0.0L120.0 0.0');
  assert.deepEqual(
    pointsOf([880, 910, 911], [1, 1, NaN], 1000, 120, 10),
    [0, 5, 30, 5, NaN, NaN],
    'one that is not over',
  );
  assert.deepEqual(
    pointsOf([700, 701], [1, NaN], 1000, 120, 10),
    [],
    'nothing was known in all that time',
  );
});

test('needsRefill_WhenTheNewestPointWasTakenBack_IsTrue', () => {
  assert.equal(needsRefill([1, 5, 90], 1, 200), true);
  assert.equal(needsRefill([1, 5, 90], 1, 90), false);
});
