import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseDuration, readKnobs } from '../lib/knobs.js';

test('Durations_OfEveryForm_AreMilliseconds', () => {
  const forms = {
    90: 90000,
    '90s': 90000,
    '1m30s': 90000,
    '250ms': 250,
    '1.5s': 1500,
    '1h': 3600000,
    '0s': 0,
    ' 5m ': 300000,
  };
  for (const [text, ms] of Object.entries(forms)) {
    assert.equal(parseDuration('RAMP', text), ms, text);
  }
});

test('Durations_ThatAreNone_NameKnobAndValue', () => {
  for (const text of ['', 'abc', '5x', '-5s', '5 s', 's', '1m30', '1e3']) {
    assert.throws(
      () => parseDuration('RAMP', text),
      new RegExp(`^Error: RAMP: "${text}" is no duration`),
      text,
    );
  }
});

test('Knobs_WhereNothingIsGiven_AreTheScriptsAndTheCommonDefaults', () => {
  const knobs = readKnobs({}, { VUS: '1500', RAMP: '5s' });
  assert.equal(knobs.users, 1500);
  assert.equal(knobs.rampMs, 5000);
  assert.equal(knobs.baseUrl, 'http://localhost:8080');
  assert.equal(knobs.adminUrl, null);
  assert.equal(knobs.expectTicks, true);
  assert.deepEqual(knobs.expectedCloses, []);
});

test('Knobs_OfTheEnvironment_WinOverTheScriptsDefaults', () => {
  const given = {
    BASE_URL: 'https://feed.example:8443/',
    ADMIN_URL: 'http://[::1]:8081',
    VUS: '40',
    STREAMS_PER_VU: '8',
    RAMP: '1m',
    HOLD: '2m',
    DOWN: '3s',
    TICKERS: '7',
    THROTTLE_MS: '250',
    EXPECT_TICKS: 'false',
    EXPECTED_CLOSES: '1001, 4002',
    SLACK: '2.5',
  };
  const knobs = readKnobs(given, { VUS: '1500', RAMP: '5s' });
  assert.equal(knobs.baseUrl, 'https://feed.example:8443');
  assert.equal(knobs.adminUrl, 'http://[::1]:8081');
  assert.deepEqual(
    [knobs.users, knobs.streamsPerVu, knobs.tickersPerUser, knobs.throttleMs],
    [40, 8, 7, 250],
  );
  assert.deepEqual([knobs.rampMs, knobs.holdMs, knobs.downMs], [60000, 120000, 3000]);
  assert.equal(knobs.expectTicks, false);
  assert.deepEqual(knobs.expectedCloses, [1001, 4002]);
  assert.equal(knobs.slack, 2.5);
});

test('Knobs_ThatAreEmpty_CountAsUnset', () => {
  assert.equal(readKnobs({ VUS: '', BASE_URL: '' }, { VUS: '12' }).users, 12);
});

test('Tickers_AsAList_FoldToUpperAndCollapse', () => {
  const knobs = readKnobs({ TICKERS: 'aapl, MSFT BRK.B aapl' }, {});
  assert.deepEqual(knobs.tickerList, ['AAPL', 'MSFT', 'BRK.B']);
  assert.equal(knobs.tickersPerUser, 3);
});

test('Knobs_AtTheirLimits_AreTakenAndPastThemRefused', () => {
  const taken = [
    ['VUS', '1'],
    ['VUS', '1000000'],
    ['THROTTLE_MS', '0'],
    ['THROTTLE_MS', '60000'],
    ['TICKERS', '1'],
    ['TICKERS', '10000'],
    ['TICKERS', 'A'.repeat(32)],
    ['TICKERS', 'M&M,A+B#C@D'],
    ['HOLD', '1s'],
    ['SLACK', '100'],
    ['UNTHROTTLED', '0'],
    ['UNTHROTTLED', '1000000'],
    ['EXPECTED_CLOSES', '1000 4999'],
    ['STREAMS_PER_VU', '1'],
  ];
  for (const [name, value] of taken) {
    assert.ok(readKnobs({ [name]: value }, {}), `${name}=${value}`);
  }
  const refused = [
    ['VUS', '0'],
    ['VUS', '1000001'],
    ['VUS', '2.5'],
    ['VUS', 'many'],
    ['THROTTLE_MS', '60001'],
    ['THROTTLE_MS', '-1'],
    ['UNTHROTTLED', '-1'],
    ['UNTHROTTLED', '1000001'],
    ['UNTHROTTLED', '10%'],
    ['TICKERS', '0'],
    ['TICKERS', '10001'],
    ['TICKERS', 'NO!'],
    ['TICKERS', ','],
    ['TICKERS', 'A'.repeat(33)],
    ['HOLD', '999ms'],
    ['SLACK', '0'],
    ['SLACK', '101'],
    ['SLACK', 'x'],
    ['EXPECT_TICKS', 'yes'],
    ['EXPECTED_CLOSES', '999'],
    ['EXPECTED_CLOSES', '5000'],
    ['STREAMS_PER_VU', '0'],
    ['BASE_URL', 'localhost:8080'],
    ['BASE_URL', 'http://h/path'],
    ['BASE_URL', 'ws://h'],
    ['ADMIN_URL', 'http://u@h'],
  ];
  for (const [name, value] of refused) {
    assert.throws(
      () => readKnobs({ [name]: value }, {}),
      new RegExp(`^Error: ${name}: `),
      `${name}=${value}`,
    );
  }
});

test('Users_ThatDoNotFillTheVus_AreRefused', () => {
  assert.throws(
    () => readKnobs({ VUS: '50', STREAMS_PER_VU: '8' }, {}),
    /VUS: 50 is no multiple of STREAMS_PER_VU, 8/,
  );
  assert.equal(readKnobs({ VUS: '48', STREAMS_PER_VU: '8' }, {}).users, 48);
});
