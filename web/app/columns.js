// The widths of the watchlist's columns. It hears of every text that is written, knows the widest
// of each kind, and gives the columns new widths only when one got wider or the window changed.
import { TYPES, layOut } from './fit.js';
import { KINDS, Ruler } from './ruler.js';

/** @typedef {import('./fit.js').Kind} Kind */
/** @typedef {import('./fit.js').Layout} Layout */
/** @typedef {import('./fit.js').Measures} Measures */

const LEAST_CHART = 380; // beside the list
const USUAL_LIST = 876;
const HEAD_PX = 26; // of a head beside its word: padding, and the arrow of the order

const at = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

export class Columns {
  /** @type {Map<number, Ruler>} by size of type */ #rulers = new Map();
  /** @type {Record<string, { text: string, width: number }>} */ #widest = {};
  /** @type {Layout | undefined} */ #layout;
  /** @type {Ruler} */ #ruler;
  #isDirty = true;
  #panel = at('list');
  #grid = at('grid');
  #desk = at('desk');
  #cards = matchMedia('(max-width: 720px)');
  #narrow = matchMedia('(max-width: 820px)');
  #beside = matchMedia('(min-width: 1360px)');
  #ratio = devicePixelRatio;
  #template;
  #heads;
  #refit;

  /**
   * @param {HTMLTemplateElement} template of a row
   * @param {HTMLElement[]} heads
   * @param {() => void} refit after texts got another room
   */
  constructor(template, heads, refit) {
    this.#template = template;
    this.#heads = heads;
    this.#refit = refit;
    this.#ruler = this.#rulerOf(TYPES[0]);
    this.forget();
    this.#cards.addEventListener('change', () => this.#measureAgain());
    let size = '';
    new ResizeObserver(() => {
      const now = `${this.#desk.clientWidth} ${this.#grid.clientWidth}`;
      if (now === size) return;
      size = now;
      if (this.#ratio !== devicePixelRatio) this.#measureAgain();
      this.#isDirty = true;
      this.settle();
    }).observe(this.#desk);
  }

  /** Other styles, or another zoom, make the same texts of another width. */
  #measureAgain() {
    this.#ratio = devicePixelRatio;
    for (const ruler of this.#rulers.values()) ruler.remove();
    this.#rulers.clear();
    this.#ruler = this.#rulerOf(this.#layout?.type ?? TYPES[0]);
    this.#isDirty = true;
  }

  /** Must be given every text again: rows left, or a figure might have got shorter. */
  forget() {
    for (const kind of KINDS) this.#widest[kind] = { text: '', width: 0 };
    this.#isDirty = true;
  }

  /**
   * @param {Kind} kind
   * @param {string} text that is written; whether it is too wide for its place
   */
  takes(kind, text) {
    const width = this.#ruler.width(kind, text);
    const widest = this.#widest[kind];
    if (width > widest.width) {
      this.#widest[kind] = { text, width };
      this.#isDirty = true;
    }
    const room = this.#layout?.room[kind];
    return room === undefined || width <= room;
  }

  /** Gives the columns their widths, if anything changed. */
  settle() {
    if (!this.#isDirty || this.#grid.hidden) return;
    this.#isDirty = false;
    const isBeside = this.#beside.matches;
    const mode = this.#cards.matches ? 'cards' : this.#narrow.matches ? 'narrow' : 'wide';
    // The room that a row's padding, the grid's gutter and the panel's border take.
    const row = this.#grid.querySelector('.rows .row');
    const lost = this.#panel.offsetWidth - this.#grid.clientWidth + padding(row ?? this.#grid);
    const whole = this.#desk.clientWidth - padding(this.#desk);
    const most = (isBeside ? whole - LEAST_CHART - gapOf(this.#desk) : whole) - lost;
    const layout = layOut(mode, most, (type) => this.#measures(type));
    const list = isBeside ? Math.max(USUAL_LIST, Math.min(layout.sum, most) + lost) : 0;
    this.#apply(layout, Math.ceil(list));
  }

  /**
   * @param {Layout} layout
   * @param {number} list pixels of the list where the chart stands beside it
   */
  #apply(layout, list) {
    const before = this.#layout;
    this.#layout = layout;
    this.#ruler = this.#rulerOf(layout.type);
    for (const kind of KINDS)
      this.#widest[kind].width = this.#ruler.width(kind, this.#widest[kind].text);
    const { style } = this.#panel;
    const set = (/** @type {string} */ name, /** @type {string} */ value) => {
      if (style.getPropertyValue(name) !== value) style.setProperty(name, value);
    };
    set('--type', `${layout.type}px`);
    for (const [column, width] of Object.entries(layout.widths))
      set(`--c-${column}`, `${Math.floor(width)}px`);
    for (const kind of /** @type {Kind[]} */ (['bidSize', 'askSize'])) {
      set(
        `--c-${kind}`,
        `${Math.ceil(Math.min(this.#widest[kind].width, layout.room[kind] ?? Infinity))}px`,
      );
    }
    this.#panel.dataset.card = String(layout.card);
    this.#desk.style.setProperty('--list', `${list}px`);
    if (JSON.stringify(before?.room) !== JSON.stringify(layout.room)) this.#refit();
  }

  /** @param {number} type @returns {Measures} */
  #measures(type) {
    const ruler = this.#rulerOf(type);
    const texts = /** @type {Measures['texts']} */ (
      Object.fromEntries(KINDS.map((kind) => [kind, ruler.width(kind, this.#widest[kind].text)]))
    );
    const heads = Object.fromEntries(
      this.#heads.map((head) => [head.dataset.sort, head.offsetWidth + HEAD_PX]),
    );
    return { texts, chrome: ruler.chrome, heads };
  }

  /** @param {number} type */
  #rulerOf(type) {
    let ruler = this.#rulers.get(type);
    if (!ruler) {
      const probe = document.createElement('div');
      probe.className = 'probe';
      probe.setAttribute('aria-hidden', 'true');
      probe.style.setProperty('--type', `${type}px`);
      this.#panel.append(probe);
      ruler = new Ruler(probe, this.#template);
      this.#rulers.set(type, ruler);
    }
    return ruler;
  }
}

/** @param {Element} element */
function padding(element) {
  const style = getComputedStyle(element);
  return Number.parseFloat(style.paddingLeft) + Number.parseFloat(style.paddingRight);
}

/** @param {Element} element */
const gapOf = (element) => Number.parseFloat(getComputedStyle(element).columnGap) || 0;
