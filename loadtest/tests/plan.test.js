import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readKnobs } from '../lib/knobs.js';
import {
  departureMs,
  pick,
  scenarioEndMs,
  spread,
  thresholds,
  throttleOf,
  usersScenario,
  visitLengthMs,
} from '../lib/plan.js';
import { heldByServer, isZero } from '../lib/server_metrics.js';

const goals = {
  creationP95: 100,
  creationP99: 250,
  snapshotP95: 200,
  snapshotP99: 500,
  latencyP95: 50,
  latencyP99: 150,
};
const knobs = (given = {}) =>
  readKnobs({ VUS: '1500', RAMP: '5s', HOLD: '60s', DOWN: '10s', ...given }, {});

test('Stages_OfTheUsers_RampHoldAndEndAtZero', () => {
  assert.deepEqual(usersScenario(knobs()).stages, [
    { duration: '5000ms', target: 1500 },
    { duration: '60000ms', target: 1500 },
    { duration: '10000ms', target: 0 },
  ]);
  assert.equal(usersScenario(knobs({ STREAMS_PER_VU: '10' })).stages[0].target, 150);
});

test('Stages_WhereTheLastUserLeavesLate_LeaveK6TimeToSeeIt', () => {
  const scenario = usersScenario(knobs());
  assert.equal(scenario.gracefulRampDown, '40000ms');
  assert.equal(scenario.gracefulStop, '30000ms');
});

test('Users_LeaveBetweenTheHoldsEndAndTheStagesEnd', () => {
  assert.equal(
    departureMs(1000, knobs(), () => 0),
    66000,
  );
  assert.equal(
    departureMs(1000, knobs(), () => 0.999),
    66000 + 9990,
  );
  assert.equal(
    departureMs(1000, knobs({ DOWN: '0s' }), () => 0.999),
    66000,
  );
  assert.ok(scenarioEndMs(1000, knobs()) > 76000);
});

test('Visits_AreBetweenHalfAndOneAndAHalfOfTheMean', () => {
  assert.equal(
    visitLengthMs(10000, () => 0),
    5000,
  );
  assert.equal(
    visitLengthMs(10000, () => 1),
    15000,
  );
});

test('Picking_GivesDifferentEntriesAndLeavesTheListAlone', () => {
  const from = ['A', 'B', 'C', 'D'];
  for (const random of [() => 0, () => 0.5, () => 0.9999]) {
    const taken = pick(from, 3, random);
    assert.equal(new Set(taken).size, 3);
    assert.ok(taken.every((entry) => from.includes(entry)));
  }
  assert.deepEqual(pick(from, 9, () => 0).sort(), from);
  assert.deepEqual(from, ['A', 'B', 'C', 'D']);
});

test('Spreading_TakesFromTheWholeListAndInItsOrder', () => {
  const from = Array.from({ length: 1001 }, (_, at) => at);
  const taken = spread(from, 500);
  assert.equal(taken.length, 500);
  assert.equal(taken[0], 0);
  assert.equal(taken[499], 998);
  const steps = taken.slice(1).map((entry, at) => entry - taken[at]);
  assert.ok(steps.every((step) => step === 2 || step === 3));
});

test('Spreading_OfNoMoreThanIsAsked_GivesAll', () => {
  assert.deepEqual(spread([], 2), []);
  assert.deepEqual(spread(['A'], 2), ['A']);
  assert.deepEqual(spread(['A', 'B'], 2), ['A', 'B']);
  assert.deepEqual(spread(['A', 'B', 'C'], 2), ['A', 'B']);
});

const throttles = (given, count) =>
  Array.from({ length: count }, (_, number) =>
    throttleOf(knobs({ THROTTLE_MS: '500', ...given }), number),
  );

test('Throttle_OfOneUserInSoMany_IsNone', () => {
  assert.deepEqual(throttles({ UNTHROTTLED: '3' }, 7), [0, 500, 500, 0, 500, 500, 0]);
  assert.deepEqual(throttles({ UNTHROTTLED: '0' }, 3), [500, 500, 500]);
  assert.deepEqual(throttles({ UNTHROTTLED: '1' }, 3), [0, 0, 0]);
});

