// The watchlist by keyboard: one row (or head button) is in the tab order, arrows go on from there.

/**
 * @typedef {{ table: import('./table.js').Table, choose: (ticker: string) => void, remove: (ticker:
 * string) => void,
 *             move: (ticker: string, by: number) => void }} Actions
 */

/** @param {Actions} actions */
export function gridKeys({ table, choose, remove, move }) {
  /** @param {HTMLElement | null | undefined} element */
  const focusOn = (element) => {
    if (!element) return;
    table.grid.querySelector('[tabindex="0"]')?.setAttribute('tabindex', '-1');
    element.setAttribute('tabindex', '0');
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: 'nearest' });
  };

  /** @param {HTMLElement} row @param {KeyboardEvent} event */
  const inRow = (row, event) => {
    const ticker = row.dataset.ticker ?? '';
    const rows = table.elements;
    const at = rows.indexOf(row);
    if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      move(ticker, event.key === 'ArrowUp' ? -1 : 1);
      focusOn(table.elementOf(ticker));
      return true;
    }
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    const page = Math.max(1, Math.floor(table.grid.clientHeight / (row.offsetHeight || 1)) - 2);
    switch (event.key) {
      case 'ArrowDown':
        focusOn(rows[Math.min(at + 1, rows.length - 1)]);
        return true;
      case 'ArrowUp':
        focusOn(
          at === 0 ? (table.heads.find((head) => head.offsetParent !== null) ?? row) : rows[at - 1],
        );
        return true;
      case 'PageDown':
        focusOn(rows[Math.min(at + page, rows.length - 1)]);
        return true;
      case 'PageUp':
        focusOn(rows[Math.max(at - page, 0)]);
        return true;
      case 'Home':
        focusOn(rows[0]);
        return true;
      case 'End':
        focusOn(rows[rows.length - 1]);
        return true;
      case 'Enter':
      case ' ':
        choose(ticker);
        return true;
      case 'Delete':
      case 'Backspace':
        remove(ticker);
        focusOn(table.elements[Math.min(at, rows.length - 2)]);
        if (rows.length === 1) document.getElementById('search')?.focus();
        return true;
      default:
        return false;
    }
  };

  /** @param {HTMLElement} head @param {KeyboardEvent} event */
  const inHead = (head, event) => {
    const heads = table.heads.filter((one) => one.offsetParent !== null);
    const at = heads.indexOf(/** @type {HTMLButtonElement} */ (head));
    switch (event.key) {
      case 'ArrowRight':
        focusOn(heads[Math.min(at + 1, heads.length - 1)]);
        return true;
      case 'ArrowLeft':
        focusOn(heads[Math.max(at - 1, 0)]);
        return true;
      case 'ArrowDown':
        focusOn(table.elements[0]);
        return true;
      default:
        return false;
    }
  };

  table.grid.addEventListener('keydown', (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const handled = target.matches('.rows .row')
      ? inRow(target, event)
      : target.matches('[data-sort]') && inHead(target, event);
    if (handled) event.preventDefault();
  });

  table.body.addEventListener('click', (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const row = /** @type {HTMLElement | null} */ (target.closest('.row'));
    if (!row?.dataset.ticker) return;
    if (target.closest('.remove')) {
      remove(row.dataset.ticker);
      return;
    }
    if (target.closest('.grip')) return;
    choose(row.dataset.ticker);
    focusOn(row);
  });
}
