// Rows put elsewhere by their grip, with mouse, pen or finger. The list hears of a move once, when
// the row is dropped; Escape puts the row back.

const EDGE_PX = 36;
const SCROLL_PX = 9;

/**
 * @param {import('./table.js').Table} table
 * @param {(ticker: string, index: number) => void} moved
 */
export function dragRows(table, moved) {
  table.body.addEventListener('pointerdown', (down) => {
    const grip = /** @type {HTMLElement} */ (down.target).closest('.grip');
    const row = /** @type {HTMLElement | null} */ (grip?.closest('.row') ?? null);
    if (!grip || !row || down.button !== 0) return;
    down.preventDefault();
    drag(table, row, down, moved);
  });
}

/**
 * @param {import('./table.js').Table} table
 * @param {HTMLElement} row
 * @param {PointerEvent} down
 * @param {(ticker: string, index: number) => void} moved
 */
function drag(table, row, down, moved) {
  const ending = new AbortController();
  const { signal } = ending;
  const home = row.nextElementSibling;
  const from = table.elements.indexOf(row);
  let y = down.clientY;
  row.classList.add('dragged');

  const place = () => {
    const box = table.body.getBoundingClientRect();
    const rows = table.elements;
    const index = Math.max(
      0,
      Math.min(rows.length - 1, Math.floor((y - box.top) / row.offsetHeight)),
    );
    const at = rows.indexOf(row);
    if (index !== at)
      table.body.insertBefore(row, index > at ? rows[index].nextElementSibling : rows[index]);
  };
  const scroll = setInterval(() => {
    const box = table.grid.getBoundingClientRect();
    const step = y < box.top + EDGE_PX ? -SCROLL_PX : y > box.bottom - EDGE_PX ? SCROLL_PX : 0;
    if (step === 0) return;
    table.grid.scrollTop += step;
    place();
  }, 16);
  const end = (/** @type {boolean} */ keep) => {
    clearInterval(scroll);
    ending.abort();
    row.classList.remove('dragged');
    if (!keep) table.body.insertBefore(row, home);
    const to = table.elements.indexOf(row);
    if (keep && to !== from) moved(row.dataset.ticker ?? '', to);
  };

  window.addEventListener(
    'pointermove',
    (event) => {
      if (event.pointerId !== down.pointerId) return;
      y = event.clientY;
      place();
    },
    { signal },
  );
  window.addEventListener('pointerup', (event) => event.pointerId === down.pointerId && end(true), {
    signal,
  });
  window.addEventListener(
    'pointercancel',
    (event) => event.pointerId === down.pointerId && end(false),
    { signal },
  );
  window.addEventListener('keydown', (event) => event.key === 'Escape' && end(false), { signal });
}
