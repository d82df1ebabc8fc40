// Messages that are shown once: to a screen reader through the live region, to the eye as a short
// note that can offer to undo.

const SHOWN_MS = 6000;

export class Announcer {
  #region;
  #note;
  #text;
  #undo;
  /** @type {(() => void) | undefined} */ #action;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;

  constructor() {
    const at = (/** @type {string} */ id) =>
      /** @type {HTMLElement} */ (document.getElementById(id));
    this.#region = at('announcer');
    this.#note = at('note');
    this.#text = at('note-text');
    this.#undo = /** @type {HTMLButtonElement} */ (at('note-undo'));
    this.#undo.addEventListener('click', () => {
      const action = this.#action;
      this.#hide();
      action?.();
    });
  }

  /** Only to screen readers. @param {string} text */
  say(text) {
    // A screen reader does not read the same words twice, so a no-break space makes them differ.
    this.#region.textContent = this.#region.textContent === text ? `${text}\u00a0` : text;
  }

  /** @param {string} text @param {() => void} [undo] */
  note(text, undo) {
    this.say(undo ? `${text}. Undo with Control Z.` : text);
    this.#text.textContent = text;
    this.#action = undo;
    this.#undo.hidden = !undo;
    this.#note.hidden = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#hide(), SHOWN_MS);
  }

  /** True if there was something to undo. */
  undo() {
    if (this.#note.hidden || !this.#action) return false;
    this.#undo.click();
    return true;
  }

  #hide() {
    this.#note.hidden = true;
    this.#action = undefined;
    clearTimeout(this.#timer);
  }
}
