// Words of several places.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TICKER_FORM, isWellFormed } from '../../app/watchlist.js';
import { widest } from '../../app/words.js';

test('widest_OfTexts_IsByMeasureAndNotByCharacters', () => {
  const widths = { iiii: 4, MM: 6, '': 0 };
  assert.equal(
    widest(Object.keys(widths), (text) => widths[text]),
    'MM',
  );
});

test('TickerForm_AsTheReaderIsTold_IsWhatIsTaken', () => {
  assert.equal(TICKER_FORM, '1 to 32 of A-Z 0-9 . - ^ = / : _ & + # @');
  const more = TICKER_FORM.split(' ').slice(5);
  for (let code = 32; code < 127; code += 1) {
    const sign = String.fromCharCode(code);
    assert.equal(isWellFormed(sign), /[A-Z0-9]/.test(sign) || more.includes(sign), sign);
  }
  assert.ok(isWellFormed('A'.repeat(32)));
  assert.ok(!isWellFormed('A'.repeat(33)) && !isWellFormed(''));
});
