import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as format from '../../app/format.js';

test('price_OfAnyValue_HasItsTickersDecimals', () => {
  assert.equal(format.price(1235.9, 2), '1,235.90');
  assert.equal(format.price(-0.5, 2), '\u22120.50');
  assert.equal(format.price(0, 2), '0.00');
  assert.equal(format.price(undefined, 2), '–');
  assert.equal(format.price(0.00000001, 8), '0.00000001');
});

test('decimalsOf_UpToTheServersEight_AreCounted', () => {
  assert.deepEqual([5, 0.5, 189.34, 1e-7, 1e-8, -0.125].map(format.decimalsOf), [0, 1, 2, 7, 8, 3]);
  assert.equal(format.decimalsOf(0.1 + 0.2), 1, 'what a double adds is no decimal');
  assert.deepEqual(
    [92233720368.5, 92233720367.25, 123456789.123, 104250.40000001].map(format.decimalsOf),
    [1, 2, 3, 8],
  );
  assert.equal(
    format.price(92233720368.1, format.decimalsOf(92233720368.1)),
    '92,233,720,368.1',
    'no digits that were never sent',
  );
});

test('signed_OfNothing_HasNoSign', () => {
  assert.equal(format.signed(1.5, 2), '+1.50');
  assert.equal(format.signed(-1.5, 2), '\u22121.50');
  assert.equal(format.signed(0, 2), '0.00');
  assert.equal(format.signed(-0.004, 2), '0.00');
  assert.equal(format.signed(0.006, 2), '+0.01');
  assert.deepEqual(['+1.00', '\u22121.00%', '0.00', '–'].map(format.signOf), [1, -1, 0, 0]);
});

test('percentChange_SinceAnOpenOfNothingOrLess_IsNone', () => {
  assert.equal(format.percentChange(110, 100), 10);
  assert.equal(format.percentChange(5, 0), undefined);
  assert.equal(format.percentChange(-37, -1), undefined, 'oil below nothing has no percentage');
  assert.equal(format.percentChange(undefined, 1), undefined);
  assert.equal(format.percent(undefined), '–');
  assert.equal(format.percent(-0.526), '\u22120.53%');
  assert.deepEqual([999_999.4, 1e6, -9.2234e20].map(format.percent), [
    '+999,999.40%',
    '+1.00e6%',
    '\u22129.22e20%',
  ]);
});

test('fading_AtEachStepsEdge_IsByAgeAlone', () => {
  assert.deepEqual(
    [undefined, 0, 9999, 10_000, 29_999, 30_000, 59_999, 60_000, 1e9].map(format.fading),
    [0, 0, 0, 1, 1, 2, 2, 3, 3],
  );
  assert.equal(format.AGES.length, 4);
});

test('direction_OfAFirstPriceOrTheSame_IsNone', () => {
  assert.deepEqual(
    [
      format.direction(1, 2),
      format.direction(2, 1),
      format.direction(2, 2),
      format.direction(undefined, 2),
      format.direction(2, undefined),
    ],
    [1, -1, 0, 0, 0],
  );
});

test('age_AtEachUnitsEdge_IsRoundedDown', () => {
  assert.deepEqual(
    [undefined, -50, 999, 1000, 59_999, 60_000, 3_599_999, 3_600_000, 86_399_999, 86_400_000].map(
      format.age,
    ),
    ['–', 'now', 'now', '1s', '59s', '1m', '59m', '1h', '23h', '1d'],
  );
});

test('milliseconds_ByTheirSize_LoseDecimals', () => {
  assert.deepEqual([undefined, 0.84, 9.94, 12.4, 999, 1500, -3].map(format.milliseconds), [
    '–',
    '0.8 ms',
    '9.9 ms',
    '12 ms',
    '999 ms',
    '1.5 s',
    '\u22123.0 ms',
  ]);
});

test('plural_OfOne_IsOne', () => {
  assert.deepEqual(
    [format.plural(1, 'ticker'), format.plural(2000, 'ticker')],
    ['1 ticker', '2,000 tickers'],
  );
});
