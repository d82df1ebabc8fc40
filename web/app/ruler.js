// The widths of the watchlist's characters at one size of type: a text's width is then a sum, which
// costs no layout. The styles give figures no kerning, so that the sum is exact.

import { MARKS, widest } from './words.js';

/** @typedef {import('./fit.js').Kind} Kind */
/** @typedef {import('./fit.js').Column} Column */

/** Where a text of each kind stands in a row. @type {Record<Kind, string>} */
export const PLACES = {
  ticker: '.ticker',
  last: '.c-last .price',
  change: '.c-change',
  percent: '.c-percent',
  bid: '.c-bid .price',
  bidSize: '.c-bid .size',
  ask: '.c-ask .price',
  askSize: '.c-ask .size',
  spread: '.c-spread',
  age: '.c-age',
};
export const KINDS = /** @type {Kind[]} */ (Object.keys(PLACES));

const FIGURES = '0123456789,.+-\u2212\u2013%e';
const NAMES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ^=/:_&#@';
const MORE = /** @type {Partial<Record<Kind, string>>} */ ({ ticker: NAMES, age: 'nowsmhd' });
/** A row that waits shows it by its empty cells, unless it says why. @type {typeof MARKS} */
export const ROW_MARKS = { ...MARKS, waiting: '' };
const REPEATS = 16; // a character's own width may be rounded

export class Ruler {
  /** @type {Record<string, Map<string, number>>} */ #advances = {};
  /** @type {Record<string, Element>} */ #places = {};
  /** Pixels of a cell beside its texts; of the line's, all it needs. */
  chrome = /** @type {Record<Column, number>} */ ({});
  #probe;

  /**
   * @param {HTMLElement} probe an empty element of class `probe`, of this size of type, in the
   * document
   * @param {HTMLTemplateElement} template
   */
  constructor(probe, template) {
    const row = /** @type {Element} */ (
      /** @type {Node} */ (template.content.firstElementChild).cloneNode(true)
    );
    this.#probe = probe;
    probe.replaceChildren(...row.children);
    for (const button of probe.querySelectorAll('button'))
      button.replaceWith(document.createElement('i'));
    const mark = /** @type {Element} */ (probe.querySelector('.row-mark'));
    mark.textContent = widest(Object.values(MARKS), (text) => {
      mark.textContent = text;
      return mark.getBoundingClientRect().width;
    });
    for (const kind of KINDS)
      this.#places[kind] = /** @type {Element} */ (probe.querySelector(PLACES[kind]));
    this.#measureCells(probe);
    const wanted = KINDS.flatMap((kind) =>
      [...FIGURES, ...(MORE[kind] ?? '')].map((one) => /** @type {[Kind, string]} */ ([kind, one])),
    );
    const widths = this.#measure(wanted);
    for (const kind of KINDS) this.#advances[kind] = new Map();
    wanted.forEach(([kind, one], i) => this.#advances[kind].set(one, widths[i]));
  }

  remove() {
    this.#probe.remove();
  }

  /** @param {HTMLElement} probe */
  #measureCells(probe) {
    for (const kind of KINDS) this.#places[kind].textContent = '0';
    const zeros = this.#measure(KINDS.map((kind) => [kind, '0']));
    for (const cell of probe.querySelectorAll('.cell')) {
      const column = /** @type {Column} */ (cell.classList[1].slice(2));
      const texts = KINDS.reduce(
        (sum, kind, i) => (cell.contains(this.#places[kind]) ? sum + zeros[i] : sum),
        0,
      );
      this.chrome[column] = Math.max(0, cell.getBoundingClientRect().width - texts);
    }
  }

  /** All at once, so that the browser lays out once. @param {[Kind, string][]} wanted characters */
  #measure(wanted) {
    const spans = wanted.map(([kind, one]) => {
      const span = document.createElement('span');
      span.textContent = one.repeat(REPEATS);
      this.#places[kind].append(span);
      return span;
    });
    const widths = spans.map((span) => span.getBoundingClientRect().width / REPEATS);
    for (const span of spans) span.remove();
    return widths;
  }

  /** @param {Kind} kind @param {string} text */
  width(kind, text) {
    const advances = this.#advances[kind];
    let sum = 0;
    for (let i = 0; i < text.length; i += 1) {
      const advance = advances.get(text[i]);
      if (advance === undefined) {
        advances.set(text[i], this.#measure([[kind, text[i]]])[0]);
        i -= 1;
      } else sum += advance;
    }
    return sum;
  }
}
