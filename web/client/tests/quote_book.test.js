import assert from 'node:assert/strict';
import { test } from 'node:test';

import { QuoteBook } from '../src/quote_book.js';

const tick = (s, n, p = n) => ({ s, n, p, t: 1 });
const snapshot = (tickers, quotes) => ({ tickers, quotes });

test('QuoteBook_CountsGapsOfN_SinceTheSnapshot', () => {
  const book = new QuoteBook();
  book.applySnapshot(snapshot(['A', 'B'], [tick('A', 10)]));
  book.applyTicks([tick('A', 11), tick('B', 1)]);
  assert.equal(book.conflated, 0);
  book.applyTicks([tick('A', 15)]);
  assert.equal(book.conflated, 3);
  book.applyTicks([tick('B', 4)]);
  assert.deepEqual([book.conflated, book.received, book.frames], [5, 4, 3]);
  assert.equal(book.quotes.get('B').n, 4);
});

test('QuoteBook_WhenTheTickerHadNoQuote_CountsFromTheFirstTick', () => {
  const book = new QuoteBook();
  book.applySnapshot(snapshot(['A'], []));
  book.applyTicks([tick('A', 3)]);
  assert.equal(book.conflated, 2);
});

test('QuoteBook_AfterANewSnapshot_CountsNothingAcrossIt', () => {
  const book = new QuoteBook();
  book.applySnapshot(snapshot(['A', 'B'], [tick('A', 10), tick('B', 700)]));
  book.applyTicks([tick('A', 11)]);
  // Another epoch: n starts over, and B has no quote there.
  book.applySnapshot(snapshot(['A', 'B'], [tick('A', 500)]));
  assert.deepEqual([...book.quotes.keys()], ['A']);
  book.applyTicks([tick('A', 501), tick('B', 1)]);
  assert.equal(book.conflated, 0);
});

test('QuoteBook_OfAddedTickers_LeavesTheOthersAlone', () => {
  const book = new QuoteBook();
  book.applySnapshot(snapshot(['A'], [tick('A', 10)]));
  book.applySnapshot(snapshot(['B'], [tick('B', 5)]));
  book.applyTicks([tick('A', 12), tick('B', 6)]);
  assert.equal(book.conflated, 1);
  book.keepOnly(['B']);
  assert.deepEqual([...book.quotes.keys()], ['B']);
});
