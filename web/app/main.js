// Begins the page: which list (a link's, a shared session's, this browser's own, or a first one),
// and what each control does.
import { Announcer } from './announce.js';
import { Combobox } from './combobox.js';
import { Desk } from './desk.js';
import { dragRows } from './drag.js';
import { gridKeys } from './keys.js';
import { findFirstList, knownTickers } from './first_list.js';
import { plural } from './format.js';
import { inWords } from './refusal.js';
import { load, readLink, save, writeLink } from './share.js';
import { Theme } from './theme.js';
import { TICKER_FORM, Watchlist, isWellFormed } from './watchlist.js';

const at = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const throttle = /** @type {HTMLSelectElement} */ (at('throttle'));

const session = new URLSearchParams(location.search).get('session') ?? undefined;
const link = readLink(location.hash);
const own = load(localStorage);
// A shared list is shown without losing the reader's own list; a reader without a list simply gets
// the shared one.
let isShared =
  link !== undefined &&
  session === undefined &&
  (own?.tickers.length ?? 0) > 0 &&
  own?.tickers.join() !== link.tickers.join();

const list = new Watchlist();
const announcer = new Announcer();
const throttleMs = link?.throttleMs ?? own?.throttleMs ?? 0;
const desk = new Desk({
  list,
  announcer,
  session,
  throttleMs,
  url: new URL('.', location.href).href, // below a proxy's prefix too
  refused: (tickers, problem) => {
    for (const ticker of tickers) list.remove(ticker);
    showRefused(tickers, inWords(problem));
  },
});
new Theme(/** @type {HTMLButtonElement} */ (at('theme')), () => desk.recolour());

/**
 * Adds to what the notice says until it is dismissed.
 * @param {string[]} tickers
 * @param {string} [why]
 */
function showRefused(tickers, why) {
  const named =
    tickers.slice(0, 20).join(', ') +
    (tickers.length > 20 ? ` and ${tickers.length - 20} more` : '');
  const text = `Left out: ${named}${why ? ` (${why})` : ''}.`;
  const before = at('refused').hidden ? '' : `${at('refused-text').textContent} `;
  at('refused-text').textContent = before + text;
  at('refused').hidden = false;
  announcer.say(text);
}

const state = () => ({
  tickers: list.tickers,
  chosen: list.chosen,
  throttleMs: Number(throttle.value),
});

/**
 * Keeps the list on screen: in the address while the list is a shared one, otherwise in this
 * browser.
 */
function keep() {
  if (session !== undefined) return;
  if (isShared) history.replaceState(null, '', writeLink(state()));
  else save(localStorage, state());
}

/** @param {string[]} tickers @param {number} [index] */
function add(tickers, index) {
  const bad = tickers.filter((ticker) => !isWellFormed(ticker));
  const good = tickers.filter(isWellFormed);
  if (bad.length > 0) showRefused(bad, `a ticker is ${TICKER_FORM}`);
  const fresh = list.add(good, index);
  if (fresh.length > 0) {
    announcer.say(`${fresh.length === 1 ? fresh[0] : plural(fresh.length, 'ticker')} added`);
    desk.table.elementOf(fresh[0])?.scrollIntoView({ block: 'nearest' });
    desk.pool.add(fresh);
  } else if (good.length > 0) {
    announcer.note(`${good.length === 1 ? good[0] : 'All of them'} already in the list`);
    list.choose(good[0]);
    desk.table.elementOf(good[0])?.scrollIntoView({ block: 'nearest' });
  }
}

/** @param {string} ticker */
function remove(ticker) {
  desk.table.keepOrder();
  const index = list.remove(ticker);
  if (index < 0) return;
  desk.pool.remove([ticker]);
  desk.forget(ticker);
  announcer.note(`${ticker} removed`, () => {
    add([ticker], index);
    desk.table.elementOf(ticker)?.focus();
  });
}

/** @param {string} ticker @param {number} index */
function moveTo(ticker, index) {
  desk.table.keepOrder();
  const now = list.move(ticker, index);
  announcer.say(`${ticker} moved to row ${now + 1} of ${list.size}`);
}

