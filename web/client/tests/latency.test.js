import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DateClock } from '../src/date_clock.js';
import { LatencyMeter, RateMeter } from '../src/latency.js';
import { ServerClock } from '../src/server_clock.js';

const near = (actual, expected, share) =>
  assert.ok(Math.abs(actual - expected) <= expected * share, `${actual} is not ${expected}`);

test('LatencyMeter_OfAThousandReadings_IsWithinFivePercent', () => {
  const meter = new LatencyMeter();
  for (let ms = 1; ms <= 1000; ++ms) meter.add(ms, 70_000 + ms);
  const { p50, p99, count } = meter.read(71_000);
  assert.equal(count, 1000);
  near(p50, 500, 0.05);
  near(p99, 990, 0.05);
});

test('LatencyMeter_OfReadingsOlderThanAMinute_ForgetsThem', () => {
  const meter = new LatencyMeter();
  assert.deepEqual(meter.read(5), { p50: undefined, p99: undefined, count: 0 });
  meter.add(100, 0);
  assert.equal(meter.read(59_999).count, 1);
  assert.equal(meter.read(60_000).count, 0);
  meter.add(3, 60_001);
  assert.equal(meter.read(60_002).count, 1);
  near(meter.read(60_002).p50, 3, 0.05);
});

test('LatencyMeter_OfSenselessReadings_StaysInItsBounds', () => {
  const meter = new LatencyMeter();
  [-5, 0, Number.NaN].forEach((ms) => meter.add(ms, 1));
  assert.equal(meter.read(1).p99, 0);
  meter.add(Infinity, 1);
  assert.ok(meter.read(1).p99 >= 2_900_000);
});

test('RateMeter_OfWholeSeconds_IsTheirMean', () => {
  const meter = new RateMeter();
  for (let ms = 0; ms < 5000; ms += 10) meter.add(2, 10_000 + ms);
  assert.equal(meter.perSecond(15_000), 200);
  assert.equal(meter.perSecond(17_500), 120);
  assert.equal(meter.perSecond(20_000), 0);
});

// The server is an hour ahead of the client's clock, by 40 ms there and 10 ms back.
const hourMs = 3_600_000;

test('ServerClock_WithPongs_ShowsTheLatencyWhateverTheClocksSay', () => {
  const clock = new ServerClock(new DateClock());
  clock.addPong(1000, (1040 + hourMs) * 1000, 1050);
  near(clock.latencyMs((5000 + hourMs) * 1000, 5080), 80, 0.2); // known to half a round trip
  clock.addPong(2000, (2005 + hourMs) * 1000, 2010);
  assert.equal(clock.latencyMs((5000 + hourMs) * 1000, 5080), 80, 'the quickest round trip counts');
  assert.equal(clock.latencyMs((9000 + hourMs) * 1000, 8000), 0, 'never negative');
});

test('ServerClock_WhenAClockIsSet_MeasuresAgain', () => {
  const clock = new ServerClock(new DateClock());
  clock.addPong(1000, 1_005_000, 1010);
  assert.equal(clock.latencyMs(5_000_000, 5020), 20);
  clock.addPong(2000, (2020 + hourMs) * 1000, 2040);
  assert.equal(clock.latencyMs((6000 + hourMs) * 1000, 6030), 30);
});

test('ServerClock_WithoutPongs_ShowsWhatIsAboveTheFastest', () => {
  for (const skewMs of [hourMs, 0, -hourMs]) {
    const clock = new ServerClock(new DateClock());
    const latency = (takenMs, nowMs) => clock.latencyMs((takenMs + skewMs) * 1000, nowMs);
    assert.equal(latency(1000, 1030), 0);
    assert.equal(latency(1000, 1090), 60);
    assert.equal(latency(2000, 2010), 0);
    assert.equal(latency(2000, 2090), 80);
    // The fastest tick is forgotten after two minutes at most, since a clock might have been set.
    assert.equal(latency(70_000, 70_500), 490);
    latency(140_000, 140_500);
    assert.equal(latency(140_000, 140_501), 1);
  }
});

// Whatever the clocks say: at the server it is an hour later. Each answer takes 40 ms each way.
const dateAt = (serverMs) => Math.floor(serverMs / 1000) * 1000;

test('DateClock_IsRightWithinHalfASecondAndHalfARoundTrip_AndBetterWithMoreAnswers', () => {
  const clock = new DateClock();
  assert.deepEqual([clock.serverMs(5), clock.mostMs(5)], [undefined, Infinity]);
  clock.add(0, Number.NaN, 80);
  assert.equal(clock.serverMs(5), undefined, 'an answer that shows no time');
  const errors = [];
  for (let ms = 10_000; ms < 17_000; ms += 1_130) {
    clock.add(ms, dateAt(ms + 40 + hourMs), ms + 80);
    errors.push(Math.abs(clock.serverMs(ms) - ms - hourMs));
    assert.ok(clock.mostMs(ms) >= -hourMs, 'no more than there can be');
  }
  assert.ok(errors[0] <= 540, `${errors}`);
  assert.ok(errors.at(-1) <= 200, `${errors}`);
});

test('DateClock_WhenAClockIsSet_MeasuresAgain', () => {
  const clock = new DateClock();
  clock.add(1_000, dateAt(1_040), 1_080);
  clock.add(2_000, dateAt(2_040 + hourMs), 2_080);
  near(clock.serverMs(3_000), 3_000 + hourMs, 0.001);
  clock.add(4_000, dateAt(4_040 - hourMs), 4_080);
  assert.ok(Math.abs(clock.serverMs(5_000) - 5_000 + hourMs) <= 540);
});

test('DateClock_LongAfterItsAnswers_IsNoStricterThanClocksAre', () => {
  const clock = new DateClock();
  clock.add(1_000, 1_000, 1_080);
  assert.equal(clock.mostMs(1_080), 80);
  near(clock.mostMs(1_080 + 3_600_000), 260, 0.01);
});

test('ServerClock_WhereEachEventIsDelayedAlike_ShowsItByTheAnswersDates', () => {
  const dates = new DateClock();
  const clock = new ServerClock(dates);
  dates.add(10_000, dateAt(10_040 + hourMs), 10_080);
  const latencies = [40_000, 41_000].map((ms) =>
    clock.latencyMs((ms - 20_000 + hourMs) * 1000, ms),
  );
  for (const ms of latencies) assert.ok(ms <= 20_000 && ms > 18_900, `${latencies}`);
  assert.ok(Math.abs(clock.serverMs(42_000) - 42_000 - hourMs) <= 1_100);
  // The fastest tick never counts as arrived before it was sent, whatever a proxy's clock says.
  assert.equal(clock.latencyMs((50_000 + hourMs) * 1000, 50_010), 0);
});