test('Throttle_WhereTheShareIsMoreThanAllUsers_IsStillNoneForOne', () => {
  // Numbers begin at 0, or at 1 where another scenario has the first VU.
  const of = throttles({ UNTHROTTLED: '10', VUS: '4' }, 5);
  assert.ok(of.slice(0, 4).includes(0) && of.slice(1).includes(0));
});

test('Thresholds_OfTimes_GrowWithSlackAndOfThrottledLatencyWithTheThrottle', () => {
  const plain = thresholds(knobs(), goals, 1500);
  assert.deepEqual(plain.session_creation, ['p(95)<100', 'p(99)<250']);
  assert.deepEqual(plain.quote_latency, ['p(95)<50', 'p(99)<150']);
  const eased = thresholds(knobs({ SLACK: '2', THROTTLE_MS: '500' }), goals, 1500);
  assert.deepEqual(eased.time_to_snapshot, ['p(95)<400', 'p(99)<1000']);
  assert.deepEqual(eased.quote_latency, ['p(95)<100', 'p(99)<300']);
  assert.deepEqual(eased.throttled_latency, ['p(95)<600', 'p(99)<800']);
  assert.equal(plain.throttled_latency, undefined);
  const all = thresholds(knobs({ THROTTLE_MS: '500', UNTHROTTLED: '0' }), goals, 1500);
  assert.equal(all.quote_latency, undefined);
  assert.equal(all.unthrottled_frames, undefined);
});

test('Thresholds_OfATrend_StandBesideACountThatItNeeds', () => {
  // Without samples every p(95)<… passes: each of these counts fails then.
  const all = thresholds(knobs(), goals, 1500);
  for (const counter of ['sessions_created', 'streams_opened', 'snapshots', 'ticks']) {
    assert.deepEqual(all[counter], ['count>=1500'], counter);
  }
  const frames = (given) => thresholds(knobs(given), goals, 1500).unthrottled_frames;
  assert.deepEqual(frames({}), ['count>=1500']);
  assert.deepEqual(frames({ THROTTLE_MS: '500', UNTHROTTLED: '7' }), ['count>=214']);
  assert.deepEqual(frames({ THROTTLE_MS: '500', VUS: '2' }), ['count>=1']);
});

test('Thresholds_OnWhatIsNotExpected_AreLeftOut', () => {
  const all = thresholds(knobs({ EXPECT_TICKS: 'false', THROTTLE_MS: '500' }), goals, 1500);
  assert.equal(all.ticks, undefined);
  assert.equal(all.quote_latency, undefined);
  assert.equal(all.unthrottled_frames, undefined);
  assert.equal(all.throttled_latency, undefined);
  assert.equal(all.back_at_zero, undefined);
  assert.deepEqual(thresholds(knobs({ ADMIN_URL: 'http://h:1' }), goals, 1).back_at_zero, [
    'count>=1',
  ]);
});

const text = (sessions, subscriptions) => `# TYPE tickcast_sessions gauge
tickcast_sessions{state="pending"} 0
tickcast_sessions{state="detached"} ${sessions}
tickcast_sessions_created_total 77
tickcast_connections{transport="websocket"} 0
tickcast_connections{transport="sse"} 0
tickcast_subscriptions ${subscriptions}
`;

test('TheServersMetrics_AreSummedOverTheirLabels', () => {
  assert.deepEqual(heldByServer(text(2, 5)), {
    tickcast_connections: 0,
    tickcast_sessions: 2,
    tickcast_subscriptions: 5,
  });
});

test('Zero_IsOnlyWhatTheServerSaysIsZero', () => {
  assert.equal(isZero(heldByServer(text(0, 0))), true);
  assert.equal(isZero(heldByServer(text(1, 0))), false);
  assert.equal(isZero(heldByServer(text(0, 1))), false);
  assert.equal(isZero(heldByServer('')), false);
  assert.equal(isZero(heldByServer('tickcast_sessions 0\n')), false);
});
