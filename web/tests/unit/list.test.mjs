// The list, its links and storage, its order and the suggestions for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Instrument } from '../../app/instrument.js';
import { nextSorting, sorted } from '../../app/order.js';
import { load, readLink, save, writeLink } from '../../app/share.js';
import { suggest } from '../../app/suggest.js';
import { Watchlist, isWellFormed, splitTickers } from '../../app/watchlist.js';

function listOf(...tickers) {
  const list = new Watchlist();
  list.replace(tickers);
  const news = [];
  list.onChange((change) => news.push(change.kind));
  return { list, news };
}

// contract: VAL-1
test('isWellFormed_AtItsLimits_FollowsTheContract', () => {
  for (const good of [
    'A',
    'BRK.B',
    '^GSPC',
    'EUR=X',
    'BTC-USD',
    'A/B:C_D',
    'M&M',
    'A+B#C@D',
    'X'.repeat(32),
  ])
    assert.ok(isWellFormed(good), good);
  for (const bad of ['', 'X'.repeat(33), 'a', 'A B', 'Ä', 'A,B'])
    assert.ok(!isWellFormed(bad), bad);
});

test('splitTickers_OfWhatIsTyped_FoldsAndCollapses', () => {
  assert.deepEqual(splitTickers(' aapl, MSFT;nvda\nAAPL '), ['AAPL', 'MSFT', 'NVDA']);
  assert.deepEqual(splitTickers(' , '), []);
});

test('Watchlist_WhenChanged_TellsOnceAndOnlyOfChanges', () => {
  const { list, news } = listOf('A', 'B', 'C');
  assert.deepEqual(list.add(['B', 'D', 'D']), ['D']);
  assert.deepEqual(list.add(['A']), []);
  assert.equal(list.remove('X'), -1);
  assert.equal(list.move('A', 0), 0);
  assert.deepEqual(news, ['add']);
  assert.equal(list.move('A', 99), 3);
  assert.deepEqual(list.tickers, ['B', 'C', 'D', 'A']);
  assert.equal(list.move('A', -5), 0);
  list.arrange(['D', 'C', 'B', 'A']);
  list.arrange(['D', 'C', 'B', 'X']);
  list.arrange(['D']);
  assert.deepEqual(list.tickers, ['D', 'C', 'B', 'A']);
});

test('Watchlist_WhenTheChosenOneIsRemoved_ChoosesItsNeighbour', () => {
  const { list } = listOf('A', 'B', 'C');
  list.choose('C');
  list.remove('C');
  assert.equal(list.chosen, 'B');
  list.remove('B');
  list.remove('A');
  assert.equal(list.chosen, undefined);
  list.add(['Z']);
  assert.equal(list.chosen, 'Z');
  list.choose('NOT');
  assert.equal(list.chosen, 'Z');
});

// contract: VAL-3
test('Link_WrittenAndRead_HoldsTheSame', () => {
  const saved = {
    tickers: ['BRK.B', '^GSPC', 'EUR=X', 'A/B:C_D', 'M&M', 'A+B', 'C#1', 'X@Y'],
    chosen: 'M&M',
    throttleMs: 250,
  };
  assert.deepEqual(readLink(writeLink(saved)), { ...saved, bad: [] });
  assert.deepEqual(readLink('#tickers=A+B').tickers, ['A+B'], 'a bare plus is a plus');
  assert.equal(
    writeLink({ tickers: ['AAPL', 'MSFT'], chosen: 'AAPL', throttleMs: 0 }),
    '#tickers=AAPL,MSFT&chart=AAPL',
  );
});

test('readLink_OfAnythingElse_IsNoList', () => {
  assert.equal(readLink(''), undefined);
  assert.equal(readLink('#chart=AAPL'), undefined);
  assert.deepEqual(readLink('#tickers=aapl,<b>,AAPL'), { tickers: ['AAPL'], bad: ['<B>'] });
  for (const wrong of ['-1', '60001', '1.5', 'x', ''])
    assert.equal(readLink(`#tickers=A&throttle=${wrong}`).throttleMs, undefined, wrong);
  assert.equal(readLink('#tickers=A&throttle=60000').throttleMs, 60000);
  assert.equal(
    readLink(`#tickers=${Array.from({ length: 2001 }, (_, i) => `T${i}`)}`).tickers.length,
    2000,
  );
});

test('Storage_WhenItHoldsRubbishOrRefuses_IsAsIfEmpty', () => {
  const holding = (text) => ({
    getItem: () => text,
    setItem: () => {
      throw new Error('quota');
    },
  });
  for (const text of [null, '{', '7', '{"tickers":5}'])
    assert.equal(load(holding(text)), undefined, text);
  assert.deepEqual(load(holding('{"tickers":["A",5,"b!"],"chosen":7,"throttleMs":-1}')), {
    tickers: ['A'],
    chosen: undefined,
    throttleMs: undefined,
  });
  assert.equal(save(holding(null), { tickers: [] }), false);
});

test('sorted_WithoutValues_PutsThemLast', () => {
  const of = (ticker, p) => {
    const instrument = new Instrument(ticker);
    if (p !== undefined) instrument.take({ s: ticker, p, t: 1, n: 1 }, 0);
    return instrument;
  };
  const known = new Map(
    ['A', 'B', 'C', 'D'].map((ticker, i) => [ticker, of(ticker, [3, undefined, 9, 3][i])]),
  );
  const by = (column, way) =>
    sorted(['D', 'A', 'B', 'C'], (ticker) => known.get(ticker), { column, way }).join('');
  assert.equal(by('last', -1), 'CDAB');
  assert.equal(by('last', 1), 'DACB');
  assert.equal(by('ticker', 1), 'ABCD');
});

test('nextSorting_AfterBothWays_IsNone', () => {
  const first = nextSorting(undefined, 'last');
  const second = nextSorting(first, 'last');
  assert.deepEqual([first.way, second.way, nextSorting(second, 'last')], [-1, 1, undefined]);
  assert.equal(nextSorting(first, 'ticker').way, 1);
});

test('suggest_ByWhatWasTyped_PutsTheClosestFirst', () => {
  const known = ['AA', 'AAPL', 'BA', 'CAT', 'META', 'MA'];
  assert.deepEqual(suggest(known, 'A', 9), ['AA', 'AAPL', 'BA', 'CAT', 'META', 'MA']);
  assert.deepEqual(suggest(known, 'MA', 9), ['MA']);
  assert.deepEqual(suggest(['MAR', 'MA'], 'MA', 1), ['MA']);
  assert.deepEqual(suggest(known, '', 2), ['AA', 'AAPL']);
});
