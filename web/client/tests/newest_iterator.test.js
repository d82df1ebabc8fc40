import assert from 'node:assert/strict';
import { test } from 'node:test';

import { NewestIterator } from '../src/newest_iterator.js';

const tick = (s, n) => ({ s, n, t: 1 });
const make = (known = []) => new NewestIterator(known, () => {});
const ended = { done: true, value: undefined };

test('NewestIterator_WhenTheReaderIsSlow_HoldsTheNewestOfEachTicker', async () => {
  const iterator = make([tick('A', 1)]);
  for (let n = 2; n < 10_000; ++n) iterator.put(tick(n % 2 ? 'A' : 'B', n));
  assert.deepEqual((await iterator.next()).value, tick('A', 9999));
  iterator.put(tick('A', 10_001));
  assert.deepEqual((await iterator.next()).value, tick('B', 9998), 'no ticker starves another');
  assert.deepEqual((await iterator.next()).value, tick('A', 10_001));
  const waits = iterator.next();
  iterator.put(tick('C', 1));
  assert.deepEqual(await waits, { done: false, value: tick('C', 1) });
});

test('NewestIterator_WhenEnded_GivesWhatWaitsAndThenTheEnd', async () => {
  const iterator = make();
  iterator.put(tick('A', 1));
  iterator.end();
  assert.equal((await iterator.next()).value.s, 'A');
  assert.deepEqual(await iterator.next(), ended);
  assert.deepEqual(await iterator.next(), ended);
});

test('NewestIterator_WhenEndedByAnError_ThrowsItOnce', async () => {
  const iterator = make();
  const [first, second] = [iterator.next(), iterator.next()];
  iterator.end(new Error('taken over'));
  await assert.rejects(first, /taken over/);
  assert.deepEqual(await second, ended);
});

test('NewestIterator_WhenLeft_TellsItsOwnerAndHoldsNothing', async () => {
  let left = 0;
  const iterator = new NewestIterator([tick('A', 1), tick('B', 1)], () => (left += 1));
  for await (const each of iterator) {
    assert.equal(each.s, 'A');
    break;
  }
  assert.equal(left, 1);
  assert.deepEqual(await iterator.next(), ended);
});

test('NewestIterator_OfTickersNoLongerWanted_DropsThem', async () => {
  const iterator = make([tick('A', 1), tick('B', 1)]);
  iterator.keepOnly((ticker) => ticker === 'B');
  assert.equal((await iterator.next()).value.s, 'B');
});
