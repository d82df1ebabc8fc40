// Columns for figures of any width, connections for any number of windows, and colours that go off.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layOut, TYPES } from '../../app/fit.js';
import { Flashes } from '../../app/flashes.js';
import { Slots } from '../../app/slots.js';

const KINDS = [
  'ticker',
  'last',
  'change',
  'percent',
  'bid',
  'bidSize',
  'ask',
  'askSize',
  'spread',
  'age',
];
const TEXTS = {
  ticker: ['ticker'],
  last: ['last'],
  change: ['change'],
  percent: ['percent'],
  bid: ['bid', 'bidSize'],
  ask: ['ask', 'askSize'],
  spread: ['spread'],
  age: ['age'],
  spark: [],
  remove: [],
};
const CHROME = {
  ticker: 20,
  last: 30,
  change: 12,
  percent: 12,
  bid: 40,
  ask: 40,
  spread: 12,
  age: 12,
  spark: 60,
  remove: 28,
};

/** Measures where a character is .6 em wide. @param {Record<string, number>} characters */
const measureOf = (characters) => (type) => ({
  texts: Object.fromEntries(KINDS.map((kind) => [kind, (characters[kind] ?? 6) * 0.6 * type])),
  chrome: CHROME,
  heads: { bid: 90 },
});

/** What a column gives its texts, less than they need only where that is said. */
function assertWhole(layout, measures, most, what) {
  const sum = Object.values(layout.widths).reduce((a, b) => a + b, 0);
  assert.ok(sum <= most, `${what}: ${sum} of ${most}`);
  if (layout.card !== 0) return;
  for (const [column, width] of Object.entries(layout.widths)) {
    const need = TEXTS[column].reduce(
      (all, kind) => all + Math.min(measures.texts[kind], layout.room[kind] ?? Infinity),
      measures.chrome[column],
    );
    assert.ok(width >= Math.floor(need), `${what}: ${column} has ${width} and needs ${need}`);
  }
}

test('layOut_ForFiguresOfAnyLength_GivesEachTheWidthItNeedsOrSaysWhich', () => {
  let seed = 7;
  const random = (most) => {
    seed = (seed * 48271) % 2147483647;
    return seed % most;
  };
  for (let i = 0; i < 2000; i += 1) {
    const characters = Object.fromEntries(
      KINDS.map((kind) => [kind, 1 + random({ age: 4, percent: 11 }[kind] ?? 32)]),
    );
    const measure = measureOf(characters);
    const mode = ['wide', 'narrow', 'cards'][random(3)];
    const most =
      mode === 'wide'
        ? 770 + random(1250)
        : mode === 'narrow'
          ? 670 + random(150)
          : 250 + random(450);
    assertWhole(
      layOut(mode, most, measure),
      measure(layOut(mode, most, measure).type),
      most,
      JSON.stringify({ mode, most, characters }),
    );
  }
});

test('layOut_AsFiguresGetLonger_MakesTheTypeSmallerAndThenEndsTheLeastImportant', () => {
  const types = [6, 9, 10, 11, 14].map((bid) =>
    layOut('wide', 860, measureOf({ bid, ask: bid, last: bid, bidSize: bid, askSize: bid })),
  );
  assert.deepEqual([types[0].type, types[0].room], [13, {}]);
  assert.ok(
    types.every((layout, i) => i === 0 || layout.type <= types[i - 1].type),
    JSON.stringify(types.map((one) => one.type)),
  );
  const last = layOut(
    'wide',
    860,
    measureOf({ bid: 24, ask: 24, last: 24, change: 24, spread: 24 }),
  );
  assert.equal(last.type, TYPES.at(-1));
  assert.ok(last.room.spread || last.room.change, 'what can be worked out gives way');
  assert.equal(last.room.last, undefined, 'the price does not');
});

test('layOut_OfCards_TakesAsFewLinesAsTheFiguresNeed', () => {
  const lines = [6, 12, 24].map(
    (length) =>
      layOut('cards', 370, measureOf({ last: length, bid: length, ask: length, ticker: 6 })).card,
  );
  assert.deepEqual(lines, [2, 3, 4]);
  const named = layOut('cards', 370, measureOf({ ticker: 32, last: 12, bid: 12, ask: 12 }));
  assert.deepEqual([named.card, named.room], [4, {}]);
  const wider = layOut('cards', 300, measureOf({ ticker: 40, last: 12, bid: 12, ask: 12 }));
  assert.deepEqual([wider.card, wider.room], [5, {}], 'a long name has a line to itself');
  assert.ok(
    layOut('cards', 370, measureOf({ bid: 80 })).room.bid < 80 * 6,
    'and ends what no line is long enough for',
  );
});

test('Flashes_WhenTheirTimeIsOver_GoOffTogether', () => {
  let now = 0;
  const waits = [];
  const flashes = new Flashes(
    () => now,
    (callback, ms) => waits.push({ callback, at: now + ms }),
  );
  const [a, b, c] = [{ dataset: {} }, { dataset: {} }, { dataset: {} }];
  flashes.light(a, 1);
  now = 50;
  flashes.light(b, -1);
  now = 400;
  flashes.light(c, 1);
  flashes.light(a, -1);
  assert.deepEqual(
    [a.dataset.flash, b.dataset.flash, waits.length],
    ['-1', '-1', 1],
    'one timer for all',
  );
  ({ at: now } = waits[0]);
  waits.shift().callback();
  assert.deepEqual(
    [a.dataset.flash, b.dataset.flash, c.dataset.flash],
    ['-1', undefined, '1'],
    'one that moved again stays',
  );
  ({ at: now } = waits[0]);
  waits.shift().callback();
  assert.deepEqual([a.dataset.flash, c.dataset.flash, waits.length], [undefined, undefined, 0]);
});

/** As the browser's: what one window holds is not available to another. */
function locks() {
  const held = new Set();
  return {
    held,
    request: async (name, _options, use) => {
      if (held.has(name)) return use(null);
      held.add(name);
      try {
        return await use({ name });
      } finally {
        held.delete(name);
      }
    },
  };
}

test('Slots_OfSeveralWindows_AreTwoEachAndFourTogether', async () => {
  const shared = locks();
  const [first, second, third] = [1, 2, 3].map(() => new Slots(shared));
  const free = await first.take();
  assert.ok(free && (await first.take()));
  assert.equal(await first.take(), undefined);
  assert.equal(first.why, 'page');
  assert.ok((await second.take()) && (await second.take()));
  assert.equal(await third.take(), undefined);
  assert.equal(third.why, 'browser');
  free();
  free();
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(await third.take(), 'what one gives back another takes');
  assert.equal(third.why, undefined);
  assert.equal(await third.take(), undefined);
  assert.equal(shared.held.size, 4);
});

test('Slots_WithoutLocks_CountForThisPageAlone', async () => {
  const slots = new Slots(undefined);
  assert.ok((await slots.take()) && (await slots.take()));
  assert.equal(await slots.take(), undefined);
});
