// Dark or light: the system's preference, or the reader's own choice, which is kept.

const DARK = '(prefers-color-scheme: dark)';
const KEY = 'tickcast.theme';
const CHOICES = /** @type {const} */ (['auto', 'light', 'dark']);
/** @typedef {typeof CHOICES[number]} Choice */

export class Theme {
  /** @type {Choice} */ #choice = 'auto';
  #system = matchMedia(DARK);
  #sheet = /** @type {HTMLLinkElement} */ (document.getElementById('dark-sheet'));
  #button;
  #changed;

  /** @param {HTMLButtonElement} button @param {() => void} changed */
  constructor(button, changed) {
    this.#button = button;
    this.#changed = changed;
    const kept = /** @type {Choice} */ (this.#read());
    if (CHOICES.includes(kept)) this.#choice = kept;
    this.#apply();
    this.#system.addEventListener('change', () => this.#apply());
    button.addEventListener('click', () => {
      this.#choice = CHOICES[(CHOICES.indexOf(this.#choice) + 1) % CHOICES.length];
      try {
        localStorage.setItem(KEY, this.#choice);
      } catch {
        /* it holds until the page is left */
      }
      this.#apply();
    });
  }

  #read() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  }

  #apply() {
    const dark = this.#choice === 'dark' || (this.#choice === 'auto' && this.#system.matches);
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    // The dark sheet follows the system by its own media query until the reader chooses.
    this.#sheet.media = this.#choice === 'auto' ? DARK : dark ? 'all' : 'not all';
    this.#button.dataset.choice = this.#choice;
    const name = { auto: 'as the system', light: 'light', dark: 'dark' }[this.#choice];
    this.#button.setAttribute('aria-label', `Colours: ${name}`);
    this.#button.title = `Colours: ${name}`;
    this.#changed();
  }
}

/** The colours that canvases draw with; they are said once, in the style sheet. */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  const value = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return {
    up: value('--up'),
    down: value('--down'),
    flat: value('--muted'),
    base: value('--line'),
    text: value('--text'),
    line: value('--chart-line'),
    area: value('--chart-area'),
    none: value('--chart-none'),
    panel: value('--panel'),
  };
}
