import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readKnobs } from '../lib/knobs.js';
import {
  hasVerdicts,
  jsonReport,
  textReport,
  textWithoutVerdicts,
  verdicts,
  warnings,
} from '../lib/report.js';

const knobs = readKnobs({}, {});

function data(lagP95 = 3, failedOk = true) {
  return {
    state: { testRunDurationMs: 61234 },
    metrics: {
      session_creation: {
        type: 'trend',
        values: { count: 50, min: 1, med: 2, 'p(95)': 4.5, 'p(99)': 8, 'p(99.9)': 9, max: 12 },
        thresholds: { 'p(95)<100': { ok: true } },
      },
      generator_lag: { type: 'trend', values: { count: 9, 'p(95)': lagP95 } },
      sessions_failed: {
        type: 'counter',
        values: { count: failedOk ? 0 : 3, rate: 0 },
        thresholds: { 'count==0': { ok: failedOk } },
      },
      'unexpected_closes{code:1006}': {
        type: 'counter',
        values: { count: 0, rate: 0 },
        thresholds: { 'count==0': { ok: true } },
      },
      ticks: { type: 'counter', values: { count: 900, rate: 15 } },
      ticks_conflated: { type: 'counter', values: { count: 100, rate: 1.7 } },
    },
  };
}

test('Verdicts_NameTheValueThatWasLookedAt', () => {
  assert.deepEqual(verdicts(data(3, false)), [
    { metric: 'session_creation', threshold: 'p(95)<100', ok: true, value: 4.5 },
    { metric: 'sessions_failed', threshold: 'count==0', ok: false, value: 3 },
    { metric: 'unexpected_closes{code:1006}', threshold: 'count==0', ok: true, value: 0 },
  ]);
});

test('TheText_OfARunThatPassed_SaysSoAndHidesTheBreakdownOfNothing', () => {
  const text = textReport('smoke', knobs, data());
  assert.match(text, /tickcast smoke: PASSED after 61\.2 s; 50 users/);
  assert.match(text, /ok +session_creation p\(95\)<100 +was 4\.50/);
  assert.match(text, /share conflated +10\.00 %/);
  assert.doesNotMatch(text, /code:1006|FAILED|WARNING/);
});

test('TheText_OfARunThatFailed_NamesWhatFailed', () => {
  const text = textReport('smoke', knobs, data(3, false));
  assert.match(text, /smoke: FAILED \(1 thresholds\)/);
  assert.match(text, /FAILED sessions_failed count==0 +was 3/);
});

test('AGenerator_ThatWasItselfLate_IsWarnedOfPastItsLimit', () => {
  assert.deepEqual(warnings(data(100)), []);
  assert.equal(warnings(data(101)).length, 1);
  assert.match(textReport('smoke', knobs, data(101)), /WARNING: k6 was itself late by 101 ms/);
});

test('TheJson_HoldsVerdictKnobsAndFigures', () => {
  const report = JSON.parse(jsonReport('smoke', knobs, data(3, false)));
  assert.equal(report.passed, false);
  assert.equal(JSON.parse(jsonReport('smoke', knobs, data())).passed, true);
  assert.equal(report.knobs.users, 50);
  assert.equal(report.metrics.session_creation['p(95)'], 4.5);
  assert.equal(report.thresholds.length, 3);
});

test('TheMachineReadableSummary_WhichHasNoThresholds_IsNotTakenForAVerdict', () => {
  const machineReadable = {
    version: '0.1.0',
    config: {},
    metadata: {},
    results: { checks: {}, metrics: [] },
  };
  assert.equal(hasVerdicts(machineReadable), false);
  assert.equal(hasVerdicts(data()), true);
  assert.match(
    textWithoutVerdicts('smoke'),
    /smoke: no report .*--new-machine-readable-summary.* exit status/,
  );
});
