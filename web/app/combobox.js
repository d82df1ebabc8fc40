// The field that adds tickers: a combobox with a listbox, after the ARIA Authoring Practices
// ("Editable combobox with list autocomplete"). Focus stays in the field; aria-activedescendant
// says which suggestion is meant.
import { suggest } from './suggest.js';
import { splitTickers } from './watchlist.js';

const MOST = 12;
const FRESH_MS = 30_000; // the server's list grows with pushed tickers

export class Combobox {
  /** @type {string[]} */ #known = [];
  #knownAt = -Infinity;
  /** @type {string[]} */ #shown = [];
  #active = -1;
  #isWanted = false; // open as far as the reader goes, though there may be nothing to show yet
  #input = /** @type {HTMLInputElement} */ (document.getElementById('search'));
  #list = /** @type {HTMLElement} */ (document.getElementById('suggestions'));
  #load;
  #has;
  #add;

  /**
   * @param {{ load: () => Promise<string[]>, has: (ticker: string) => boolean, add: (tickers:
   * string[]) => void }} actions
   */
  constructor({ load, has, add }) {
    this.#load = load;
    this.#has = has;
    this.#add = add;
    const input = this.#input;
    input.addEventListener('input', () => this.#open());
    input.addEventListener('click', () => this.#open());
    input.addEventListener('focus', () => this.#refresh());
    input.addEventListener('blur', () => this.#close());
    input.addEventListener('keydown', (event) => {
      if (this.#key(event)) event.preventDefault();
    });
    input.form?.addEventListener('submit', (event) => event.preventDefault());
    // Not on click: by then the field would have lost the focus and closed the list.
    this.#list.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      const option = /** @type {HTMLElement} */ (event.target).closest('li');
      if (option) this.#take([option.dataset.ticker ?? '']);
    });
  }

  focus() {
    this.#input.focus();
    this.#input.select();
  }

  async #refresh() {
    if (performance.now() - this.#knownAt < FRESH_MS) return;
    this.#knownAt = performance.now();
    try {
      this.#known = await this.#load();
      if (this.#isWanted) this.#open();
    } catch {
      this.#knownAt = -Infinity; // without suggestions tickers can still be typed
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return false;
    switch (event.key) {
      case 'ArrowDown':
        if (this.#list.hidden) this.#open();
        this.#activate(event.altKey ? this.#active : this.#active + 1);
        return true;
      case 'ArrowUp':
        if (this.#list.hidden) this.#open();
        this.#activate(this.#active < 0 ? this.#shown.length - 1 : this.#active - 1);
        return true;
      case 'Enter':
        if (this.#active >= 0 && !this.#list.hidden) this.#take([this.#shown[this.#active]]);
        else this.#take(splitTickers(this.#input.value));
        return true;
      case 'Escape':
        if (this.#list.hidden) this.#input.value = '';
        this.#close();
        return true;
      default:
        return false;
    }
  }

  /** @param {string[]} tickers */
  #take(tickers) {
    if (tickers.length === 0 || tickers[0] === '') return;
    this.#input.value = '';
    this.#close();
    this.#add(tickers);
  }

  #open() {
    this.#isWanted = true;
    const typed = this.#input.value.trim().toUpperCase();
    this.#shown = suggest(this.#known, typed, MOST);
    this.#active = -1;
    this.#list.replaceChildren(
      ...this.#shown.map((ticker, index) => this.#option(ticker, index, typed)),
    );
    this.#show(this.#shown.length > 0);
    this.#input.removeAttribute('aria-activedescendant');
  }

  /** @param {string} ticker @param {number} index @param {string} typed */
  #option(ticker, index, typed) {
    const option = document.createElement('li');
    option.id = `suggestion-${index}`;
    option.dataset.ticker = ticker;
    option.setAttribute('role', 'option');
    option.setAttribute('aria-selected', 'false');
    const name = document.createElement('span');
    const at = typed === '' ? -1 : ticker.indexOf(typed);
    if (at < 0) name.textContent = ticker;
    else {
      const mark = document.createElement('mark');
      mark.textContent = typed;
      name.append(ticker.slice(0, at), mark, ticker.slice(at + typed.length));
    }
    option.append(name);
    if (this.#has(ticker)) {
      const note = document.createElement('small');
      note.textContent = 'in the list';
      option.append(note);
    }
    return option;
  }

  /** @param {number} index */
  #activate(index) {
    if (this.#shown.length === 0) return;
    this.#list.children[this.#active]?.setAttribute('aria-selected', 'false');
    this.#active = (index + this.#shown.length) % this.#shown.length;
    const option = this.#list.children[this.#active];
    option.setAttribute('aria-selected', 'true');
    option.scrollIntoView({ block: 'nearest' });
    this.#input.setAttribute('aria-activedescendant', option.id);
  }

  /** @param {boolean} shown */
  #show(shown) {
    this.#list.hidden = !shown;
    this.#input.setAttribute('aria-expanded', String(shown));
  }

  #close() {
    this.#isWanted = false;
    this.#show(false);
    this.#active = -1;
    this.#input.removeAttribute('aria-activedescendant');
  }
}