async function copyLink() {
  const url = new URL(writeLink(state()), location.origin + location.pathname).href;
  try {
    await navigator.clipboard.writeText(url);
    announcer.note('Link copied');
  } catch {
    // No clipboard without a secure context, or no leave to use it: then by hand.
    const field = /** @type {HTMLInputElement} */ (at('share-link'));
    field.value = url;
    /** @type {HTMLDialogElement} */ (at('share-dialog')).showModal();
    field.select();
  }
}

const search = new Combobox({ load: () => knownTickers(), has: (ticker) => list.has(ticker), add });
gridKeys({
  table: desk.table,
  remove,
  choose: (ticker) => list.choose(ticker),
  move: (ticker, by) => moveTo(ticker, desk.table.order.indexOf(ticker) + by),
});
dragRows(desk.table, (ticker, index) => {
  // The row stands where it was dropped; the list follows.
  const { order } = desk.table;
  const to = order.indexOf(ticker);
  if (desk.table.isSorted) desk.table.keepOrder();
  else list.move(ticker, index);
  announcer.say(`${ticker} moved to row ${to + 1} of ${list.size}`);
  keep();
});

at('copy-link').addEventListener('click', copyLink);
at('help').addEventListener('click', () =>
  /** @type {HTMLDialogElement} */ (at('help-dialog')).showModal(),
);
at('refused-close').addEventListener('click', () => {
  at('refused').hidden = true;
});
at('shared-keep').addEventListener('click', () => {
  isShared = false;
  at('shared').hidden = true;
  history.replaceState(null, '', location.pathname);
  keep();
});
at('shared-leave').addEventListener('click', () => {
  isShared = false;
  at('shared').hidden = true;
  history.replaceState(null, '', location.pathname);
  list.replace(own?.tickers ?? [], own?.chosen);
  desk.pool.replace(list.tickers);
});
throttle.addEventListener('change', () => {
  desk.pool.throttle(Number(throttle.value));
  keep();
});
document.addEventListener('keydown', (event) => {
  const typing = /** @type {HTMLElement} */ (event.target).closest('input, select, dialog');
  if (typing || event.altKey || event.metaKey) return;
  if (event.ctrlKey) {
    if (event.key === 'z' && announcer.undo()) event.preventDefault();
  } else if (event.key === '/') {
    event.preventDefault();
    search.focus();
  } else if (event.key === '?') /** @type {HTMLDialogElement} */ (at('help-dialog')).showModal();
});
// A link that is opened in a window which already shows the page changes the fragment alone.
addEventListener('hashchange', () => {
  if (readLink(location.hash)) location.reload();
});
at('skip').addEventListener('click', (event) => {
  event.preventDefault(); // the fragment may hold a list
  /** @type {HTMLElement} */ (
    document.querySelector('.rows [tabindex="0"]') ?? at('search')
  ).focus();
});

/** A throttle that came with a link may be none of those offered. @param {number} ms */
function offerThrottle(ms) {
  if (![...throttle.options].some((option) => option.value === String(ms))) {
    throttle.add(new Option(`every ${ms} ms`, String(ms)));
  }
  throttle.value = String(ms);
}

/** There is none to begin with, and why. @param {string} [why] none: there is one */
function showNoList(why) {
  const text = why
    ? `The list of tickers did not come: ${why}. The page asks again.`
    : 'Type one above, or press / . Separate several tickers by commas.';
  if (at('empty-text').textContent === text) return; // said once, however often it is tried
  at('empty-text').textContent = text;
  if (why) announcer.say(text);
}

function begin() {
  offerThrottle(throttleMs);
  if (session !== undefined) {
    list.replace([]);
    desk.pool.open([]);
    return;
  }
  const start = link ?? own;
  list.replace(start?.tickers ?? [], start?.chosen);
  if (link && link.bad.length > 0) showRefused(link.bad, 'not well-formed');
  at('shared').hidden = !isShared;
  if (link && !isShared) history.replaceState(null, '', location.pathname);
  list.onChange(keep);
  if (start) keep(); // an empty page is no list
  desk.pool.open(list.tickers);
  if (!start) askFirstList();
}

function askFirstList() {
  findFirstList({
    load: () => knownTickers(),
    isWanted: () => list.size === 0,
    use: (tickers) => {
      list.replace(tickers);
      desk.pool.add(list.tickers);
    },
    show: showNoList,
  });
}

begin();
