// Which columns, how wide, and in what size of type, so that every figure of the watchlist is
// whole. Where nothing is enough, which texts end in an ellipsis. Pure: measures in, a layout out.

/**
 * @typedef {'ticker' | 'last' | 'change' | 'percent' | 'bid' | 'bidSize' | 'ask' | 'askSize' |
 * 'spread' | 'age'} Kind
 */
/**
 * @typedef {'ticker' | 'last' | 'change' | 'percent' | 'bid' | 'ask' | 'spread' | 'age' | 'spark' |
 * 'remove'} Column
 */
/**
 * @typedef {'wide' | 'narrow' | 'cards'} Mode the table, the table with fewer columns, a card per
 * ticker
 */

/**
 * Pixels at one size of type: the widest text of each kind, what a cell needs beside its texts, and
 * the least width that a column's head needs.
 * @typedef {{ texts: Record<Kind, number>, chrome: Record<Column, number>,
 *             heads: Partial<Record<Column, number>> }} Measures
 */

/**
 * `card`: the form of a card by its lines (0: a table, 5: four lines without a sparkline).
 * `widths`: of the columns. `room`: of the texts that have less than they need.
 * @typedef {{ type: number, card: 0 | Card, widths: Partial<Record<Column, number>>,
 *             sum: number, room: Partial<Record<Kind, number>> }} Layout
 */

/** @typedef {2 | 3 | 4 | 5} Card */

/** Sizes of type in pixels, the usual one first. */
export const TYPES = [13, 12, 11, 10];
const LEAST_TYPE = TYPES[TYPES.length - 1];
const USUAL_SPARK = 100;
const SLACK = 1; // per text: widths at one size of type are no exact multiple of those at another

/** @type {Record<Column, Kind[]>} */
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
/** @type {Record<'wide' | 'narrow', Column[]>} */
const TABLES = {
  wide: ['ticker', 'last', 'change', 'percent', 'bid', 'ask', 'spread', 'age', 'spark', 'remove'],
  narrow: ['ticker', 'last', 'percent', 'bid', 'ask', 'age', 'spark', 'remove'],
};
/**
 * The order in which texts give way where even the smallest type is too wide: prices last.
 * @type {Kind[]}
 */
const YIELDING = [
  'spread',
  'change',
  'percent',
  'bidSize',
  'askSize',
  'ticker',
  'ask',
  'bid',
  'last',
];
const LEAST_TEXT = 5; // ems that a text keeps, so that its beginning can be read

/** @param {Column} column @param {Measures} measures */
function needOf(column, { texts, chrome, heads }) {
  const text = TEXTS[column].reduce((sum, kind) => sum + texts[kind] + SLACK, 0);
  return Math.ceil(Math.max(chrome[column] + text, heads[column] ?? 0));
}

/**
 * @param {Mode} mode @param {number} most pixels there are for the columns of a row
 * @param {(type: number) => Measures} measure
 * @returns {Layout}
 */
export function layOut(mode, most, measure) {
  return mode === 'cards' ? layOutCards(most, measure) : layOutTable(TABLES[mode], most, measure);
}

/**
 * @param {Column[]} columns
 * @param {number} most
 * @param {(type: number) => Measures} measure
 * @returns {Layout}
 */
function layOutTable(columns, most, measure) {
  for (const type of TYPES) {
    const measures = measure(type);
    const widths = Object.fromEntries(columns.map((column) => [column, needOf(column, measures)]));
    const sum = Object.values(widths).reduce((a, b) => a + b, 0);
    // The line gives way before the type gets smaller.
    const spark = Math.min(USUAL_SPARK, most - (sum - widths.spark));
    if (spark < widths.spark) continue;
    return {
      type,
      card: 0,
      widths: { ...widths, spark },
      sum: sum - widths.spark + spark,
      room: {},
    };
  }
  const measures = measure(LEAST_TYPE);
  const { room, texts } = yieldTo(most, columns, measures);
  const widths = Object.fromEntries(
    columns.map((column) => [column, needOf(column, { ...measures, texts })]),
  );
  return { type: LEAST_TYPE, card: 0, widths, sum: Math.max(most, 0), room };
}

/**
 * Takes room from the texts of these columns, in the order in which they give way, until they fit.
 * @param {number} most @param {Column[]} columns @param {Measures} measures
 */
function yieldTo(most, columns, measures) {
  const kinds = new Set(columns.flatMap((column) => TEXTS[column]));
  const texts = { ...measures.texts };
  const need = () =>
    columns.reduce((sum, column) => sum + needOf(column, { ...measures, texts }), 0);
  /** @type {Partial<Record<Kind, number>>} */
  const room = {};
  for (const kind of YIELDING) {
    const over = need() - most;
    if (over <= 0) break;
    const kept = Math.max(Math.min(texts[kind], LEAST_TEXT * LEAST_TYPE), texts[kind] - over - 1);
    if (!kinds.has(kind) || kept >= texts[kind]) continue;
    texts[kind] = kept;
    room[kind] = kept;
  }
  return { room, texts };
}

/**
 * Cards of two, three or four lines; the remove button stands beside all of them.
 *   2: ticker line last | bid ask percent     3: ticker last | bid percent | ask line
 *   4: ticker line | last percent | bid | ask     5: ticker | last percent | bid | ask
 * @param {number} most @param {(type: number) => Measures} measure @returns {Layout}
 */
function layOutCards(most, measure) {
  for (const card of /** @type {Card[]} */ ([2, 3, 4, 5])) {
    for (const type of card >= 4 ? TYPES : TYPES.slice(0, 2)) {
      const measures = measure(type);
      const widths = cardWidths(card, measures);
      const sum = Object.values(widths).reduce((a, b) => a + b, 0);
      const lines = card >= 4 ? Math.max(needOf('bid', measures), needOf('ask', measures)) : 0;
      if (Math.max(sum, lines + measures.chrome.remove) <= most)
        return { type, card, widths, sum, room: {} };
    }
  }
  const measures = measure(LEAST_TYPE);
  const inner = most - measures.chrome.remove;
  /** @type {Partial<Record<Kind, number>>} */
  const room = {};
  let { texts } = measures;
  for (const column of /** @type {Column[]} */ (['ticker', 'last', 'bid', 'ask'])) {
    const beside = column === 'last' ? needOf('percent', measures) : 0;
    const found = yieldTo(inner - beside, [column], { ...measures, texts });
    Object.assign(room, found.room);
    texts = found.texts;
  }
  const widths = cardWidths(5, { ...measures, texts });
  return { type: LEAST_TYPE, card: 5, widths, sum: most, room };
}

/**
 * @param {Card} card
 * @param {Measures} measures
 * @returns {Partial<Record<Column, number>>} by the first column's name
 */
function cardWidths(card, measures) {
  const widest = (/** @type {Column[]} */ ...columns) =>
    Math.max(...columns.map((column) => needOf(column, measures)));
  const { remove } = measures.chrome;
  if (card === 2)
    return {
      ticker: widest('ticker', 'bid'),
      spark: widest('spark', 'ask'),
      last: widest('last', 'percent'),
      remove,
    };
  if (card === 3)
    return {
      ticker: widest('ticker', 'bid', 'ask'),
      last: widest('last', 'percent', 'spark'),
      remove,
    };
  if (card === 4)
    return { ticker: widest('ticker', 'last'), spark: widest('spark', 'percent'), remove };
  const last = widest('last');
  return { ticker: last, spark: Math.max(widest('percent'), widest('ticker') - last), remove };
}
