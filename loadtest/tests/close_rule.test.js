import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  afterClose,
  afterFailedCreation,
  afterFailedUpgrade,
  backoffMs,
  closeLabel,
  endCode,
  isRealError,
} from '../lib/close_rule.js';

const half = () => 0.5;

// contract: CLI-1..3
test('AfterAClose_EveryCodeOfTheContract_IsAnsweredByItsRule', () => {
  const rule = {
    return: [1001, 1006, 1011, 4003],
    renew: [4002],
    stay_away: [1000, 1002, 1003, 1007, 1008, 1009, 4000, 4001],
  };
  for (const [action, codes] of Object.entries(rule)) {
    for (const code of codes) {
      assert.equal(afterClose(code, null, 0, half).action, action, String(code));
      assert.equal(closeLabel(code), String(code));
    }
  }
});

test('AfterAClose_OfAnUnknownCode_TheUserComesBack', () => {
  assert.equal(afterClose(4999, null, 0, half).action, 'return');
  assert.equal(closeLabel(4999), 'other');
});

// contract: CLI-1
test('AfterAClose_TheGoodbyesHint_ComesBeforeTheRandomWait', () => {
  assert.equal(afterClose(1001, 1234, 5, half).waitMs, 1234);
  assert.equal(afterClose(1001, 0, 5, half).waitMs, 0);
  assert.equal(afterClose(1006, null, 1, half).waitMs, 500);
});

// contract: CLI-1
test('Backoff_FromAttemptToAttempt_DoublesUpToTwentySeconds', () => {
  const most = (attempt) => backoffMs(attempt, () => 1);
  assert.deepEqual([0, 1, 2, 5, 6, 60].map(most), [500, 1000, 2000, 16000, 20000, 20000]);
  assert.equal(
    backoffMs(3, () => 0),
    0,
  );
});

// contract: CLI-4
test('AfterAFailedUpgrade_TheSessionsStatus_Decides', () => {
  assert.deepEqual(afterFailedUpgrade(404, null, 0, half), { action: 'renew', waitMs: 250 });
  assert.deepEqual(afterFailedUpgrade(429, 3000, 0, half), { action: 'return', waitMs: 3000 });
  assert.deepEqual(afterFailedUpgrade(503, 1000, 0, half), { action: 'return', waitMs: 1000 });
  assert.deepEqual(afterFailedUpgrade(200, null, 1, half), { action: 'return', waitMs: 500 });
  assert.deepEqual(afterFailedUpgrade(0, null, 1, half), { action: 'return', waitMs: 500 });
});

test('AfterAFailedCreation_WhatWouldBeWrongAgain_IsNotTriedAgain', () => {
  for (const status of [400, 403, 413, 415, 422]) {
    assert.equal(afterFailedCreation(status, null, 0, half).action, 'stay_away', String(status));
  }
  for (const status of [0, 429, 500, 503]) {
    assert.equal(afterFailedCreation(status, null, 0, half).action, 'renew', String(status));
  }
  assert.equal(afterFailedCreation(503, 7000, 0, half).waitMs, 7000);
});

test('TheEnd_WithoutACloseFrame_Is1006', () => {
  assert.equal(endCode(undefined, false), 1006);
  assert.equal(endCode(undefined, true), 1006);
  assert.equal(endCode(1000, true), 1006); // our own code: the frame was not written
  assert.equal(endCode(1000, false), 1000);
  // k6 has an error before every end that is not 1000 or 1001.
  assert.equal(endCode(4000, true), 4000);
});

test('AnError_ThatOnlySaysThatWeAreClosing_IsNone', () => {
  assert.equal(isRealError('websocket: close sent'), false);
  assert.equal(isRealError('write tcp 127.0.0.1:1->127.0.0.1:2: write: broken pipe'), true);
});
