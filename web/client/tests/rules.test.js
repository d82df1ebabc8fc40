import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  afterClose,
  afterRefusal,
  backoffMs,
  effectiveCode,
  parseRetryAfter,
} from '../src/rules.js';
import { refusalOf } from '../src/session_api.js';

const half = () => 0.5;

// contract: CLI-1
test('Backoff_OfEachAttempt_IsFullJitterUpToTwentySeconds', () => {
  const most = [0, 1, 2, 3, 4, 5, 6, 7, 50, 2000].map((attempt) => backoffMs(attempt, () => 1));
  assert.deepEqual(most, [500, 1000, 2000, 4000, 8000, 16000, 20000, 20000, 20000, 20000]);
  assert.equal(
    backoffMs(3, () => 0),
    0,
  );
  assert.equal(backoffMs(3, half), 2000);
});

// contract: CLI-1..3
test('AfterClose_ByCode_IsTheContractsRule', () => {
  const actions = (codes) => codes.map((code) => afterClose(code, undefined, 2, half));
  for (const next of actions([1001, 1006, 1011, 4003]))
    assert.deepEqual(next, { action: 'return', waitMs: 1000 });
  for (const next of actions([1000, 1005, 1012, 1013, 4999])) assert.equal(next.action, 'return');
  for (const next of actions([1002, 1003, 1007, 1008, 1009, 4000, 4001]))
    assert.equal(next.action, 'stay_away');
  assert.deepEqual(actions([4002]), [{ action: 'renew', waitMs: 1000 }]);
});

// contract: CLI-1
test('AfterClose_WithReconnectInMs_TakesItInPlaceOfTheJitter', () => {
  for (const [code, action] of [
    [1001, 'return'],
    [4002, 'renew'],
    [4003, 'return'],
  ]) {
    assert.deepEqual(afterClose(code, 0, 9, half), { action, waitMs: 0 });
    assert.deepEqual(afterClose(code, 12_345, 0, half), { action, waitMs: 12_345 });
  }
  assert.equal(afterClose(4001, 100, 0, half).action, 'stay_away');
  for (const senseless of [-1, Number.NaN, '5', null])
    assert.equal(afterClose(1001, senseless, 0, half).waitMs, 250);
  assert.equal(afterClose(1001, 1e300, 0, half).waitMs, 2 ** 31 - 1, 'what a timer can take');
});

// contract: CLI-4
test('AfterRefusal_ByStatus_WaitsRenewsOrStaysAway', () => {
  for (const status of [0, 200, 301, 408, 429, 500, 502, 503, 504]) {
    assert.deepEqual(
      afterRefusal(status, undefined, 1, half),
      { action: 'return', waitMs: 500 },
      `${status}`,
    );
  }
  assert.deepEqual(afterRefusal(404, undefined, 1, half), { action: 'renew', waitMs: 0 });
  for (const status of [400, 401, 403, 405, 413, 415, 422, 426, 431]) {
    assert.equal(afterRefusal(status, 1000, 1, half).action, 'stay_away', `${status}`);
  }
});

test('AfterRefusal_WithRetryAfter_NeverComesSooner', () => {
  assert.equal(afterRefusal(503, 3000, 1, () => 0).waitMs, 3000);
  assert.equal(afterRefusal(429, 3000, 1, half).waitMs, 3500);
  assert.equal(afterRefusal(503, 1e300, 1, half).waitMs, 2 ** 31 - 1);
});

test('RetryAfter_AsSecondsOrDate_IsRead', () => {
  const now = Date.parse('2026-11-24T22:00:00Z');
  assert.equal(parseRetryAfter('0', null, now), 0);
  assert.equal(parseRetryAfter(' 7 ', null, now), 7000);
  assert.equal(parseRetryAfter('Tue, 24 Nov 2026 22:00:05 GMT', null, now), 5000);
  assert.equal(parseRetryAfter('Tue, 24 Nov 2026 21:00:00 GMT', null, now), 0);
  assert.equal(parseRetryAfter('soon', null, now), undefined);
  assert.equal(parseRetryAfter(null, null, now), undefined);
});

test('RetryAfter_AsDate_CountsFromTheAnswersOwnTime_WhateverTheClientsClockSays', () => {
  const until = 'Tue, 24 Nov 2026 22:00:05 GMT';
  const date = 'Tue, 24 Nov 2026 22:00:00 GMT';
  for (const text of ['2026-11-24T20:00:00Z', '2026-11-25T09:00:00Z'])
    assert.equal(parseRetryAfter(until, date, Date.parse(text)), 5000);
  const twoHoursBefore = Date.parse('2026-11-24T20:00:00Z');
  assert.equal(
    parseRetryAfter(until, null, twoHoursBefore),
    60_000,
    'by a clock that may be wrong',
  );
  assert.equal(parseRetryAfter(until, 'today', twoHoursBefore), 60_000);
});

test('RetryAfter_IsAnHourAtMost', () => {
  const date = 'Tue, 24 Nov 2026 22:00:00 GMT';
  for (const [text, ms] of [
    ['3599', 3_599_000],
    ['3600', 3_600_000],
    ['3601', 3_600_000],
    ['9'.repeat(400), 3_600_000],
    ['Tue, 24 Nov 2026 22:59:59 GMT', 3_599_000],
    ['Tue, 24 Nov 2026 23:00:01 GMT', 3_600_000],
  ])
    assert.equal(parseRetryAfter(text, date, 0), ms, text);
});

test('RetryAfter_OfARefusal_CountsFromItsDate', async () => {
  const headers = {
    'Retry-After': 'Tue, 24 Nov 2026 22:00:05 GMT',
    Date: 'Tue, 24 Nov 2026 22:00:00 GMT',
  };
  const refusal = await refusalOf(new Response('{}', { status: 503, headers }));
  assert.equal(refusal.retryAfterMs, 5000);
});

test('EffectiveCode_WhenTheCloseFrameWasLost_IsTheGoodbyes', () => {
  const codes = [
    'draining',
    'flooding',
    'deleted',
    'taken_over',
    'too_old',
    'too_slow',
    'newer',
    undefined,
  ];
  assert.deepEqual(
    codes.map((code) => effectiveCode(1006, { code })),
    [1001, 1008, 4000, 4001, 4002, 4003, 1006, 1006],
  );
  assert.equal(effectiveCode(1001, { code: 'deleted' }), 1001);
  assert.equal(effectiveCode(1006, undefined), 1006);
});
